#pragma once

#include "http/url.hpp"
#include "json/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace penstock::flow {

/// One list request.
struct Page {
    std::string path;  ///< below the endpoint, e.g. `/data/foundation/flowservice/flows`
    http::Query query; ///< decoded

    /// Path and query as sent.
    [[nodiscard]] std::string target() const;
};

/// Where `href` of `_links.next` leads from `first`, the list's first page: a query alone, a path
/// with or without `base`, or an absolute URL. Parameters of `first` that the href does not repeat
/// are added (reference, section 3.3). Nothing if it leads to another origin than `endpoint`: the
/// token must not follow.
std::optional<Page> follow(std::string_view href, const Page& first, std::string_view endpoint,
                           std::string_view base);

/// The text of `_links.next.href`; empty on the last page.
std::string next_href(const json::Value& body);

/// The same from the end of an answer's text, where the service writes its links, without reading
/// what comes before; empty if they are not there. A guess, to be confirmed by reading it all.
std::string guess_next_href(std::string_view text);

} // namespace penstock::flow
