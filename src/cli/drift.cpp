#include "render/drift.hpp"

#include "cli/commands.hpp"
#include "cli/planning.hpp"
#include "cli/project.hpp"

namespace penstock::cli {

Outcome drift(const Arguments& arguments, const Host& host) {
    auto opened = open_project(arguments, host);
    if (!opened) {
        return std::move(opened).error();
    }
    auto context = Context::open(arguments, host, opened->selection.manifests, Access::read);
    if (!context) {
        return failed(context.error());
    }
    Progress progress(arguments, host);
    // Secrets of destinations say nothing about the platform, and a cron job need not have them.
    const PlanRequest request{false, false, false, false};
    const auto planned = make_plan(**context, opened->selection, request, progress);
    if (!planned) {
        return failed(planned.error());
    }
    const auto& plan = planned->plan;
    Outcome outcome;
    outcome.text = render::drift_text(plan, style(arguments, host, host.out_is_terminal));
    outcome.document = render::drift_json(plan, version());
    if (render::find_drift(plan).found()) {
        outcome.code = ExitCode::changes;
    } else if (plan.blocked()) {
        outcome.code = ExitCode::refused;
    }
    return outcome;
}

} // namespace penstock::cli
