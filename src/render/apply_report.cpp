#include "render/apply_report.hpp"

#include "base/text.hpp"
#include "render/errors.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"
#include "render/stale.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::render {

namespace {

using json::Array;
using json::Object;
using json::Value;

std::size_t count_of(const ApplyReport& report, StepOutcome outcome) {
    return static_cast<std::size_t>(
        std::count_if(report.steps.begin(), report.steps.end(),
                      [&](const auto& step) { return step.outcome == outcome; }));
}

/// How much was left alone because of an error that the plan already knew.
std::size_t count_blocked(const ApplyReport& report) {
    return static_cast<std::size_t>(
        std::count_if(report.notes.begin(), report.notes.end(),
                      [](const auto& note) { return note.severity == Severity::error; }));
}

/// Whether all that was planned was done.
bool is_through(const ApplyReport& report) {
    return !report.interrupted && count_of(report, StepOutcome::done) == report.steps.size();
}

/// What a reader has to do. Another run alone does not help where the plan is blocked.
std::string what_next(const ApplyReport& report) {
    const char* verb = report.destroy ? "destroy" : "apply";
    if (report.refused) {
        return "Nothing was changed: first solve what the errors above name.\n";
    }
    if (!report.stale.empty()) {
        return "Plan again: a new plan shows what is left to do.\n";
    }
    if (count_blocked(report) == 0) {
        return fmt::format("The next {} continues from here.\n", verb);
    }
    return fmt::format("First solve the {} above: what {} was left alone. The next {} does "
                       "the rest.\n",
                       count_blocked(report) == 1 ? "error" : "errors",
                       count_blocked(report) == 1 ? "it names" : "they name", verb);
}

std::string action_of(const AppliedStep& step) {
    return fmt::format("{} ({})", printable(address(step.key)), title(step.key.kind));
}

std::string_view word(StepOutcome outcome) {
    switch (outcome) {
    case StepOutcome::done:
        return "done";
    case StepOutcome::failed:
        return "failed";
    case StepOutcome::skipped:
        return "skipped";
    }
    return "";
}

std::string failed_text(const ApplyReport& report) {
    std::string text;
    for (const auto& step : report.steps) {
        if (step.outcome == StepOutcome::failed) {
            text += fmt::format("  {} could not be {}\n", action_of(step), step.verb);
            text += indented(step.error ? describe(*step.error) : "", "    ");
            if (step.position.line != 0) {
                text += fmt::format("    manifest: {}\n", place(step.position));
            }
        }
    }
    return text.empty() ? "" : "\nFailed:\n" + text;
}

std::string skipped_text(const ApplyReport& report) {
    std::string text;
    for (const auto& step : report.steps) {
        if (step.outcome == StepOutcome::skipped) {
            const auto why = step.skipped_for.empty()
                                 ? std::string("the run was interrupted")
                                 : fmt::format("it needs {}", printable(step.skipped_for));
            text += fmt::format("  {} was not {}: {}\n", action_of(step), step.verb, why);
        }
    }
    return text.empty() ? "" : "\nSkipped:\n" + text;
}

std::string done_text(const ApplyReport& report) {
    std::string text;
    for (const auto& step : report.steps) {
        if (step.outcome == StepOutcome::done) {
            text += fmt::format("  {}\n", step_line(step, Style{}));
        }
    }
    return text.empty() ? "" : "\nDone:\n" + text;
}

} // namespace

bool is_complete(const ApplyReport& report) {
    return is_through(report) && count_blocked(report) == 0 && report.stale.empty();
}

std::string headline(const ApplyReport& report) {
    const auto& counts = report.counts;
    const char* verb = report.destroy ? "Destroy" : "Apply";
    const auto resources = report.destroy ? fmt::format("{} destroyed", counts.destroy)
                                          : fmt::format("{} added, {} changed, {} destroyed",
                                                        counts.add, counts.change, counts.destroy);
    if (is_complete(report)) {
        return fmt::format("{} complete! Resources: {}.", verb, resources);
    }
    if (report.refused) {
        return fmt::format("{} refused: {}.", verb, resources);
    }
    const auto blocked = count_blocked(report);
    return fmt::format("{} {}: {}; {} failed, {} skipped{}{}.", verb,
                       report.interrupted ? "interrupted" : "incomplete", resources,
                       count_of(report, StepOutcome::failed),
                       count_of(report, StepOutcome::skipped),
                       blocked == 0 ? "" : fmt::format(", {} blocked", blocked),
                       report.stale.empty() ? "" : fmt::format(", {} stale", report.stale.size()));
}

std::string_view verb(const plan::Operation& operation) {
    struct Verb {
        std::string_view operator()(const plan::CreateEntity&) const { return "created"; }
        std::string_view operator()(const plan::CompleteEntity&) const { return "filled"; }
        std::string_view operator()(const plan::WriteMapping&) const { return "mapped"; }
        std::string_view operator()(const plan::UpdateEntity&) const { return "changed"; }
        std::string_view operator()(const plan::SetEnabled& set) const {
            return set.enabled ? "enabled" : "disabled";
        }
        std::string_view operator()(const plan::DeleteEntity&) const { return "deleted"; }
    };
    return std::visit(Verb{}, operation);
}

std::string step_line(const AppliedStep& step, const Style& style) {
    auto name = printable(address(step.key));
    switch (step.outcome) {
    case StepOutcome::done:
        return fmt::format("{}: {}{}", name,
                           painted(step.verb,
                                   step.verb == "deleted"   ? Ink::remove
                                   : step.verb == "changed" ? Ink::change
                                                            : Ink::add,
                                   style),
                           step.id.empty() ? "" : fmt::format(" (id {})", printable(step.id)));
    case StepOutcome::failed: {
        const auto& message = step.error ? step.error->message : std::string{};
        return fmt::format("{}: {}: {}", name, painted("failed", Ink::remove, style),
                           printable(message));
    }
    case StepOutcome::skipped:
        return fmt::format("{}: skipped", name);
    }
    return name;
}

std::string apply_text(const ApplyReport& report, const Style& style) {
    std::string text = headline(report) + "\n";
    text += report.shard ? shard_text(*report.shard) + "\n" : "";
    if (is_complete(report)) {
        const auto notes = notes_text(report.notes, style);
        return notes.empty() ? text : text + "\n" + notes;
    }
    text += stale_text(report.stale, style) + failed_text(report) + skipped_text(report) +
            done_text(report);
    const auto notes = notes_text(report.notes, style);
    text += notes.empty() ? "" : "\n" + notes;
    return text + "\n" + what_next(report);
}

Object apply_json(const ApplyReport& report, std::string_view version) {
    Object result = document(version);
    result["operation"] = report.destroy ? "destroy" : "apply";
    result["shard"] = shard_json(report.shard);
    result["complete"] = is_complete(report);
    result["interrupted"] = report.interrupted;
    result["counts"] = counts_json(report.counts);
    Array steps;
    for (const auto& step : report.steps) {
        steps.push_back(
            Object{{"address", address(step.key)},
                   {"type", type_of(step.key.kind)},
                   {"id", step.id.empty() ? Value{} : Value(step.id)},
                   {"operation", step.verb},
                   {"outcome", word(step.outcome)},
                   {"error", step.error ? error_json(*step.error) : Value{}},
                   {"skipped_for", step.skipped_for.empty() ? Value{} : Value(step.skipped_for)},
                   {"position", position_json(step.position)}});
    }
    result["steps"] = std::move(steps);
    result["stale"] = stale_json(report.stale);
    result["notes"] = notes_json(report.notes);
    return result;
}

} // namespace penstock::render
