#include "cli/outcome.hpp"

#include "base/text.hpp"
#include "render/diagnostics.hpp"
#include "render/errors.hpp"
#include "render/plan_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::cli {

std::string_view version() {
    return PENSTOCK_VERSION;
}

Outcome failed(const Error& error, std::optional<ExitCode> code) {
    Outcome outcome;
    outcome.code = code.value_or(exit_code(error.kind));
    outcome.complaint = render::error_text(error);
    outcome.plain = outcome.complaint;
    outcome.error = error;
    outcome.document = render::document(version());
    outcome.document["error"] = render::error_json(error);
    return outcome;
}

Outcome invalid(const std::vector<Diagnostic>& diagnostics, bool colour, std::string_view what) {
    const auto errors = static_cast<std::size_t>(
        std::count_if(diagnostics.begin(), diagnostics.end(), [](const auto& diagnostic) {
            return diagnostic.severity == Severity::error;
        }));
    const Error error{
        ErrorKind::invalid_input, fmt::format("{}: {}", what, counted(errors, "error")), {}, {}};
    Outcome outcome = failed(error, ExitCode::invalid);
    outcome.complaint = render::diagnostics_text(diagnostics, colour);
    outcome.plain = render::diagnostics_text(diagnostics, false);
    outcome.diagnostics = diagnostics;
    outcome.document["diagnostics"] = render::diagnostics_json(diagnostics);
    return outcome;
}

} // namespace penstock::cli
