#include "cli/carry_out.hpp"

#include "base/text.hpp"
#include "catalogue/catalogue.hpp"
#include "cli/apply_outcome.hpp"
#include "cli/planning.hpp"
#include "cli/report_scope.hpp"
#include "cli/rounds.hpp"
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

Outcome outcome_of(const Job& job, const Work& work, const render::Style& style,
                   render::Scope scope, int signal) {
    const auto& plan = work.plan;
    auto shown = make_report(plan, work.report, job.destroy);
    shown.stale = job.stale;
    Outcome outcome;
    outcome.code = exit_code_of_run(plan, work.report, signal, work.ended_by);
    if (!job.stale.empty() && !plan.refused) {
        outcome.code = exit_code_when_stale(outcome.code, work.report);
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

/// Carries plans out, each with a look at what another run has made at the same time.
class Performer {
  public:
    Performer(const Host& host, Context& context, const Selection& selection, Progress& progress,
              const render::Style& style, bool destroy)
        : host_(host), context_(context), selection_(selection), progress_(progress), style_(style),
          destroy_(destroy) {}

    execute::Report perform(plan::Plan& plan) const {
        if (plan.steps.empty()) {
            return {};
        }
        context_.transport().finish_everything();
        context_.client().stop_retrying_when([&] { return host_.signal() != 0; });
        StepReporter reporter(plan, progress_, style_);
        execute::Options options;
        options.parallelism = context_.parallelism();
        options.interrupted = [&] { return host_.signal() != 0; };
        auto report = execute::run(plan, context_.transport(), context_.client(),
                                   context_.secrets(), catalogue_, reporter, options);
        if (!destroy_) {
            progress_.now("looking whether another run made the same");
            auto twins =
                execute::resolve_twins(desired::build(selection_.manifests, catalogue_), plan,
                                       report, context_.transport(), context_.client(),
                                       context_.secrets(), catalogue_, reporter, options);
            add_twins(plan, report, std::move(twins));
        }
        progress_.clear();
        return report;
    }

    /// The same of a plan that was made later.
    Result<execute::Report> perform_later(plan::Plan& plan) const {
        hold_as_error(plan);
        if (const auto ready = require_secrets(plan); !ready) {
            return fail(ready.error());
        }
        return perform(plan);
    }

    [[nodiscard]] Result<void> require_secrets(const plan::Plan& plan) const {
        return execute::require_secrets(plan, context_.secrets(), catalogue_);
    }

  private:
    const Host& host_;
    Context& context_;
    const Selection& selection_;
    Progress& progress_;
    const render::Style& style_;
    const catalogue::Catalogue& catalogue_ = catalogue::Catalogue::embedded();
    bool destroy_;
};

} // namespace

Outcome carry_out(const Arguments& arguments, const Host& host, Context& context,
                  const Selection& selection, Progress& progress, Job job) {
    hold_as_error(job.plan);
    const auto out_style = style(arguments, host, host.out_is_terminal);
    const auto err_style = style(arguments, host, host.err_is_terminal);
    const auto scope = scope_of(arguments, host, selection, context);
    Work work{std::move(job.plan), {}};
    const bool goes_on = job.rounds && !work.plan.waits.empty();
    if (work.plan.steps.empty() && !goes_on) {
        return outcome_of(job, work, out_style, scope, 0);
    }
    const Performer performer(host, context, selection, progress, err_style, job.destroy);
    if (const auto ready = performer.require_secrets(work.plan); !ready) {
        return context.interrupted() ? interrupted(host) : failed(ready.error());
    }
    if (job.how == Approval::asked) {
        host.err(
            render::plan_text(work.plan, err_style)); // what is approved is shown, even if quiet
        if (!ask(host, job.destroy)) {
            return host.signal() != 0
                       ? interrupted(host)
                       : failed({ErrorKind::refused, "not approved; nothing was changed", {}, {}});
        }
    } else {
        progress.block(render::plan_text(work.plan, err_style) + "\n");
    }
    if (host.signal() != 0) {
        return interrupted(host);
    }
    work.report = performer.perform(work.plan);
    if (goes_on) {
        go_on(
            work, *job.rounds, [&](plan::Plan& plan) { return performer.perform_later(plan); },
            context, progress);
    }
    return outcome_of(job, work, out_style, scope, host.signal());
}

} // namespace penstock::cli
