#pragma once

#include <string>
#include <vector>

namespace penstock {

/// A place in a file that a person wrote. Line and column count from 1; the column counts code
/// points. Line 0 means the file as a whole.
struct SourcePosition {
    std::string file;
    unsigned line = 0;
    unsigned column = 0;

    auto operator<=>(const SourcePosition&) const = default;
};

enum class Severity {
    error,
    warning,
    hint, ///< something could be better; said when somebody asks for it, not in every run
};

/// A second place that explains a Diagnostic, such as the first of two equal keys.
struct RelatedPosition {
    SourcePosition position;
    std::string message;
};

/// One complaint about the user's files. Diagnostics are collected, never thrown, so that all
/// complaints of a run come at once.
struct Diagnostic {
    Severity severity = Severity::error;
    std::string code;        ///< stable and documented, e.g. "unknown-field"
    std::string message;     ///< one sentence
    SourcePosition position; ///< where
    std::string source_line; ///< the text of that line, without its end; may be empty
    unsigned length = 1;     ///< how many code points the caret line underlines
    std::string suggestion;  ///< what to do; empty if nothing is near
    std::vector<RelatedPosition> related;
};

} // namespace penstock
