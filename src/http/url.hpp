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

/// The host without port and brackets, in lower case.
std::string host_name(const Url& url);

/// True if both have the same scheme, host and port; the scheme's own port may be left out.
bool same_origin(const Url& a, const Url& b);

/// True for 127.0.0.0/8, ::1 and localhost: what is sent there does not leave this machine.
bool is_loopback(const Url& url);

std::optional<Url> parse_url(std::string_view text);

/// `endpoint`, whose last slash does not count, followed by `target`, which begins with one.
std::string at_endpoint(std::string_view endpoint, std::string_view target);

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
