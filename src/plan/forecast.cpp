#include "plan/forecast.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::plan {

namespace {

using model::EntityKind;

template <class Operation>
std::size_t dataflows(const Plan& plan) {
    return static_cast<std::size_t>(
        std::count_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
            return step.key.kind == EntityKind::flow &&
                   std::holds_alternative<Operation>(step.operation);
        }));
}

void warn(Plan& plan, std::string message) {
    plan.notes.push_back({Severity::warning, "guardrail", plan.project, std::move(message),
                          "the platform may refuse more: delete what is no longer needed first"});
}

} // namespace

bool makes_dataflows(const Plan& plan) {
    return dataflows<CreateEntity>(plan) > 0;
}

void forecast(Plan& plan, std::optional<std::size_t> counted, const model::LiveGraph& live) {
    const auto made = dataflows<CreateEntity>(plan);
    if (made == 0) {
        return;
    }
    Forecast result;
    result.now = counted.value_or(static_cast<std::size_t>(
        std::count_if(live.entities.begin(), live.entities.end(),
                      [](const auto& entity) { return entity.kind == EntityKind::flow; })));
    result.at_least = !counted.has_value();
    const auto most = result.now + made;
    result.after = most - std::min(most, dataflows<DeleteEntity>(plan));
    result.limit = destinations_per_sandbox;
    if (result.after > result.limit) {
        warn(plan, fmt::format("{} destinations in this sandbox after apply, and the guardrail is "
                               "{}",
                               result.after, result.limit));
    } else if (most > result.limit) {
        // New dataflows stand before the old ones go.
        warn(plan, fmt::format("up to {} destinations in this sandbox during apply, and the "
                               "guardrail is {}",
                               most, result.limit));
    }
    plan.forecast = result;
}

} // namespace penstock::plan
