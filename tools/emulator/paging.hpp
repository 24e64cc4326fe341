#pragma once

#include "emulator/refusal.hpp"
#include "http/url.hpp"
#include "json/value.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::emulator {

/// What a list may show, newest first. Items are made when they are needed: a page shows few of
/// many.
struct Listing {
    std::vector<std::int64_t> sequences; ///< places in the order of creation
    std::function<json::Value(std::size_t)> show;
    /// The member of an item as show() has it, where that is known without it; else null. May be
    /// empty.
    std::function<const json::Value*(std::size_t, std::string_view)> member = {};
};

/// Where a list is read.
struct ListRequest {
    std::string_view collection; ///< `flows`
    std::string_view origin;     ///< scheme://host, for an absolute next link
    const http::Query& query;
    std::span<const std::string_view> fields; ///< that may be filtered and sorted by
};

/// The body of a list: `items`, and `_links.next.href` while there is more (section 3.3), or
/// `{"count":N}` when only that is asked for. Refuses a limit outside 1
/// to 100 and a continuation token that it never gave (1453), an unknown parameter (1451), count
/// together with limit (1401), bad filters (section 3.4) and sorting by unknown fields (1432).
Outcome<json::Value> list_page(const Listing& listing, const ListRequest& request,
                               const Settings& settings);

} // namespace penstock::emulator
