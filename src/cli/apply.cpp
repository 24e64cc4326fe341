#include "base/text.hpp"
#include "catalogue/catalogue.hpp"
#include "cli/apply_outcome.hpp"
#include "cli/approval.hpp"
#include "cli/commands.hpp"
#include "cli/planning.hpp"
#include "cli/project.hpp"
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

Error no_approval(bool destroy) {
    return {ErrorKind::refused,
            fmt::format("{} changes the platform and nobody can be asked for approval here",
                        destroy ? "destroy" : "apply"),
            "pass --auto-approve to approve in advance",
            {}};
}

Outcome interrupted(const Host& host) {
    return failed({ErrorKind::interrupted, "interrupted; nothing was changed", {}, {}},
                  exit_code_of_signal(host.signal()));
}

Outcome outcome_of(const plan::Plan& plan, const execute::Report& report, bool destroy,
                   const render::Style& style, int signal) {
    const auto shown = make_report(plan, report, destroy);
    Outcome outcome;
    outcome.code = exit_code_of_run(plan, report, signal);
    outcome.text = render::apply_text(shown, style);
    if (plan.empty() && !plan.blocked() && !destroy) {
        outcome.text += fmt::format("No changes. {}\n", render::matching_text(plan));
    }
    outcome.document = render::apply_json(shown, version());
    return outcome;
}

Outcome change_platform(const Arguments& arguments, const Host& host, bool destroy) {
    const auto how = approval(arguments, host);
    if (how == Approval::impossible) {
        return failed(no_approval(destroy));
    }
    auto opened = open_project(arguments, host);
    if (!opened) {
        return std::move(opened).error();
    }
    auto context = Context::open(arguments, host, opened->selection.manifests, Access::write);
    if (!context) {
        return failed(context.error());
    }
    Progress progress(arguments, host);
    PlanRequest request;
    request.destroy = destroy;
    auto plan = make_plan(**context, opened->selection, request, progress);
    if (!plan) {
        return failed(plan.error());
    }
    const auto out_style = style(arguments, host, host.out_is_terminal);
    const auto err_style = style(arguments, host, host.err_is_terminal);
    if (plan->steps.empty()) {
        return outcome_of(*plan, {}, destroy, out_style, 0);
    }
    if (const auto ready = execute::require_secrets(*plan, (*context)->secrets(),
                                                    catalogue::Catalogue::embedded());
        !ready) {
        return (*context)->interrupted() ? interrupted(host) : failed(ready.error());
    }
    if (how == Approval::asked) {
        host.err(render::plan_text(*plan, err_style)); // what is approved is shown, even if quiet
        if (!ask(host, destroy)) {
            return host.signal() != 0
                       ? interrupted(host)
                       : failed({ErrorKind::refused, "not approved; nothing was changed", {}, {}});
        }
    } else {
        progress.block(render::plan_text(*plan, err_style) + "\n");
    }
    if (host.signal() != 0) {
        return interrupted(host);
    }

    (*context)->transport().finish_everything();
    (*context)->client().stop_retrying_when([&] { return host.signal() != 0; });
    StepReporter reporter(*plan, progress, err_style);
    execute::Options options;
    options.parallelism = (*context)->parallelism();
    options.interrupted = [&] { return host.signal() != 0; };
    const auto& catalogue = catalogue::Catalogue::embedded();
    auto report = execute::run(*plan, (*context)->transport(), (*context)->client(),
                               (*context)->secrets(), catalogue, reporter, options);
    if (!destroy) {
        progress.now("looking whether another run made the same");
        auto twins =
            execute::resolve_twins(desired::build(opened->selection.manifests, catalogue), *plan,
                                   report, (*context)->transport(), (*context)->client(),
                                   (*context)->secrets(), catalogue, reporter, options);
        add_twins(*plan, report, std::move(twins));
    }
    progress.clear();
    return outcome_of(*plan, report, destroy, out_style, host.signal());
}

} // namespace

Outcome apply(const Arguments& arguments, const Host& host) {
    return change_platform(arguments, host, false);
}

Outcome destroy(const Arguments& arguments, const Host& host) {
    return change_platform(arguments, host, true);
}

} // namespace penstock::cli
