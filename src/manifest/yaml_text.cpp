#include "manifest/yaml_text.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <vector>

namespace penstock::manifest {

namespace {

/// True where a quote or `#` has its meaning and is not part of a word.
bool starts_token(std::string_view text, std::size_t at) {
    return at == 0 || std::string_view(" \t\n,[{:").find(text[at - 1]) != std::string_view::npos;
}

} // namespace

std::optional<std::size_t> closing_quote(std::string_view text, std::size_t begin) {
    const char quote = text[begin];
    for (std::size_t at = begin + 1; at < text.size(); ++at) {
        if (text[at] == '\\' && quote == '"') {
            ++at;
        } else if (text[at] == quote) {
            if (quote == '\'' && at + 1 < text.size() && text[at + 1] == '\'') {
                ++at;
            } else {
                return at + 1;
            }
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> open_bracket_or_quote(std::string_view text, std::size_t begin) {
    std::vector<std::size_t> open;
    for (std::size_t at = begin; at < text.size(); ++at) {
        const char c = text[at];
        const bool at_start = starts_token(text, at);
        if ((c == '"' || c == '\'') && at_start) {
            const auto end = closing_quote(text, at);
            if (!end) {
                return at;
            }
            at = *end - 1;
        } else if (c == '#' && at_start) {
            at = std::min(text.find('\n', at), text.size());
        } else if (c == '{' || c == '[') {
            open.push_back(at);
        } else if (c == '}' || c == ']') {
            if (!open.empty()) {
                open.pop_back();
            }
            if (open.empty()) {
                return std::nullopt;
            }
        }
    }
    return open.empty() ? std::nullopt : std::optional(open.front());
}

std::optional<std::size_t> unclosed_quote(std::string_view text, std::size_t begin) {
    for (std::size_t at = begin; at < text.size(); ++at) {
        const char c = text[at];
        if ((c == '"' || c == '\'') && starts_token(text, at)) {
            const auto end = closing_quote(text, at);
            if (!end) {
                return at;
            }
            at = *end - 1;
        } else if (c == '#' && starts_token(text, at)) {
            at = std::min(text.find('\n', at), text.size());
        }
    }
    return std::nullopt;
}

std::size_t after_properties(std::string_view text, std::size_t at) {
    while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
        at = std::min(text.find_first_of(" \t\r\n", at), text.size());
        at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    }
    return at;
}

Span word_at(std::string_view text, std::size_t begin) {
    return {begin, std::min(text.find_first_of(" \t\r\n,]}", begin), text.size())};
}

std::size_t end_of_block(std::string_view text, std::size_t begin) {
    const auto indentation = [&](std::size_t line) {
        return std::min(text.find_first_not_of(' ', line), text.size()) - line;
    };
    const auto line_end = [&](std::size_t at) {
        return std::min(text.find('\n', at), text.size());
    };
    const std::size_t line = begin == 0 ? 0 : text.rfind('\n', begin - 1) + 1;
    const std::size_t outer = indentation(line);
    std::size_t end = line_end(begin);
    while (end < text.size()) {
        const std::size_t next = end + 1;
        const std::size_t stop = line_end(next);
        if (!trimmed(text.substr(next, stop - next)).empty() && indentation(next) <= outer) {
            break;
        }
        end = stop;
    }
    return end;
}

} // namespace penstock::manifest
