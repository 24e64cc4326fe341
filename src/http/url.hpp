#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::http {

/// An absolute http or https URL in parts; `path` and `query` stay percent-encoded.
struct Url {
    std::string scheme;
    std::string host;  ///< with port if one was given
    std::string path;  ///< begins with '/'
    std::string query; ///< without '?'

    [[nodiscard]] std::string text() const;
    /// scheme://host
    [[nodiscard]] std::string origin() const;
};

std::optional<Url> parse_url(std::string_view text);

/// Everything but RFC 3986's unreserved characters as %XX.
std::string percent_encode(std::string_view text);

/// %XX decoded; '+' stays '+'. Broken escapes stay as they are.
std::string percent_decode(std::string_view text);

using Query = std::vector<std::pair<std::string, std::string>>;

/// Names and values, percent-decoded, split at the first '=' of each pair.
Query parse_query(std::string_view query);

/// `a=b&c=d`, percent-encoded.
std::string write_query(const Query& query);

/// The first value of `name`.
std::optional<std::string> find(const Query& query, std::string_view name);

} // namespace penstock::http
