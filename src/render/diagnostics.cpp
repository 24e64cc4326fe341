#include "render/diagnostics.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace penstock::render {

namespace {

constexpr std::size_t tab_width = 4;
constexpr std::size_t widest_line = 120;

std::string_view word(Severity severity) {
    switch (severity) {
    case Severity::error:
        return "error";
    case Severity::warning:
        return "warning";
    case Severity::hint:
        return "hint";
    }
    return {};
}

/// Wraps text in terminal colours, or leaves it alone.
class Paint {
  public:
    explicit Paint(bool colour) : colour_(colour) {}

    [[nodiscard]] std::string severity(Severity severity, std::string_view text) const {
        return wrap(severity == Severity::error     ? "1;31"
                    : severity == Severity::warning ? "1;33"
                                                    : "1;36",
                    text);
    }
    [[nodiscard]] std::string strong(std::string_view text) const { return wrap("1", text); }
    [[nodiscard]] std::string frame(std::string_view text) const { return wrap("34", text); }

  private:
    [[nodiscard]] std::string wrap(std::string_view codes, std::string_view text) const {
        return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", codes, text) : std::string(text);
    }

    bool colour_;
};

std::string place_text(const SourcePosition& position) {
    const std::string file = printable(position.file);
    return position.line == 0 ? file
                              : fmt::format("{}:{}:{}", file, position.line, position.column);
}

/// The text of one line as a terminal shows it, and which of its columns to underline.
struct ShownLine {
    std::string text;
    std::size_t before = 0; ///< columns before the caret
    std::size_t length = 1;
};

std::string_view next_code_point(std::string_view text) {
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
        ++length;
    }
    return text.substr(0, length);
}

ShownLine show_line(const Diagnostic& diagnostic) {
    ShownLine shown;
    const std::size_t first = diagnostic.position.column == 0 ? 0 : diagnostic.position.column - 1;
    const std::size_t last = first + std::max(diagnostic.length, 1U);
    // Of a very long line only the part around the caret is shown.
    const std::size_t from = first > widest_line / 2 ? first - widest_line / 2 : 0;
    shown.text = from > 0 ? "..." : "";
    std::size_t column = 0;
    std::size_t width = shown.text.size();
    std::size_t caret_end = 0;
    bool cut = false;
    for (std::string_view rest = diagnostic.source_line; !rest.empty(); ++column) {
        const auto code_point = next_code_point(rest);
        rest.remove_prefix(code_point.size());
        if (column < from) {
            continue;
        }
        if (column - from >= widest_line) {
            cut = true;
            break;
        }
        if (column == first) {
            shown.before = width;
        }
        const std::string cell =
            code_point == "\t" ? std::string(tab_width, ' ') : printable(code_point);
        shown.text += cell;
        width += code_points(cell);
        if (column >= first && column < last) {
            caret_end = width;
        }
    }
    if (column <= first && !cut) {
        shown.before = width + (first - column); // just behind the line's end
    }
    shown.length = caret_end > shown.before ? caret_end - shown.before : 1;
    shown.text += cut ? "..." : "";
    return shown;
}

void write_diagnostic(std::string& out, const Diagnostic& diagnostic, const Paint& paint) {
    const auto& position = diagnostic.position;
    const bool has_line = position.line > 0 && !diagnostic.source_line.empty();
    const std::string number = has_line ? fmt::format("{}", position.line) : "";
    const std::string margin(std::max<std::size_t>(number.size(), 1), ' ');
    out += fmt::format(
        "{}{}\n",
        paint.severity(diagnostic.severity,
                       fmt::format("{}[{}]", word(diagnostic.severity), diagnostic.code)),
        paint.strong(": " + printable(diagnostic.message)));
    out += fmt::format("{}{} {}\n", margin, paint.frame("-->"), place_text(position));
    if (has_line) {
        const ShownLine shown = show_line(diagnostic);
        out += fmt::format("{} {}\n", margin, paint.frame("|"));
        out += fmt::format("{} {} {}\n", paint.frame(number), paint.frame("|"), shown.text);
        out += fmt::format("{} {} {}{}\n", margin, paint.frame("|"), std::string(shown.before, ' '),
                           paint.severity(diagnostic.severity, std::string(shown.length, '^')));
    }
    for (const auto& related : diagnostic.related) {
        out += fmt::format("{} {} note: {}: {}\n", margin, paint.frame("="),
                           place_text(related.position), printable(related.message));
    }
    if (!diagnostic.suggestion.empty()) {
        out += fmt::format("{} {} help: {}\n", margin, paint.frame("="),
                           printable(diagnostic.suggestion));
    }
    out += "\n";
}

json::Value point_json(const SourcePosition& position, unsigned further) {
    return json::Object{{"line", static_cast<std::int64_t>(position.line)},
                        {"column", static_cast<std::int64_t>(position.column + further)}};
}

json::Value range_json(const SourcePosition& position, unsigned length) {
    json::Object range{{"filename", position.file}};
    if (position.line > 0) {
        range.append("start", point_json(position, 0));
        range.append("end", point_json(position, length));
    }
    return range;
}

json::Value snippet_json(const Diagnostic& diagnostic) {
    const std::int64_t begin = diagnostic.position.column == 0 ? 0 : diagnostic.position.column - 1;
    return json::Object{{"code", diagnostic.source_line},
                        {"start_line", static_cast<std::int64_t>(diagnostic.position.line)},
                        {"highlight_start_offset", begin},
                        {"highlight_end_offset", begin + diagnostic.length}};
}

} // namespace

std::string diagnostics_text(const std::vector<Diagnostic>& diagnostics, bool colour) {
    const Paint paint(colour);
    std::string out;
    for (const auto& diagnostic : diagnostics) {
        write_diagnostic(out, diagnostic, paint);
    }
    std::vector<std::string> counts;
    for (const auto severity : {Severity::error, Severity::warning, Severity::hint}) {
        const auto count =
            std::count_if(diagnostics.begin(), diagnostics.end(),
                          [&](const auto& diagnostic) { return diagnostic.severity == severity; });
        if (count > 0) {
            counts.push_back(counted(static_cast<std::size_t>(count), word(severity)));
        }
    }
    return counts.empty() ? out : out + enumerate(counts) + "\n";
}

json::Value diagnostics_json(const std::vector<Diagnostic>& diagnostics) {
    json::Array list;
    for (const auto& diagnostic : diagnostics) {
        json::Object item{{"severity", word(diagnostic.severity)},
                          {"code", diagnostic.code},
                          {"summary", diagnostic.message}};
        if (!diagnostic.suggestion.empty()) {
            item.append("detail", diagnostic.suggestion);
        }
        if (!diagnostic.position.file.empty()) {
            item.append("range", range_json(diagnostic.position, diagnostic.length));
        }
        if (!diagnostic.source_line.empty()) {
            item.append("snippet", snippet_json(diagnostic));
        }
        if (!diagnostic.related.empty()) {
            json::Array related;
            for (const auto& other : diagnostic.related) {
                related.emplace_back(json::Object{{"message", other.message},
                                                  {"range", range_json(other.position, 1)}});
            }
            item.append("related", std::move(related));
        }
        list.emplace_back(std::move(item));
    }
    return list;
}

} // namespace penstock::render
