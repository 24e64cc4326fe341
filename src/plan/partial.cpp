#include "plan/partial.hpp"

#include <algorithm>
#include <variant>

namespace penstock::plan {

namespace {

using model::EntityKind;

bool stays_in_place(const EntityChange& change) {
    return change.action == Action::update &&
           (change.key.kind == EntityKind::target || change.key.kind == EntityKind::flow);
}

bool changes_in_place(const Step& step) {
    return std::holds_alternative<UpdateEntity>(step.operation) ||
           std::holds_alternative<SetEnabled>(step.operation);
}

} // namespace

bool holds_for_all(const Plan& plan) {
    return !plan.blocked() && !plan.doubled && plan.waits.empty() &&
           std::all_of(plan.changes.begin(), plan.changes.end(), stays_in_place) &&
           std::all_of(plan.steps.begin(), plan.steps.end(), changes_in_place);
}

} // namespace penstock::plan
