#include "cli/carry_out.hpp"

#include "base/text.hpp"
#include "catalogue/catalogue.hpp"
#include "cli/apply_outcome.hpp"
#include "cli/planning.hpp"
#include "cli/report_scope.hpp"
#include "desired/desired.hpp"
#include "execute/credentials.hpp"
#include "execute/twins.hpp"
#include "render/plan_text.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::cli {

namespace {

/// Tells of each step as it ends.
class StepReporter final : public execute::Reporter {
  public:
    StepReporter(const plan::Plan& plan, Progress& progress, const render::Style& style)
        : plan_(plan), progress_(progress), style_(style) {}

    void started(const plan::Step&) override {
        ++started_;
        show();
    }

    void finished(const plan::Step& step, const execute::StepResult& result) override {
        ++finished_;
        progress_.line(render::step_line(applied_step(plan_, step, result), style_));
        show();
    }

  private:
    void show() {
        const auto under_way = started_ > finished_ ? started_ - finished_ : 0;
        progress_.now(
            fmt::format("{} of {} done, {} under way", finished_, plan_.steps.size(), under_way));
    }

    const plan::Plan& plan_;
    Progress& progress_;
    const render::Style& style_;
    std::size_t started_ = 0;
    std::size_t finished_ = 0;
};

Outcome interrupted(const Host& host) {
    return failed({ErrorKind::interrupted, "interrupted; nothing was changed", {}, {}},
                  exit_code_of_signal(host.signal()));
}

Outcome outcome_of(const Job& job, const execute::Report& report, const render::Style& style,
                   render::Scope scope, int signal) {
    const auto& plan = job.plan;
    auto shown = make_report(plan, report, job.destroy);
    shown.stale = job.stale;
    Outcome outcome;
    outcome.code = exit_code_of_run(plan, report, signal);
    if (!job.stale.empty() && !plan.refused) {
        outcome.code = exit_code_when_stale(outcome.code, report);
    }
    std::string matching;
    if (plan.empty() && !plan.blocked() && !job.destroy && job.stale.empty()) {
        matching = fmt::format("No changes. {}\n", render::matching_text(plan));
    }
    outcome.text = render::apply_text(shown, style) + matching;
    outcome.plain = render::apply_text(shown, without_colour(style)) + matching;
    outcome.document = render::apply_json(shown, version());
    outcome.report = render::report_of(shown, std::move(scope));
    if (!matching.empty()) {
        outcome.report->remarks.emplace_back(trimmed(matching));
    }
    return outcome;
}

} // namespace

Outcome carry_out(const Arguments& arguments, const Host& host, Context& context,
                  const Selection& selection, Progress& progress, Job job) {
    hold_as_error(job.plan);
    const auto out_style = style(arguments, host, host.out_is_terminal);
    const auto err_style = style(arguments, host, host.err_is_terminal);
    const auto scope = scope_of(arguments, host, selection, context);
    if (job.plan.steps.empty()) {
        return outcome_of(job, {}, out_style, scope, 0);
    }
    if (const auto ready =
            execute::require_secrets(job.plan, context.secrets(), catalogue::Catalogue::embedded());
        !ready) {
        return context.interrupted() ? interrupted(host) : failed(ready.error());
    }
    if (job.how == Approval::asked) {
        host.err(
            render::plan_text(job.plan, err_style)); // what is approved is shown, even if quiet
        if (!ask(host, job.destroy)) {
            return host.signal() != 0
                       ? interrupted(host)
                       : failed({ErrorKind::refused, "not approved; nothing was changed", {}, {}});
        }
    } else {
        progress.block(render::plan_text(job.plan, err_style) + "\n");
    }
    if (host.signal() != 0) {
        return interrupted(host);
    }

    context.transport().finish_everything();
    context.client().stop_retrying_when([&] { return host.signal() != 0; });
    StepReporter reporter(job.plan, progress, err_style);
    execute::Options options;
    options.parallelism = context.parallelism();
    options.interrupted = [&] { return host.signal() != 0; };
    const auto& catalogue = catalogue::Catalogue::embedded();
    auto report = execute::run(job.plan, context.transport(), context.client(), context.secrets(),
                               catalogue, reporter, options);
    if (!job.destroy) {
        progress.now("looking whether another run made the same");
        auto twins = execute::resolve_twins(desired::build(selection.manifests, catalogue),
                                            job.plan, report, context.transport(), context.client(),
                                            context.secrets(), catalogue, reporter, options);
        add_twins(job.plan, report, std::move(twins));
    }
    progress.clear();
    return outcome_of(job, report, out_style, scope, host.signal());
}

} // namespace penstock::cli
