#include "manifest/source.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace penstock::manifest {

namespace {

constexpr std::string_view dots = "••••";

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/// Where in a value that is written in one line a secret may begin: behind the braces and the key
/// of something like a reference, or at its start. At its end if it is a reference or nothing.
std::size_t secret_start(std::string_view value) {
    if (value.empty() || value.front() == '#' || value.substr(0, 2) == "{}") {
        return value.size();
    }
    if (value.front() != '{') {
        return 0;
    }
    const std::size_t colon = value.find(':');
    if (colon == std::string_view::npos) {
        return 0;
    }
    const auto key = trimmed(value.substr(1, colon - 1));
    if (key == "env" || key == "file" || key == "command") {
        return value.size();
    }
    return std::min(value.find_first_not_of(' ', colon + 1), value.size());
}

/// The stretch of `line` that holds a literal value of the key `name`.
std::vector<Span> literals_of(std::string_view line, std::string_view name) {
    std::vector<Span> spans;
    for (auto at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
        std::size_t end = at + name.size();
        if (at > 0 && is_name_byte(line[at - 1])) {
            continue;
        }
        if (end < line.size() && (line[end] == '"' || line[end] == '\'')) {
            ++end;
        }
        while (end < line.size() && line[end] == ' ') {
            ++end;
        }
        if (end >= line.size() || line[end] != ':') {
            continue;
        }
        std::size_t begin = std::min(line.find_first_not_of(" \t", end + 1), line.size());
        begin += secret_start(line.substr(begin));
        if (begin < line.size()) {
            spans.push_back({begin, line.size()});
        }
    }
    return spans;
}

} // namespace

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
    if (text_.compare(0, 3, "\xef\xbb\xbf") == 0) {
        text_.erase(0, 3);
    }
    line_starts_.push_back(0);
    for (auto at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
        line_starts_.push_back(at + 1);
    }
}

std::size_t Source::line_of(std::size_t offset) const {
    const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    return static_cast<std::size_t>(next - line_starts_.begin()) - 1;
}

Span Source::line_span(std::size_t line) const {
    const std::size_t begin = line_starts_[line];
    std::size_t end = line + 1 < line_starts_.size() ? line_starts_[line + 1] - 1 : text_.size();
    if (end > begin && text_[end - 1] == '\r') {
        --end;
    }
    return {begin, end};
}

SourcePosition Source::position(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const std::size_t line = line_of(offset);
    const Span span = line_span(line);
    const auto before = text().substr(span.begin, std::min(offset, span.end) - span.begin);
    return {name_, static_cast<unsigned>(line + 1), static_cast<unsigned>(code_points(before) + 1)};
}

bool Source::continues_a_secret(std::size_t line) const {
    const auto content = [&](std::size_t index) {
        const Span span = line_span(index);
        return text().substr(span.begin, span.end - span.begin);
    };
    constexpr std::size_t longest_key = 200; // lines of a private key
    for (std::size_t back = 0; back <= std::min(line, longest_key); ++back) {
        const auto candidate = content(line - back);
        if (candidate.find(':') == std::string_view::npos) {
            continue;
        }
        return back > 0 &&
               std::any_of(secret_names_.begin(), secret_names_.end(), [&](const auto& name) {
                   return candidate.find(name) != std::string_view::npos;
               });
    }
    return false;
}

void Source::hide(Span span) {
    hidden_.push_back(span);
}

std::vector<Span> Source::hidden_in(Span line) const {
    std::vector<Span> spans;
    for (const auto& span : hidden_) {
        const Span part{std::max(span.begin, line.begin), std::min(span.end, line.end)};
        if (part.begin < part.end) {
            spans.push_back({part.begin - line.begin, part.end - line.begin});
        }
    }
    const auto shown = text().substr(line.begin, line.end - line.begin);
    for (const auto& name : secret_names_) {
        const auto found = literals_of(shown, name);
        spans.insert(spans.end(), found.begin(), found.end());
    }
    if (continues_a_secret(line_of(line.begin))) {
        const auto text_begin = std::min(shown.find_first_not_of(" \t"), shown.size());
        spans.push_back({text_begin, shown.size()});
    }
    std::sort(spans.begin(), spans.end(),
              [](const Span& a, const Span& b) { return a.begin < b.begin; });
    std::vector<Span> merged;
    for (const auto& span : spans) {
        if (!merged.empty() && span.begin <= merged.back().end) {
            merged.back().end = std::max(merged.back().end, span.end);
        } else {
            merged.push_back(span);
        }
    }
    return merged;
}

Source::Excerpt Source::excerpt(Span span) const {
    const Span line = line_span(line_of(std::min(span.begin, text_.size())));
    const auto shown = text().substr(line.begin, line.end - line.begin);
    const std::size_t begin = std::min(span.begin, line.end) - line.begin;
    const std::size_t end = std::clamp(span.end, line.begin + begin, line.end) - line.begin;
    Excerpt excerpt;
    std::size_t copied = 0;
    std::size_t underlined = code_points(shown.substr(begin, end - begin));
    for (const auto& hidden : hidden_in(line)) {
        excerpt.line += shown.substr(copied, hidden.begin - copied);
        // Before the caret a dot stands for each code point, so that the column stays true.
        const std::size_t before = std::clamp(begin, hidden.begin, hidden.end) - hidden.begin;
        for (std::size_t i = code_points(shown.substr(hidden.begin, before)); i > 0; --i) {
            excerpt.line += "•";
        }
        if (begin < hidden.end) {
            excerpt.line += dots;
        }
        if (begin >= hidden.begin && begin < hidden.end) {
            underlined = code_points(dots);
        }
        copied = hidden.end;
    }
    excerpt.line += shown.substr(copied);
    excerpt.length = static_cast<unsigned>(std::max<std::size_t>(underlined, 1));
    return excerpt;
}

} // namespace penstock::manifest
