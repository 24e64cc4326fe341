#include "diff/diff.hpp"

#include "json/pointer.hpp"

#include <utility>

namespace penstock::diff {

namespace {

void compare_into(std::vector<FieldChange>& changes, const std::string& pointer,
                  const json::Value& before, const json::Value& after) {
    if (before == after) {
        return;
    }
    if (!before.is_object() || !after.is_object()) {
        changes.push_back({pointer, before, after});
        return;
    }
    for (const auto& [name, value] : after.as_object()) {
        const auto step = json::child(pointer, name);
        if (const auto* old = before.as_object().find(name)) {
            compare_into(changes, step, *old, value);
        } else {
            changes.push_back({step, std::nullopt, value});
        }
    }
    for (const auto& [name, value] : before.as_object()) {
        if (!after.as_object().contains(name)) {
            changes.push_back({json::child(pointer, name), value, std::nullopt});
        }
    }
}

} // namespace

std::vector<FieldChange> compare(const json::Value& before, const json::Value& after) {
    std::vector<FieldChange> changes;
    compare_into(changes, "", before, after);
    return changes;
}

json::Value apply(json::Value value, const std::vector<FieldChange>& changes) {
    for (const auto& change : changes) {
        if (change.pointer.empty()) {
            value = change.after.value_or(json::Value{});
            continue;
        }
        const auto steps = json::steps(change.pointer);
        json::Value* parent = &value;
        for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
            parent = &parent->make_object()[steps[i]];
        }
        if (change.after) {
            parent->make_object()[steps.back()] = *change.after;
        } else {
            parent->make_object().erase(steps.back());
        }
    }
    return value;
}

} // namespace penstock::diff
