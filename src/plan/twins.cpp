#include "plan/twins.hpp"

#include "plan/candidates.hpp"
#include "plan/flow_specs.hpp"
#include "plan/prerequisites.hpp"
#include "plan/provenance.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace penstock::plan {

namespace {

using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

class Resolver {
  public:
    Resolver(const model::DesiredGraph& desired, const model::LiveGraph& live,
             const catalogue::Catalogue& catalogue, const Plan& full,
             const CredentialChecks& credentials, const RunIds& run)
        : desired_(desired), full_(full), run_(run), index_(live, {}),
          provenance_(desired, index_, catalogue, full, credentials),
          stays_(full.bound.begin(), full.bound.end()) {
        result_.plan.project = full.project;
        result_.plan.bound = full.bound;
        result_.plan.referred = full.referred;
        stays_.insert(full.referred.begin(), full.referred.end());
        for (const auto& step : full.steps) {
            if (const auto* removal = std::get_if<DeleteEntity>(&step.operation)) {
                surplus_.insert(removal->id);
            }
        }
    }

    TwinResolution resolve() {
        for (const auto& [key, flows] : index_.owned()) {
            if (key.kind == EntityKind::flow && model::owns(full_.shard, key)) {
                resolve_flows(key, flows);
            }
        }
        // Users go before what they use, as in every plan.
        for (const auto kind : {EntityKind::target, EntityKind::source, EntityKind::base}) {
            for (const auto& [key, entities] : index_.owned()) {
                for (const auto* entity : entities) {
                    if (key.kind == kind && may_go(*entity) && model::owns(full_.shard, key)) {
                        remove(*entity);
                    }
                }
            }
        }
        return std::move(result_);
    }

  private:
    void resolve_flows(const EntityKey& key, const std::vector<const LiveEntity*>& flows) {
        std::vector<const LiveEntity*> appeared;
        std::copy_if(flows.begin(), flows.end(), std::back_inserter(appeared),
                     [&](const LiveEntity* flow) { return !run_.known.contains(flow->id); });
        const auto stays = stays_.find(key);
        const bool made = std::any_of(appeared.begin(), appeared.end(), [&](const auto* flow) {
            return run_.made.contains(flow->id);
        });
        const bool ours = stays != stays_.end() &&
                          std::all_of(appeared.begin(), appeared.end(),
                                      [&](const auto* flow) { return provenance_.is_ours(*flow); });
        if (!made || (appeared.size() < 2 && ours)) {
            for (const auto* flow : flows) {
                if (stays != stays_.end() && flow->id == stays->second &&
                    (run_.made.contains(flow->id) || was_led_by_runs(*flow))) {
                    relink(*flow);
                }
            }
            return;
        }
        if (!ours || !complete(key)) {
            if (flows.size() > 1) {
                result_.unresolved.push_back(key);
            }
            return;
        }
        for (const auto* flow : appeared) {
            if (flow->id != stays->second) {
                remove(*flow);
            }
        }
    }

    /// A dataflow of before is led to a new source by one of the runs, each of which has made one.
    bool was_led_by_runs(const LiveEntity& flow) const {
        const auto ids = model::linked_ids(flow, EntityKind::source);
        const auto* source =
            ids.size() == 1 ? index_.find(EntityKind::source, ids.front()) : nullptr;
        if (source == nullptr || !source->key || run_.known.contains(source->id) ||
            !run_.known.contains(flow.id)) {
            return false;
        }
        const auto& all = index_.candidates(*source->key);
        return std::any_of(all.begin(), all.end(), [&](const LiveEntity* candidate) {
            return run_.made.contains(candidate->id);
        });
    }

    /// Takes over what the dataflow that stays still lacks: its maker may be gone. False if that
    /// would need more than to change the dataflow.
    bool complete(const EntityKey& key) {
        const auto is_part = [&](const Step& step) {
            return step.key == key && !std::holds_alternative<DeleteEntity>(step.operation);
        };
        std::map<std::size_t, std::size_t> places; // in the full plan, in this one
        const auto first = result_.plan.steps.size();
        for (std::size_t i = 0; i < full_.steps.size(); ++i) {
            if (!is_part(full_.steps[i])) {
                continue;
            }
            auto step = full_.steps[i];
            for (auto& before : step.after) {
                const auto place = places.find(before.step);
                if (place == places.end()) {
                    result_.plan.steps.resize(first);
                    return false;
                }
                before.step = place->second;
            }
            places[i] = result_.plan.steps.size();
            result_.plan.steps.push_back(std::move(step));
        }
        if (!places.empty()) {
            completed_[key] = result_.plan.steps.size() - 1;
            note_source(key, completed_[key]);
            copy_change(Action::update, stays_.at(key));
        }
        return true;
    }

    /// Both runs may have made a source that several exports share, and each some of the dataflows
    /// that stay.
    void relink(const LiveEntity& flow) {
        const auto only_source = [](const auto& field) {
            return field.pointer.starts_with("/source");
        };
        for (const auto& step : full_.steps) {
            const auto* update = std::get_if<UpdateEntity>(&step.operation);
            if (update != nullptr && update->id == flow.id && step.after.empty() &&
                std::all_of(update->fields.begin(), update->fields.end(), only_source)) {
                note_source(*flow.key, result_.plan.steps.size());
                result_.plan.steps.push_back(step);
                copy_change(Action::update, flow.id);
            }
        }
    }

    void note_source(const EntityKey& flow, std::size_t step) {
        const auto source =
            model::referenced(desired_.find(flow)->content["source"], EntityKind::source);
        if (const auto stays = source ? stays_.find(*source) : stays_.end();
            stays != stays_.end()) {
            led_[stays_.at(flow)] = {step, stays->second};
        }
    }

    bool may_go(const LiveEntity& live) const {
        if ((run_.known.contains(live.id) && !only_we_used(live)) || is_used(live)) {
            return false;
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

    /// True if all that is led through `live` is what the run has made.
    bool only_we_used(const LiveEntity& live) const {
        const auto& users = index_.users(live.id);
        return !users.empty() && std::all_of(users.begin(), users.end(), [&](const auto* user) {
            return run_.made.contains(user->id) || only_we_used(*user);
        });
    }

    bool is_used(const LiveEntity& live) const {
        const auto& users = index_.users(live.id);
        return std::any_of(users.begin(), users.end(),
                           [&](const LiveEntity* user) {
                               return !removed_.contains(user->id) && !leaves(*user, live);
                           }) ||
               std::any_of(led_.begin(), led_.end(),
                           [&](const auto& entry) { return entry.second.source == live.id; });
    }

    bool leaves(const LiveEntity& flow, const LiveEntity& connection) const {
        const auto led = led_.find(flow.id);
        return led != led_.end() && connection.kind == EntityKind::source &&
               connection.id != led->second.source;
    }

    void remove(const LiveEntity& live) {
        Prerequisites after;
        for (const auto* user : index_.users(live.id)) {
            if (const auto gone = removed_.find(user->id); gone != removed_.end()) {
                after.add(gone->second, Need::user_gone);
            } else {
                after.add(led_.at(user->id).step, Need::relinked);
            }
        }
        if (const auto completed = completed_.find(*live.key); completed != completed_.end()) {
            after.add(completed->second, Need::successor);
        }
        auto& steps = result_.plan.steps;
        removed_[live.id] = steps.size();
        steps.push_back({*live.key, DeleteEntity{live.id}, after.take()});
        copy_change(Action::remove, live.id);
    }

    void copy_change(Action action, const std::string& id) {
        const auto change =
            std::find_if(full_.changes.begin(), full_.changes.end(), [&](const auto& candidate) {
                return candidate.action == action && candidate.id == id;
            });
        if (change != full_.changes.end()) {
            result_.plan.changes.push_back(*change);
        }
    }

    /// A dataflow that stays, and the source that it is led to.
    struct Led {
        std::size_t step = 0;
        std::string source; ///< id
    };

    const model::DesiredGraph& desired_;
    const Plan& full_;
    const RunIds& run_;
    LiveIndex index_;
    Provenance provenance_;
    std::map<EntityKey, std::string> stays_;     ///< keys and the ids that stay for them
    std::set<std::string> surplus_;              ///< ids that the plan deletes
    std::map<std::string, Led> led_;             ///< by the dataflows' ids
    std::map<EntityKey, std::size_t> completed_; ///< keys of dataflows and the steps that do it
    std::map<std::string, std::size_t> removed_; ///< ids and the steps that delete them
    TwinResolution result_;
};

/// What the run has made a dataflow in the place of does not go on, though it may still stand.
model::LiveGraph without_displaced(model::LiveGraph live, const RunIds& run) {
    std::set<EntityKey> made;
    for (const auto& [id, key] : run.made) {
        made.insert(key);
    }
    std::erase_if(live.entities, [&](const LiveEntity& entity) {
        return entity.kind == EntityKind::flow && entity.key && made.contains(*entity.key) &&
               run.known.contains(entity.id);
    });
    return live;
}

} // namespace

TwinResolution resolve_twins(const model::DesiredGraph& desired, const model::LiveGraph& live,
                             const catalogue::Catalogue& catalogue,
                             const CredentialChecks& credentials, const RunIds& run,
                             const std::optional<model::Shard>& shard) {
    Options options;
    options.credentials = credentials;
    options.shard = shard;
    const auto counts = without_displaced(live, run);
    const auto full = make(desired, counts, catalogue, options);
    const auto resolved = resolve_flow_specs(desired, counts, catalogue, {}, shard);
    return Resolver(resolved.desired ? *resolved.desired : desired, live, catalogue, full,
                    credentials, run)
        .resolve();
}

bool has_twins(const model::LiveGraph& live, const std::optional<model::Shard>& shard) {
    std::set<EntityKey> keys;
    return std::any_of(live.entities.begin(), live.entities.end(), [&](const auto& entity) {
        return entity.key && !keys.insert(*entity.key).second && model::owns(shard, *entity.key);
    });
}

} // namespace penstock::plan
