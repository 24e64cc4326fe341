#include "plan/plan.hpp"

#include <algorithm>

namespace penstock::plan {

std::string_view name(Cause cause) {
    switch (cause) {
    case Cause::git:
        return "git";
    case Cause::drift:
        return "drift";
    case Cause::both:
        return "git and drift";
    case Cause::unknown:
        return "unknown";
    }
    return "";
}

std::string_view name(Action action) {
    switch (action) {
    case Action::create:
        return "create";
    case Action::update:
        return "update";
    case Action::replace:
        return "replace";
    case Action::remove:
        return "delete";
    }
    return "";
}

Cause cause_of_field(const EntityChange& change, std::size_t field) {
    return field < change.field_causes.size() ? change.field_causes[field] : change.cause;
}

std::string title(const Step& step) {
    const auto address = model::address(step.key);
    return std::holds_alternative<WriteMapping>(step.operation) ? "the mapping of " + address
                                                                : address;
}

bool Plan::blocked() const {
    return std::any_of(notes.begin(), notes.end(),
                       [](const Note& note) { return note.severity == Severity::error; });
}

Counts count(const Plan& plan) {
    Counts counts;
    for (const auto& change : plan.changes) {
        switch (change.action) {
        case Action::create:
            ++counts.add;
            break;
        case Action::update:
            ++counts.change;
            break;
        case Action::replace:
            ++counts.add;
            ++counts.destroy;
            break;
        case Action::remove:
            ++counts.destroy;
            break;
        }
    }
    return counts;
}

} // namespace penstock::plan
