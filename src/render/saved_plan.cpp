#include "render/saved_plan.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "render/plan_reader.hpp"
#include "render/plan_report.hpp"
#include "render/plan_text.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace penstock::render {

namespace {

std::string narrowed(const char* flag, const std::vector<std::string>& words) {
    std::vector<std::string> shown;
    for (const auto& word : words) {
        shown.push_back(flag + printable(word));
    }
    return shown.empty() ? "" : fmt::format("Narrowed to {}\n", enumerate(shown));
}

std::string heading(const plan::SavedPlan& saved) {
    const auto& origin = saved.origin;
    std::string text = fmt::format("Plan for project {}, environment {}: sandbox {} of {} at {}\n"
                                   "Made at {} by penstock {}\n",
                                   printable(origin.project), printable(origin.environment),
                                   printable(origin.sandbox), printable(origin.organization),
                                   printable(origin.endpoint), printable(saved.created_at),
                                   printable(saved.penstock_version()));
    const auto& narrowing = saved.narrowing;
    text += narrowed("", narrowing.paths) + narrowed("--selector ", narrowing.selectors) +
            narrowed("--target ", narrowing.targets);
    if (saved.allowed_deletes) {
        text += fmt::format("Lets {} be deleted\n", counted(*saved.allowed_deletes, "export"));
    }
    return text + "\n";
}

/// The plan as it was made, with what stays.
Result<plan::Plan> read(const plan::SavedPlan& saved) {
    auto plan = read_plan_json(saved.shown);
    for (const auto& pin : saved.pins) {
        if (plan && pin.stays) {
            plan->bound.emplace_back(pin.key, pin.id);
        }
    }
    return plan;
}

} // namespace

Result<Report> saved_plan_report(const plan::SavedPlan& saved, const Style& style, Scope scope) {
    const auto plan = read(saved);
    if (!plan) {
        return fail(plan.error());
    }
    const auto& origin = saved.origin;
    scope.project = printable(origin.project);
    scope.environment = printable(origin.environment);
    scope.organization = printable(origin.organization);
    scope.sandbox = printable(origin.sandbox);
    scope.time = parse_iso8601(saved.created_at).value_or(scope.time);
    for (const auto& [key, id] : plan->bound) {
        if (key.kind == model::EntityKind::flow ||
            (key.kind == model::EntityKind::base && key.name != model::profile_store_name)) {
            scope.units.try_emplace(manifest_title(key));
        }
    }
    for (const auto& change : plan->changes) {
        if (change.action != plan::Action::remove && change.key.name != model::profile_store_name) {
            auto& position = scope.units[manifest_title(change.key)];
            position = position.line == 0 ? change.position : position;
        }
    }
    return plan_report(*plan, style, std::move(scope));
}

Result<std::string> saved_plan_text(const plan::SavedPlan& saved, const Style& style) {
    const auto plan = read(saved);
    if (!plan) {
        return fail(plan.error());
    }
    const auto* steps = saved.shown.find("steps");
    return heading(saved) +
           plan_text(*plan, style,
                     steps == nullptr ? std::vector<StepOutline>{} : read_steps(*steps));
}

json::Object saved_plan_json(const plan::SavedPlan& saved) {
    return plan::saved_json(saved);
}

} // namespace penstock::render
