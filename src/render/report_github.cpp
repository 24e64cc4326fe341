#include "base/text.hpp"
#include "render/reports.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <string_view>

namespace penstock::render {

namespace {

/// A step shows so many annotations of each level and drops the rest without a word.
constexpr std::size_t most_annotations = 10;

std::string escaped(std::string_view text, bool property) {
    std::string result;
    for (const char c : text) {
        if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
            result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        } else {
            result += c;
        }
    }
    return result;
}

struct Annotation {
    Severity level = Severity::warning;
    SourcePosition position;
    std::string title;
    std::string message;
};

std::string_view word(Severity level) {
    switch (level) {
    case Severity::error:
        return "error";
    case Severity::warning:
        return "warning";
    case Severity::hint:
        return "notice";
    }
    return "notice";
}

std::string line_of(const Annotation& annotation, const Scope& scope) {
    std::string properties;
    const auto& position = annotation.position;
    if (!position.file.empty()) {
        properties = fmt::format("file={},", escaped(printable(file_name(position, scope)), true));
        if (position.line != 0) {
            properties += fmt::format("line={},", position.line);
            properties += position.column == 0 ? "" : fmt::format("col={},", position.column);
        }
    }
    return fmt::format("::{} {}title={}::{}\n", word(annotation.level), properties,
                       escaped(annotation.title, true), escaped(annotation.message, false));
}

class Annotator {
  public:
    explicit Annotator(const Scope& scope) : scope_(scope) {}

    void add(const Annotation& annotation) {
        auto& lines = lines_[annotation.level];
        lines.first += lines.second < most_annotations - 1 ? line_of(annotation, scope_) : "";
        ++lines.second;
        last_[annotation.level] = annotation;
    }

    std::string take(const std::string& headline) {
        std::string text;
        for (auto& [level, lines] : lines_) {
            text += lines.first;
            if (lines.second == most_annotations) {
                text += line_of(last_[level], scope_);
            } else if (lines.second > most_annotations) {
                text += line_of({level,
                                 {},
                                 "penstock",
                                 fmt::format("{} more are in the log: {}",
                                             lines.second - (most_annotations - 1), headline)},
                                scope_);
            }
        }
        return text;
    }

  private:
    const Scope& scope_;
    std::map<Severity, std::pair<std::string, std::size_t>> lines_;
    std::map<Severity, Annotation> last_;
};

/// True for what a reader of a pull request has to look at.
bool is_told(const Finding& finding) {
    return finding.kind == FindingKind::drift ? is_open(finding) : finding.level != Severity::hint;
}

} // namespace

std::string report_github(const Report& report) {
    Annotator annotator(report.scope);
    for (const auto& finding : report.findings) {
        if (!is_told(finding)) {
            continue;
        }
        const auto message = sentence(finding);
        const bool by_field = finding.kind == FindingKind::drift && !finding.fields.empty();
        if (!by_field) {
            const auto hint = finding.hint.empty() ? "" : "\nnext: " + finding.hint;
            annotator.add({finding.level, finding.position, finding.rule, message + hint});
            continue;
        }
        for (const auto& field : finding.fields) {
            if (!is_open(field.acceptance)) {
                continue;
            }
            std::string lines;
            auto position = SourcePosition{};
            for (const auto& line : field.lines) {
                lines += "\n" + line.text;
                position = position.line == 0 ? line.position : position;
            }
            annotator.add({finding.level, position.line == 0 ? finding.position : position,
                           finding.rule, message + lines});
        }
    }
    return annotator.take(report.headline);
}

} // namespace penstock::render
