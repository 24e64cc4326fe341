#include "http/url.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::http {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

template <class Predicate>
bool is_all(std::string_view text, Predicate predicate) {
    return !text.empty() && std::all_of(text.begin(), text.end(), predicate);
}

/// A name or an address, or an address of IPv6 in brackets, maybe with a port. Anything else, such
/// as a backslash or a second colon, is read differently by different parsers, and a token must not
/// depend on which of them is right.
bool is_host(std::string_view host) {
    if (host.starts_with('[')) {
        const auto end = std::min(host.find(']'), host.size());
        const bool is_address = is_all(host.substr(1, end - 1), [](char c) {
            return hex_digit(c) >= 0 || c == ':' || c == '.';
        });
        if (!is_address || end == host.size()) {
            return false;
        }
        host.remove_prefix(end + 1);
    } else {
        const auto end = std::min(host.find(':'), host.size());
        if (!is_all(host.substr(0, end), is_unreserved)) {
            return false;
        }
        host.remove_prefix(end);
    }
    return host.empty() || (host.front() == ':' && is_all(host.substr(1), is_digit));
}

std::string port(const Url& url) {
    const auto colon = url.host.rfind(':');
    const auto bracket = url.host.rfind(']');
    if (colon == std::string::npos || (bracket != std::string::npos && colon < bracket)) {
        return url.scheme == "https" ? "443" : "80";
    }
    return url.host.substr(colon + 1);
}

} // namespace

std::string host_name(const Url& url) {
    std::string_view host = url.host;
    if (host.starts_with('[')) {
        return lowercase(host.substr(1, host.find(']') - 1));
    }
    return lowercase(host.substr(0, host.find(':')));
}

bool same_origin(const Url& a, const Url& b) {
    return a.scheme == b.scheme && host_name(a) == host_name(b) && port(a) == port(b);
}

bool is_loopback(const Url& url) {
    const std::string host = host_name(url);
    if (host == "localhost" || host == "::1") {
        return true;
    }
    // All four numbers must be there: `127.example.com` is a name like any other.
    const auto dots = std::count(host.begin(), host.end(), '.');
    return host.starts_with("127.") && dots == 3 &&
           host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string Url::origin() const {
    return fmt::format("{}://{}", scheme, host);
}

std::string Url::text() const {
    return query.empty() ? origin() + path : fmt::format("{}{}?{}", origin(), path, query);
}

std::optional<Url> parse_url(std::string_view text) {
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) {
        return std::nullopt;
    }
    Url url;
    url.scheme = text.substr(0, scheme_end);
    if (url.scheme != "http" && url.scheme != "https") {
        return std::nullopt;
    }
    text.remove_prefix(scheme_end + 3);
    text = text.substr(0, text.find('#'));
    const auto host_end = std::min(text.find_first_of("/?"), text.size());
    url.host = text.substr(0, host_end);
    if (!is_host(url.host)) {
        return std::nullopt;
    }
    text.remove_prefix(host_end);
    const auto path_end = std::min(text.find('?'), text.size());
    url.path = text.substr(0, path_end);
    if (url.path.empty()) {
        url.path.push_back('/'); // g++ 12 warns wrongly of an assignment
    }
    if (path_end < text.size()) {
        url.query = text.substr(path_end + 1);
    }
    return url;
}

std::string at_endpoint(std::string_view endpoint, std::string_view target) {
    if (endpoint.ends_with('/')) {
        endpoint.remove_suffix(1);
    }
    return std::string(endpoint) + std::string(target);
}

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

std::string percent_decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

Query parse_query(std::string_view query) {
    Query result;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) {
            continue;
        }
        const auto equals = std::min(pair.find('='), pair.size());
        const auto value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view{};
        result.emplace_back(percent_decode(pair.substr(0, equals)), percent_decode(value));
    }
    return result;
}

std::string write_query(const Query& query) {
    std::string text;
    for (const auto& [name, value] : query) {
        text += fmt::format("{}{}={}", text.empty() ? "" : "&", percent_encode(name),
                            percent_encode(value));
    }
    return text;
}

std::optional<std::string> find(const Query& query, std::string_view name) {
    const auto found = std::find_if(query.begin(), query.end(),
                                    [&](const auto& pair) { return pair.first == name; });
    if (found == query.end()) {
        return std::nullopt;
    }
    return found->second;
}

} // namespace penstock::http
