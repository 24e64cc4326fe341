#include "emulator/call.hpp"

#include <algorithm>
#include <charconv>

namespace penstock::emulator {

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        if (end > 0) {
            parts.push_back(http::percent_decode(path.substr(0, end)));
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return parts;
}

std::optional<std::int64_t> integer_in(const http::Query& query, std::string_view name,
                                       std::int64_t otherwise, std::int64_t lowest,
                                       std::int64_t highest) {
    const auto text = http::find(query, name);
    if (!text) {
        return otherwise;
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size() || value < lowest ||
        value > highest) {
        return std::nullopt;
    }
    return value;
}

} // namespace penstock::emulator
