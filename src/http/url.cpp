#include "http/url.hpp"

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

} // namespace

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
    if (url.host.empty() || url.host.find('@') != std::string::npos) {
        return std::nullopt;
    }
    text.remove_prefix(host_end);
    const auto path_end = std::min(text.find('?'), text.size());
    url.path = text.substr(0, path_end);
    if (url.path.empty()) {
        url.path = "/";
    }
    if (path_end < text.size()) {
        url.query = text.substr(path_end + 1);
    }
    return url;
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
