#include "cli/apply_outcome.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace penstock::cli {

namespace {

using execute::StepStatus;

render::StepOutcome outcome_of(StepStatus status) {
    switch (status) {
    case StepStatus::done:
        return render::StepOutcome::done;
    case StepStatus::failed:
        return render::StepOutcome::failed;
    case StepStatus::pending:
    case StepStatus::skipped:
        return render::StepOutcome::skipped;
    }
    return render::StepOutcome::skipped;
}

const model::DesiredEntity* desired_of(const plan::Step& step) {
    return std::visit(
        [](const auto& operation) -> const model::DesiredEntity* {
            if constexpr (requires { operation.desired; }) {
                return &operation.desired;
            } else {
                return nullptr;
            }
        },
        step.operation);
}

/// The line of the first field that changes, else that of the manifest.
SourcePosition position_of(const plan::Plan& plan, const plan::Step& step) {
    const auto* desired = desired_of(step);
    const bool placed = desired != nullptr && desired->position;
    if (placed && std::holds_alternative<plan::WriteMapping>(step.operation)) {
        return desired->position("/mapping");
    }
    for (const auto& change : plan.changes) {
        if (change.key != step.key || change.action == plan::Action::remove) {
            continue;
        }
        for (const auto& position : change.positions) {
            if (position.line != 0) {
                return position;
            }
        }
    }
    return placed ? desired->position("") : SourcePosition{};
}

void count_done(plan::Counts& counts, const plan::Step& step) {
    if (std::holds_alternative<plan::CreateEntity>(step.operation)) {
        ++counts.add;
    } else if (std::holds_alternative<plan::UpdateEntity>(step.operation)) {
        ++counts.change;
    } else if (std::holds_alternative<plan::DeleteEntity>(step.operation)) {
        ++counts.destroy;
    }
}

/// "4 entities were one too many: deleted"
std::string fate_of_surplus(const execute::TwinReport& twins) {
    std::size_t surplus = 0;
    std::size_t deleted = 0;
    for (std::size_t i = 0; i < twins.plan.steps.size(); ++i) {
        if (std::holds_alternative<plan::DeleteEntity>(twins.plan.steps[i].operation)) {
            ++surplus;
            deleted += twins.report.steps.at(i).status == StepStatus::done ? 1U : 0U;
        }
    }
    std::string fate = "deleted";
    if (deleted == 0 && surplus != 0) {
        fate = surplus == 1 ? "it stands until the next apply" : "they stand until the next apply";
    } else if (deleted < surplus) {
        fate = fmt::format("{} deleted, the others stand until the next apply", deleted);
    }
    return fmt::format("{} one too many: {}", counted(surplus, "entity was", "entities were"),
                       fate);
}

} // namespace

render::AppliedStep applied_step(const plan::Plan& plan, const plan::Step& step,
                                 const execute::StepResult& result) {
    render::AppliedStep applied;
    applied.key = step.key;
    applied.outcome = outcome_of(result.status);
    applied.verb = result.adopted ? "adopted" : render::verb(step.operation);
    applied.id = result.id;
    applied.error = result.error;
    applied.skipped_for = result.skipped_for;
    applied.position = position_of(plan, step);
    return applied;
}

void add_twins(plan::Plan& plan, execute::Report& report, execute::TwinReport twins) {
    if (twins.error && twins.error->kind == ErrorKind::interrupted) {
        report.interrupted = true;
    } else if (twins.error) {
        plan.notes.push_back(
            {Severity::error, "twins-not-checked", plan.project,
             "whether another run made the same entities was not checked: " + twins.error->message,
             "plan again: it shows what is one too many"});
    }
    for (const auto& key : twins.unresolved) {
        plan.notes.push_back(
            {Severity::error, "made-differently", address(key),
             "another run made a dataflow for this export at the same time, from other manifests "
             "or with other secrets; both stand",
             "apply again in ten minutes, when no other run is at work: one stays"});
    }
    if (twins.plan.steps.empty()) {
        return;
    }
    plan.notes.push_back(
        {Severity::warning, "made-twice", plan.project,
         "another run made the same at the same time; of what both made, " + fate_of_surplus(twins),
         "let one pipeline at a time apply a project"});
    const auto first = plan.steps.size();
    for (auto& step : twins.plan.steps) {
        for (auto& before : step.after) {
            before.step += first;
        }
        plan.steps.push_back(std::move(step));
    }
    report.interrupted = report.interrupted || twins.report.interrupted;
    std::move(twins.report.steps.begin(), twins.report.steps.end(),
              std::back_inserter(report.steps));
}

void hold_as_error(plan::Plan& plan) {
    for (auto& note : plan.notes) {
        if (note.code == "made-meanwhile") {
            note.severity = Severity::error;
        }
    }
}

render::ApplyReport make_report(const plan::Plan& plan, const execute::Report& report,
                                bool destroy) {
    render::ApplyReport result;
    for (std::size_t i = 0; i < plan.steps.size() && i < report.steps.size(); ++i) {
        result.steps.push_back(applied_step(plan, plan.steps[i], report.steps[i]));
        if (report.steps[i].status == StepStatus::done) {
            count_done(result.counts, plan.steps[i]);
        }
    }
    result.notes = plan.notes;
    for (std::size_t i = 0; i < plan.steps.size() && i < report.steps.size(); ++i) {
        if (!report.steps[i].note.empty()) {
            result.notes.push_back({Severity::warning, "changed-meanwhile",
                                    address(plan.steps[i].key),
                                    report.steps[i].note + "the next plan shows it", ""});
        }
    }
    result.interrupted = report.interrupted;
    result.destroy = destroy;
    result.refused = plan.refused;
    result.shard = plan.shard;
    return result;
}

ExitCode exit_code_of_run(const plan::Plan& plan, const execute::Report& report, int signal,
                          const std::optional<ErrorKind>& ended_by) {
    if (report.interrupted) {
        return exit_code_of_signal(signal);
    }
    const auto failed =
        std::find_if(report.steps.begin(), report.steps.end(), [](const auto& step) {
            return step.status == StepStatus::failed && step.error;
        });
    bool some_done = false;
    for (std::size_t i = 0; i < report.steps.size(); ++i) {
        // A mapping alone changes nothing that anybody sees.
        const bool mapping = i < plan.steps.size() &&
                             std::holds_alternative<plan::WriteMapping>(plan.steps[i].operation);
        some_done = some_done || (report.steps[i].status == StepStatus::done && !mapping);
    }
    if (failed != report.steps.end()) {
        return some_done ? ExitCode::partial : exit_code(failed->error->kind);
    }
    if (ended_by) {
        return some_done ? ExitCode::partial : exit_code(*ended_by);
    }
    const bool gave_up = std::any_of(plan.notes.begin(), plan.notes.end(), [](const auto& note) {
        return note.code == plan::waits_code && note.severity == Severity::error;
    });
    if (plan.doubled || gave_up) {
        return ExitCode::partial;
    }
    if (plan.blocked()) {
        return some_done ? ExitCode::partial : ExitCode::refused;
    }
    return ExitCode::done;
}

ExitCode exit_code_when_stale(ExitCode code, const execute::Report& report) {
    if (code != ExitCode::done && code != ExitCode::refused) {
        return code; // something failed besides, or a signal stopped the run
    }
    return report.count(StepStatus::done) == 0 ? ExitCode::stale : ExitCode::partial;
}

} // namespace penstock::cli
