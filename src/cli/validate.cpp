#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/left_behind.hpp"
#include "cli/project.hpp"
#include "cli/report_scope.hpp"
#include "render/diagnostics.hpp"
#include "render/plan_json.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace penstock::cli {

namespace {

std::int64_t signed_size(std::size_t size) {
    return static_cast<std::int64_t>(size);
}

} // namespace

Outcome validate(const Arguments& arguments, const Host& host) {
    auto opened = open_project(arguments, host, Hints::shown);
    if (!opened) {
        auto outcome = std::move(opened).error();
        if (outcome.document.find("diagnostics") != nullptr) {
            outcome.document["valid"] = false;
        }
        return outcome;
    }
    const LeftBehind left(host, *opened);
    const auto& manifests = opened->selection.manifests;
    const auto exports = manifests.exports().size();
    Outcome outcome;
    outcome.text =
        fmt::format("Valid: {} and {} in {}.\n", counted(manifests.accounts.size(), "account"),
                    counted(exports, "export"), counted(opened->files, "file"));
    outcome.plain = outcome.text;
    auto scope = bare_scope(arguments, host);
    scope.project = manifests.project.metadata.name;
    add_units(scope, opened->selection);
    outcome.report = render::validation_report(std::string(trimmed(outcome.text)), opened->warnings,
                                               std::move(scope));
    outcome.document = render::document(version());
    outcome.document["valid"] = true;
    outcome.document["accounts"] = signed_size(manifests.accounts.size());
    outcome.document["exports"] = signed_size(exports);
    outcome.document["files"] = signed_size(opened->files);
    outcome.document["diagnostics"] = render::diagnostics_json(opened->warnings);
    return outcome;
}

} // namespace penstock::cli
