#include "plan/twins.hpp"

#include "plan/candidates.hpp"
#include "plan/flow_specs.hpp"
#include "plan/transformation.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace penstock::plan {

namespace {

using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

/// A dataflow that is led to the source that stays.
struct Relinked {
    std::size_t step = 0;
    std::string source; ///< id
};

class Resolver {
  public:
    Resolver(const model::DesiredGraph& desired, const model::LiveGraph& live, const Plan& full,
             const RunIds& run)
        : desired_(desired), full_(full), run_(run), index_(live, {}),
          stays_(full.bound.begin(), full.bound.end()) {
        plan_.project = full.project;
        plan_.bound = full.bound;
    }

    Plan resolve() {
        for (const auto& step : full_.steps) {
            const auto* removal = std::get_if<DeleteEntity>(&step.operation);
            if (removal != nullptr && stays_.contains(step.key)) {
                surplus_.insert(removal->id);
            }
        }
        for (const auto& step : full_.steps) {
            if (is_relink(step)) {
                relink(step);
            }
        }
        // Users go before what they use, as in every plan.
        for (const auto kind :
             {EntityKind::flow, EntityKind::target, EntityKind::source, EntityKind::base}) {
            for (const auto& [key, entities] : index_.owned()) {
                for (const auto* entity : entities) {
                    if (key.kind == kind && may_go(*entity)) {
                        remove(key, *entity);
                    }
                }
            }
        }
        return std::move(plan_);
    }

  private:
    /// Both runs may have made a source that several exports share, and each some of the dataflows
    /// that stay.
    bool is_relink(const Step& step) const {
        const auto* update = std::get_if<UpdateEntity>(&step.operation);
        return update != nullptr && step.key.kind == EntityKind::flow && step.after.empty() &&
               !run_.known.contains(update->id) && !update->fields.empty() &&
               std::all_of(update->fields.begin(), update->fields.end(),
                           [](const auto& field) { return field.pointer.starts_with("/source"); });
    }

    void relink(const Step& step) {
        const auto& id = std::get<UpdateEntity>(step.operation).id;
        const auto source =
            model::referenced(desired_.find(step.key)->content["source"], EntityKind::source);
        relinked_[id] = {plan_.steps.size(), stays_.at(*source)};
        plan_.steps.push_back(step);
        copy_change(Action::update, id);
    }

    bool may_go(const LiveEntity& live) const {
        if (run_.known.contains(live.id) || is_used(live)) {
            return false;
        }
        if (live.kind == EntityKind::flow) {
            return surplus_.contains(live.id) && is_of_these_manifests(live);
        }
        if (index_.users(live.id).empty()) {
            return surplus_.contains(live.id) && run_.made.contains(live.id);
        }
        // Only what goes has used it. Which of several a plan would keep does not matter then: the
        // one stays that a dataflow uses which stays.
        const auto& all = index_.candidates(*live.key);
        return std::any_of(all.begin(), all.end(),
                           [&](const LiveEntity* other) { return is_used(*other); });
    }

    bool is_used(const LiveEntity& live) const {
        const auto& users = index_.users(live.id);
        return std::any_of(users.begin(), users.end(),
                           [&](const LiveEntity* user) {
                               return !removed_.contains(user->id) && !leaves(*user, live);
                           }) ||
               std::any_of(relinked_.begin(), relinked_.end(),
                           [&](const auto& entry) { return entry.second.source == live.id; });
    }

    bool leaves(const LiveEntity& flow, const LiveEntity& connection) const {
        const auto relinked = relinked_.find(flow.id);
        return relinked != relinked_.end() && connection.kind == EntityKind::source &&
               connection.id != relinked->second.source;
    }

    /// A list that lags may have hidden an older dataflow from the run when it planned; the marker
    /// tells it from one that another run has made of the same manifests.
    bool is_of_these_manifests(const LiveEntity& flow) const {
        const auto* desired = desired_.find(*flow.key);
        return !flow.marker || flow.marker->digest == desired->digest ||
               flow.marker->digest == as_created(*desired).digest;
    }

    void remove(const EntityKey& key, const LiveEntity& live) {
        std::set<std::size_t> after;
        for (const auto* user : index_.users(live.id)) {
            const auto gone = removed_.find(user->id);
            after.insert(gone == removed_.end() ? relinked_.at(user->id).step : gone->second);
        }
        removed_[live.id] = plan_.steps.size();
        plan_.steps.push_back({key, DeleteEntity{live.id}, {after.begin(), after.end()}});
        copy_change(Action::remove, live.id);
    }

    void copy_change(Action action, const std::string& id) {
        const auto change =
            std::find_if(full_.changes.begin(), full_.changes.end(), [&](const auto& candidate) {
                return candidate.action == action && candidate.id == id;
            });
        if (change != full_.changes.end()) {
            plan_.changes.push_back(*change);
        }
    }

    const model::DesiredGraph& desired_;
    const Plan& full_;
    const RunIds& run_;
    LiveIndex index_;
    std::map<EntityKey, std::string> stays_;     ///< keys and the ids that stay for them
    std::set<std::string> surplus_;              ///< ids for which the plan keeps another
    std::map<std::string, Relinked> relinked_;   ///< ids of dataflows
    std::map<std::string, std::size_t> removed_; ///< ids and the steps that delete them
    Plan plan_;
};

} // namespace

Plan remove_twins(const model::DesiredGraph& desired, const model::LiveGraph& live,
                  const catalogue::Catalogue& catalogue, const CredentialChecks& credentials,
                  const RunIds& run) {
    Options options;
    options.credentials = credentials;
    const auto full = make(desired, live, catalogue, options);
    const auto resolved = resolve_flow_specs(desired, live, catalogue, {});
    return Resolver(resolved.desired ? *resolved.desired : desired, live, full, run).resolve();
}

bool has_twins(const model::LiveGraph& live) {
    std::set<EntityKey> keys;
    return std::any_of(live.entities.begin(), live.entities.end(), [&](const auto& entity) {
        return entity.key && !keys.insert(*entity.key).second;
    });
}

} // namespace penstock::plan
