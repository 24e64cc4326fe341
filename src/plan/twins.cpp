#include "plan/twins.hpp"

#include "diff/diff.hpp"
#include "normalise/normalise.hpp"
#include "plan/candidates.hpp"
#include "plan/flow_specs.hpp"
#include "plan/transformation.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace penstock::plan {

namespace {

using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

constexpr model::SecretUse secret_uses[] = {model::SecretUse::auth, model::SecretUse::encryption};

/// Tells what was made of these manifests with these secrets from what was not.
class Origin {
  public:
    /// `full` is the plan on what is live now.
    Origin(const model::DesiredGraph& desired, const LiveIndex& index,
           const catalogue::Catalogue& catalogue, const Plan& full,
           const CredentialChecks& credentials)
        : desired_(desired), index_(index), catalogue_(catalogue), credentials_(credentials) {
        std::set<EntityKey> changing;
        for (const auto& step : full.steps) {
            if (!std::holds_alternative<DeleteEntity>(step.operation)) {
                changing.insert(step.key);
            }
        }
        for (const auto& [key, id] : full.bound) {
            if (!changing.contains(key)) {
                settled_.insert(id);
            }
        }
    }

    [[nodiscard]] bool is_ours(const LiveEntity& flow) const {
        const auto* desired = desired_.find(*flow.key);
        return desired != nullptr &&
               (is_made_of(flow, *desired) || is_made_of(flow, as_created(*desired))) &&
               are_ours(flow, EntityKind::target) && are_ours(flow, EntityKind::source);
    }

  private:
    [[nodiscard]] bool are_ours(const LiveEntity& flow, EntityKind kind) const {
        const auto ids = model::linked_ids(flow, kind);
        return std::all_of(ids.begin(), ids.end(), [&](const auto& id) {
            const auto* connection = index_.find(kind, id);
            return connection != nullptr && is_ours_or_settled(*connection) &&
                   has_our_base(*connection);
        });
    }

    [[nodiscard]] bool has_our_base(const LiveEntity& connection) const {
        const auto* desired = desired_.find(*connection.key);
        if (desired != nullptr && desired->content["base"].is_null()) {
            return true; // the service has chosen one for this source (reference, section 4.3)
        }
        const auto& id = model::base_id(connection.document);
        const auto* base = index_.find(EntityKind::base, id);
        // One that an account names is not ours to judge.
        return base == nullptr || !base->key || settled_.contains(base->id) ||
               (is_ours_or_settled(*base) && holds_secrets(*base));
    }

    [[nodiscard]] bool is_ours_or_settled(const LiveEntity& live) const {
        const auto* desired = live.key ? desired_.find(*live.key) : nullptr;
        return settled_.contains(live.id) || (desired != nullptr && is_made_of(live, *desired));
    }

    /// Without a description nothing is known of secrets; every run chooses the same then.
    [[nodiscard]] bool holds_secrets(const LiveEntity& base) const {
        return !base.marker ||
               std::all_of(std::begin(secret_uses), std::end(secret_uses), [&](auto use) {
                   const auto check = credentials_.find({*base.key, use});
                   return check == credentials_.end() || check->second.holders.contains(base.id);
               });
    }

    /// Where answers come without descriptions, the content stands in for its digest.
    [[nodiscard]] bool is_made_of(const LiveEntity& live,
                                  const model::DesiredEntity& desired) const {
        if (live.marker) {
            return live.marker->digest.empty() || live.marker->digest == desired.digest;
        }
        const auto content = normalise::align(
            normalise::canonical(live, index_.owned_ids(), catalogue_), live, desired);
        const auto fields = diff::compare(content, desired.content);
        return std::all_of(fields.begin(), fields.end(), [](const auto& field) {
            return field.pointer == "/enabled"; // set by a step of its own
        });
    }

    const model::DesiredGraph& desired_;
    const LiveIndex& index_;
    const catalogue::Catalogue& catalogue_;
    const CredentialChecks& credentials_;
    std::set<std::string> settled_; ///< ids of what stays as it is
};

class Resolver {
  public:
    Resolver(const model::DesiredGraph& desired, const model::LiveGraph& live,
             const catalogue::Catalogue& catalogue, const Plan& full,
             const CredentialChecks& credentials, const RunIds& run)
        : desired_(desired), full_(full), run_(run), index_(live, {}),
          origin_(desired, index_, catalogue, full, credentials),
          stays_(full.bound.begin(), full.bound.end()) {
        result_.plan.project = full.project;
        result_.plan.bound = full.bound;
        for (const auto& step : full.steps) {
            if (const auto* removal = std::get_if<DeleteEntity>(&step.operation)) {
                surplus_.insert(removal->id);
            }
        }
    }

    TwinResolution resolve() {
        for (const auto& [key, flows] : index_.owned()) {
            if (key.kind == EntityKind::flow) {
                resolve_flows(key, flows);
            }
        }
        // Users go before what they use, as in every plan.
        for (const auto kind : {EntityKind::target, EntityKind::source, EntityKind::base}) {
            for (const auto& [key, entities] : index_.owned()) {
                for (const auto* entity : entities) {
                    if (key.kind == kind && may_go(*entity)) {
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
                                      [&](const auto* flow) { return origin_.is_ours(*flow); });
        if (!made || (appeared.size() < 2 && ours)) {
            if (made && !appeared.empty() && appeared.front()->id == stays->second) {
                relink(*appeared.front());
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
                const auto place = places.find(before);
                if (place == places.end()) {
                    result_.plan.steps.resize(first);
                    return false;
                }
                before = place->second;
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
        const auto& users = index_.users(live.id);
        const bool only_we_used_it =
            !users.empty() && std::all_of(users.begin(), users.end(), [&](const auto* user) {
                return run_.made.contains(user->id);
            });
        if ((run_.known.contains(live.id) && !only_we_used_it) || is_used(live)) {
            return false;
        }
        if (users.empty()) {
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
               std::any_of(led_.begin(), led_.end(),
                           [&](const auto& entry) { return entry.second.source == live.id; });
    }

    bool leaves(const LiveEntity& flow, const LiveEntity& connection) const {
        const auto led = led_.find(flow.id);
        return led != led_.end() && connection.kind == EntityKind::source &&
               connection.id != led->second.source;
    }

    void remove(const LiveEntity& live) {
        std::set<std::size_t> after;
        for (const auto* user : index_.users(live.id)) {
            const auto gone = removed_.find(user->id);
            after.insert(gone == removed_.end() ? led_.at(user->id).step : gone->second);
        }
        if (const auto completed = completed_.find(*live.key); completed != completed_.end()) {
            after.insert(completed->second);
        }
        auto& steps = result_.plan.steps;
        removed_[live.id] = steps.size();
        steps.push_back({*live.key, DeleteEntity{live.id}, {after.begin(), after.end()}});
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
    Origin origin_;
    std::map<EntityKey, std::string> stays_;     ///< keys and the ids that stay for them
    std::set<std::string> surplus_;              ///< ids that the plan deletes
    std::map<std::string, Led> led_;             ///< by the dataflows' ids
    std::map<EntityKey, std::size_t> completed_; ///< keys of dataflows and the steps that do it
    std::map<std::string, std::size_t> removed_; ///< ids and the steps that delete them
    TwinResolution result_;
};

} // namespace

TwinResolution resolve_twins(const model::DesiredGraph& desired, const model::LiveGraph& live,
                             const catalogue::Catalogue& catalogue,
                             const CredentialChecks& credentials, const RunIds& run) {
    Options options;
    options.credentials = credentials;
    const auto full = make(desired, live, catalogue, options);
    const auto resolved = resolve_flow_specs(desired, live, catalogue, {});
    return Resolver(resolved.desired ? *resolved.desired : desired, live, catalogue, full,
                    credentials, run)
        .resolve();
}

bool has_twins(const model::LiveGraph& live) {
    std::set<EntityKey> keys;
    return std::any_of(live.entities.begin(), live.entities.end(), [&](const auto& entity) {
        return entity.key && !keys.insert(*entity.key).second;
    });
}

} // namespace penstock::plan
