#include "plan/leave_out.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

namespace penstock::plan {

namespace {

/// The units of steps that are left out, or depend on such.
std::set<Unit> spread(const std::vector<Step>& steps,
                      const std::function<bool(const Unit&)>& left_out) {
    std::set<Unit> out;
    for (bool found = true; found;) {
        found = false;
        for (const auto& step : steps) {
            const auto unit = unit_of(step.key);
            const bool goes =
                left_out(unit) ||
                std::any_of(step.after.begin(), step.after.end(), [&](const auto& before) {
                    return out.contains(unit_of(steps[before.step].key));
                });
            found = (goes && out.insert(unit).second) || found;
        }
    }
    return out;
}

} // namespace

Unit unit_of(const model::EntityKey& key) {
    return {key.kind == model::EntityKind::base, key.name};
}

void leave_out(Plan& plan, const std::function<bool(const Unit&)>& left_out) {
    const auto out = spread(plan.steps, left_out);
    std::vector<std::size_t> places(plan.steps.size());
    std::vector<Step> kept;
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        auto& step = plan.steps[i];
        if (out.contains(unit_of(step.key))) {
            continue;
        }
        for (auto& before : step.after) {
            before.step = places[before.step]; // stays as well, or this step would not
        }
        places[i] = kept.size();
        kept.push_back(std::move(step));
    }
    plan.steps = std::move(kept);
    const auto goes = [&](const auto& item) {
        const auto unit = unit_of(item.key);
        return left_out(unit) || out.contains(unit);
    };
    std::erase_if(plan.changes, goes);
    std::erase_if(plan.waits, goes);
}

} // namespace penstock::plan
