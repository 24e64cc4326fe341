#include "render/markdown.hpp"

#include <algorithm>
#include <cstddef>

namespace penstock::render {

namespace {

/// Letters, digits and the marks of a plain sentence. What formats, what calls people (`@`), what
/// refers to issues (`#`) and what becomes a link by itself (`www.`, `://`) is none of it.
bool is_plain(std::string_view text) {
    const auto harmless = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(" ,;.:'()/=%-").find(c) != std::string_view::npos;
    };
    return std::all_of(text.begin(), text.end(), harmless) &&
           text.find("www.") == std::string_view::npos &&
           text.find("://") == std::string_view::npos;
}

} // namespace

std::string code_span(std::string_view text) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(longest + 1, '`');
    const bool padded = text.empty() || text.front() == '`' || text.back() == '`' ||
                        (text.front() == ' ' && text.back() == ' ');
    const std::string_view pad = padded ? " " : "";
    return fence + std::string(pad) + std::string(text) + std::string(pad) + fence;
}

std::string plain_or_code(std::string_view text) {
    return is_plain(text) ? std::string(text) : code_span(text);
}

} // namespace penstock::render
