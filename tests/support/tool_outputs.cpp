#include "support/tool_outputs.hpp"

#include "cli/apply_outcome.hpp"
#include "json/text.hpp"
#include "plan/saved.hpp"
#include "render/apply_report.hpp"
#include "render/baseline.hpp"
#include "render/drift_report.hpp"
#include "render/errors.hpp"
#include "render/plan_json.hpp"
#include "render/plan_report.hpp"
#include "render/plan_text.hpp"
#include "render/reports.hpp"

#include <utility>

namespace penstock::test {

namespace {

plan::SavedPlan as_saved(const ToolRun& run) {
    plan::SavedPlan saved;
    saved.shown = render::plan_json(run.plan, "1");
    saved.pins = plan::pins_of(run.plan, run.live);
    return saved;
}

std::string all_formats(const render::Report& report) {
    return render::report_markdown(report) + render::report_sarif(report) +
           render::report_junit(report) + render::report_metrics(report) +
           render::report_github(report);
}

} // namespace

std::string outputs(const ToolRun& run) {
    const render::Style style;
    auto applied = run;
    cli::add_twins(applied.plan, applied.report, std::move(applied.twins));
    const auto report = cli::make_report(applied.plan, applied.report, false);
    const auto drift = render::drift_report(run.plan, style.names, {});
    return render::plan_text(run.plan, style) +
           json::write(json::Value(render::plan_json(run.plan, "1"))) +
           render::apply_text(report, style) +
           json::write(json::Value(render::apply_json(report, "1"))) +
           plan::write_saved(as_saved(run)) + render::drift_text(drift, style) +
           json::write(json::Value(render::drift_json(drift))) + render::baseline_yaml(drift) +
           all_formats(drift) + all_formats(render::plan_report(run.plan, style, {})) +
           all_formats(render::report_of(report, {})) +
           (run.error ? render::error_text(*run.error) : std::string());
}

} // namespace penstock::test
