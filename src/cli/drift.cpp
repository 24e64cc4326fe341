#include "cli/commands.hpp"
#include "cli/left_behind.hpp"
#include "cli/planning.hpp"
#include "cli/project.hpp"
#include "cli/report_scope.hpp"
#include "manifest/baseline.hpp"
#include "render/baseline.hpp"
#include "render/drift_report.hpp"
#include "render/unmanaged.hpp"

#include <utility>

namespace penstock::cli {

Outcome drift(const Arguments& arguments, const Host& host) {
    auto opened = open_project(arguments, host);
    if (!opened) {
        return std::move(opened).error();
    }
    manifest::BaselineResult baseline;
    if (arguments.baseline) {
        baseline = manifest::load_baseline(arguments.folder, *arguments.baseline);
    }
    if (!baseline.diagnostics.empty()) {
        return invalid(baseline.diagnostics,
                       use_colour(colour_facts(host, arguments.colour, host.err_is_terminal)),
                       "the baseline is invalid");
    }
    auto context = Context::open(arguments, host, opened->selection.manifests, Access::read);
    if (!context) {
        return failed(context.error());
    }
    Progress progress(arguments, host);
    // Secrets of destinations say nothing about the platform, and a cron job need not have them.
    PlanRequest request;
    request.check_credentials = false;
    request.guards = false;
    request.forecast = false;
    request.check_sources = false;
    if (!arguments.unmanaged) {
        request.selective = host.selective;
    }
    request.hold_back = false;
    auto planned = make_plan(**context, opened->selection, request, progress);
    if (!planned) {
        return failed(planned.error());
    }
    const LeftBehind left(host, *opened, *planned);
    const auto shown = style(arguments, host, host.out_is_terminal);
    auto report = render::drift_report(planned->plan, shown.names,
                                       scope_of(arguments, host, opened->selection, **context));
    if (arguments.unmanaged) {
        report.unmanaged = render::unmanaged_flows(planned->live, planned->plan, shown.names);
    }
    render::accept(report, baseline.accepted);
    Outcome outcome;
    outcome.text = render::drift_text(report, shown);
    outcome.plain = render::drift_text(report, without_colour(shown));
    outcome.document = render::drift_json(report);
    if (render::count_drift(report) != 0) {
        outcome.code = ExitCode::changes;
    } else if (render::has_errors(report)) {
        outcome.code = ExitCode::refused;
    }
    outcome.report = std::move(report);
    return outcome;
}

} // namespace penstock::cli
