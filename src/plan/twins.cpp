#include "plan/twins.hpp"

#include "plan/candidates.hpp"
#include "plan/planner.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace penstock::plan {

namespace {

using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

class Resolver {
  public:
    Resolver(const model::LiveGraph& live, const Plan& full, const std::set<std::string>& made)
        : live_(live), full_(full), made_(made), index_(live, {}) {
        for (const auto& [key, id] : full.bound) {
            stays_.insert(key);
        }
        plan_.project = full.project;
        plan_.bound = full.bound;
    }

    Plan resolve() {
        // Users come before what they use, as in every plan.
        for (const auto& step : full_.steps) {
            const auto* removal = std::get_if<DeleteEntity>(&step.operation);
            if (removal == nullptr || !stays_.contains(step.key)) {
                continue;
            }
            const auto* live = live_.find(step.key.kind, removal->id);
            if (live != nullptr && may_go(*live)) {
                remove(step.key, *live);
            }
        }
        return std::move(plan_);
    }

  private:
    bool may_go(const LiveEntity& live) const {
        if (live.kind == EntityKind::flow) {
            return true;
        }
        const auto& users = index_.users(live.id);
        if (users.empty()) {
            return made_.contains(live.id);
        }
        return std::all_of(users.begin(), users.end(),
                           [&](const LiveEntity* user) { return removed_.contains(user->id); });
    }

    void remove(const EntityKey& key, const LiveEntity& live) {
        std::set<std::size_t> after;
        for (const auto* user : index_.users(live.id)) {
            after.insert(removed_.at(user->id));
        }
        removed_[live.id] = plan_.steps.size();
        plan_.steps.push_back({key, DeleteEntity{live.id}, {after.begin(), after.end()}});
        const auto change =
            std::find_if(full_.changes.begin(), full_.changes.end(), [&](const auto& candidate) {
                return candidate.action == Action::remove && candidate.id == live.id;
            });
        if (change != full_.changes.end()) {
            plan_.changes.push_back(*change);
        }
    }

    const model::LiveGraph& live_;
    const Plan& full_;
    const std::set<std::string>& made_;
    LiveIndex index_;
    std::set<EntityKey> stays_;
    std::map<std::string, std::size_t> removed_; ///< ids and the steps that delete them
    Plan plan_;
};

} // namespace

Plan remove_twins(const model::DesiredGraph& desired, const model::LiveGraph& live,
                  const catalogue::Catalogue& catalogue, const std::set<std::string>& made) {
    const auto full = make(desired, live, catalogue, {});
    return Resolver(live, full, made).resolve();
}

} // namespace penstock::plan
