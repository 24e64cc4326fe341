#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/left_behind.hpp"
#include "cli/plan_file.hpp"
#include "cli/planning.hpp"
#include "cli/project.hpp"
#include "cli/report_files.hpp"
#include "cli/report_scope.hpp"
#include "render/plan_json.hpp"
#include "render/plan_report.hpp"
#include "render/plan_text.hpp"

#include <fmt/format.h>

namespace penstock::cli {

Outcome plan(const Arguments& arguments, const Host& host) {
    if (arguments.out) {
        if (const auto possible = check_plan_path(arguments, *arguments.out); !possible) {
            return failed(possible.error());
        }
    }
    auto opened = open_project(arguments, host);
    if (!opened) {
        return std::move(opened).error();
    }
    auto context = Context::open(arguments, host, opened->selection.manifests, Access::read);
    if (!context) {
        return failed(context.error());
    }
    Progress progress(arguments, host);
    PlanRequest request;
    request.allowed_deletes = arguments.allow_deletes;
    request.pins = arguments.out.has_value();
    if (!request.pins) { // which are of all entities of the project
        request.selective = host.selective;
    }
    auto planned = make_plan(**context, opened->selection, request, progress);
    if (!planned) {
        return failed(planned.error());
    }
    const LeftBehind left(host, *opened, *planned);
    const auto& plan = planned->plan;
    Outcome outcome;
    const auto shown = style(arguments, host, host.out_is_terminal);
    outcome.text = render::plan_text(plan, shown);
    if (wants_report(arguments, host)) {
        outcome.plain = render::plan_text(plan, without_colour(shown));
        outcome.report = render::plan_report(
            plan, shown, scope_of(arguments, host, opened->selection, **context));
    }
    if (wants_document(arguments)) {
        outcome.document = render::plan_json(plan, version());
    }
    if (arguments.out) {
        const auto saved =
            to_save(*planned, *opened, arguments.allow_deletes, **context, *host.clock);
        if (const auto written = write_plan_file(arguments, *arguments.out, saved); !written) {
            return failed(written.error());
        }
        progress.line(fmt::format("the plan is saved: `penstock apply {}` {}",
                                  printable(*arguments.out),
                                  plan.refused ? "refuses it, too" : "carries it out"));
    }
    if (plan.blocked()) {
        outcome.code = ExitCode::refused;
    } else if (arguments.detailed_exitcode && !plan.empty()) {
        outcome.code = ExitCode::changes;
    }
    return outcome;
}

} // namespace penstock::cli
