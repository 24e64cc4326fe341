#pragma once

#include "base/diagnostic.hpp"
#include "base/result.hpp"
#include "cli/exit_codes.hpp"
#include "json/value.hpp"
#include "render/report.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::cli {

/// What a command came to. Nothing of it is written before the command has ended, which is why
/// there is always exactly one result: the text, or with --json the document.
struct Outcome {
    ExitCode code = ExitCode::done;
    std::string text;          ///< for standard output
    std::string complaint;     ///< for standard error
    json::Object document;     ///< the result for programs, without its exit code
    bool text_is_json = false; ///< `text` is the JSON document itself
    std::string plain;         ///< `text` without colour
    /// What the other formats are made from; nothing where a command failed before it came to
    /// anything, which `error` and `diagnostics` tell of.
    std::optional<render::Report> report = {};
    std::optional<Error> error = {};
    std::vector<Diagnostic> diagnostics = {};
};

/// The version of this program.
std::string_view version();

/// An error as outcome, with the code of its kind or another one.
Outcome failed(const Error& error, std::optional<ExitCode> code = std::nullopt);

/// Manifests, or another file of the user's, that cannot be used.
Outcome invalid(const std::vector<Diagnostic>& diagnostics, bool colour,
                std::string_view what = "the manifests are invalid");

} // namespace penstock::cli
