#include "plan/candidates.hpp"

#include "base/parallel.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <tuple>
#include <utility>

namespace penstock::plan {

namespace {

using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

const std::vector<const LiveEntity*> nobody;

template <class Map, class Key>
const std::vector<const LiveEntity*>& look_up(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? nobody : found->second;
}

/// A target of datasets does not become one of segments while a dataflow of datasets uses it.
bool same_workflow(const model::Content& live, const model::Content& desired,
                   const catalogue::Catalogue& catalogue) {
    const auto* destination =
        catalogue.find_by_connection_spec(desired["connectionSpec"].as_string());
    if (destination == nullptr) {
        return true;
    }
    const auto has = destination->workflow_of(live["params"]);
    const auto wants = destination->workflow_of(desired["params"]);
    return !has || !wants || *has == *wants;
}

class Chooser {
  public:
    Chooser(const LiveIndex& index, const catalogue::Catalogue& catalogue,
            const CredentialChecks& credentials, const Successors& successors)
        : index_(index), catalogue_(catalogue), credentials_(credentials), successors_(successors) {
    }

    /// The live entity that goes on as `desired`; null if none can. Depends on those kept so far,
    /// of which none has this key.
    [[nodiscard]] const LiveEntity* best(const model::DesiredEntity& desired) const {
        const auto checked = credentials_.find({desired.key, model::SecretUse::encryption});
        const auto* keys = checked == credentials_.end() ? nullptr : &checked->second;
        std::vector<const LiveEntity*> fitting;
        for (const auto* candidate : index_.candidates(desired.key)) {
            if (!leaves(*candidate) && fits(*candidate, desired, kept_, catalogue_, keys)) {
                fitting.push_back(candidate);
            }
        }
        if (fitting.empty()) {
            return nullptr;
        }
        return fitting.size() == 1 ? fitting.front() : first_in_use(fitting);
    }

    void keep(const EntityKey& key, const LiveEntity& live) {
        choice_[key] = &live;
        kept_[live.id] = key;
    }

    [[nodiscard]] Choice take() { return std::move(choice_); }

  private:
    /// Of several, oldest first, the one with the oldest dataflow; of sources, with the oldest one
    /// that goes on. What is made later never changes the choice, nor does it when the others go:
    /// runs at the same time agree, whatever each of them has seen.
    const LiveEntity* first_in_use(const std::vector<const LiveEntity*>& fitting) const {
        for (const bool has_to_stay : {true, false}) {
            const LiveEntity* best = nullptr;
            const LiveEntity* best_flow = nullptr;
            for (const auto* candidate : fitting) {
                const auto* flow = oldest_flow(*candidate, has_to_stay);
                if (flow != nullptr && (best_flow == nullptr || older(*flow, *best_flow))) {
                    best = candidate;
                    best_flow = flow;
                }
            }
            if (best != nullptr) {
                return best;
            }
        }
        const auto used =
            std::find_if(fitting.begin(), fitting.end(), [&](const LiveEntity* candidate) {
                const auto& users = index_.users(candidate->id);
                return std::any_of(users.begin(), users.end(),
                                   [](const LiveEntity* user) { return user->key.has_value(); });
            });
        return used == fitting.end() ? fitting.front() : *used;
    }

    /// The oldest dataflow of ours that is, or is led through, `live`; null if there is none.
    const LiveEntity* oldest_flow(const LiveEntity& live, bool has_to_stay) const {
        if (live.kind == EntityKind::flow) {
            return live.key && !leaves(live) && (!has_to_stay || kept_.contains(live.id)) ? &live
                                                                                          : nullptr;
        }
        const LiveEntity* oldest = nullptr;
        for (const auto* user : index_.users(live.id)) {
            const auto* flow = oldest_flow(*user, has_to_stay);
            if (flow != nullptr && (oldest == nullptr || older(*flow, *oldest))) {
                oldest = flow;
            }
        }
        return oldest;
    }

    /// True of a dataflow that another one takes the place of.
    bool leaves(const LiveEntity& live) const {
        const auto successors = successors_.find(*live.key);
        return successors != successors_.end() && !successors->second.contains(&live);
    }

    const LiveIndex& index_;
    const catalogue::Catalogue& catalogue_;
    const CredentialChecks& credentials_;
    const Successors& successors_;
    Choice choice_;
    normalise::KnownIds kept_; ///< the ids of what is chosen
};

/// In which order entities are chosen: what those of one turn depend on is decided by then, and so
/// none looks at another of its turn. What dataflows read from comes last: which of two goes on is
/// decided by the dataflows that do.
enum class Turn { account, target, flow, profile_store, source };

constexpr Turn turns[] = {Turn::account, Turn::target, Turn::flow, Turn::profile_store,
                          Turn::source};

Turn turn_of(const EntityKey& key) {
    switch (key.kind) {
    case EntityKind::base:
        return key.name == model::profile_store_name ? Turn::profile_store : Turn::account;
    case EntityKind::target:
        return Turn::target;
    case EntityKind::flow:
        return Turn::flow;
    case EntityKind::source:
        return Turn::source;
    }
    return Turn::source;
}

} // namespace

bool older(const LiveEntity& a, const LiveEntity& b) {
    return std::tie(a.audit.created_at, a.id) < std::tie(b.audit.created_at, b.id);
}

LiveIndex::LiveIndex(const model::LiveGraph& live, const std::set<std::string>& left_alone) {
    // No part looks at another.
    const std::function<void()> parts[] = {[&] { index_owners(live, left_alone); },
                                           [&] { index_ids(live); }, [&] { index_users(live); }};
    for_each_on_all_cores(std::size(parts), [&](std::size_t i) { parts[i](); });
}

void LiveIndex::index_owners(const model::LiveGraph& live,
                             const std::set<std::string>& left_alone) {
    owned_ids_.reserve(live.entities.size());
    for (const auto& entity : live.entities) {
        if (entity.key && !left_alone.contains(entity.id)) {
            owned_[*entity.key].push_back(&entity);
            owned_ids_[entity.id] = *entity.key;
        } else if (entity.kind == EntityKind::flow) {
            foreign_flows_[entity.name].push_back(&entity);
            if (entity.marker) {
                other_projects_[entity.marker->key] = &entity;
            }
        }
    }
    for (auto& [key, entities] : owned_) {
        std::sort(entities.begin(), entities.end(),
                  [](const auto* a, const auto* b) { return older(*a, *b); });
    }
}

void LiveIndex::index_ids(const model::LiveGraph& live) {
    for (const auto& entity : live.entities) {
        by_id_[entity.kind][entity.id] = &entity;
    }
}

void LiveIndex::index_users(const model::LiveGraph& live) {
    users_.reserve(live.entities.size());
    for (const auto& entity : live.entities) {
        for (const auto kind : model::all_entity_kinds) {
            for (const auto& id : model::linked_ids(entity, kind)) {
                users_[id].push_back(&entity);
            }
        }
    }
}

const std::vector<const LiveEntity*>& LiveIndex::candidates(const EntityKey& key) const {
    return look_up(owned_, key);
}

const std::vector<const LiveEntity*>& LiveIndex::users(const std::string& id) const {
    return look_up(users_, id);
}

const std::vector<const LiveEntity*>& LiveIndex::foreign_flows(const std::string& name) const {
    return look_up(foreign_flows_, name);
}

const LiveEntity* LiveIndex::find(EntityKind kind, const std::string& id) const {
    const auto of_kind = by_id_.find(kind);
    if (of_kind == by_id_.end()) {
        return nullptr;
    }
    const auto found = of_kind->second.find(id);
    return found == of_kind->second.end() ? nullptr : found->second;
}

const LiveEntity* LiveIndex::of_other_project(const EntityKey& flow) const {
    const auto found = other_projects_.find(flow);
    return found == other_projects_.end() ? nullptr : found->second;
}

bool fits(const LiveEntity& live, const model::DesiredEntity& desired,
          const normalise::KnownIds& kept, const catalogue::Catalogue& catalogue,
          const CredentialCheck* keys) {
    const auto content = normalise::fixed(live, kept, catalogue);
    const auto agree = [&](const char* field) { return content[field] == desired.content[field]; };
    switch (live.kind) {
    case EntityKind::base:
        // A GET that leaves the auth block out says nothing against the entity.
        return agree("connectionSpec") &&
               (!content["auth"].is_object() ||
                content["auth"]["specName"] == desired.content["auth"]["specName"]) &&
               normalise::align(content, live, desired)["encryption"] ==
                   desired.content["encryption"] &&
               (keys == nullptr || !keys->unchecked.empty() || keys->holders.contains(live.id));
    case EntityKind::source:
        return normalise::align(content, live, desired) == desired.content;
    case EntityKind::target:
        return agree("connectionSpec") && agree("base") &&
               same_workflow(content, desired.content, catalogue);
    case EntityKind::flow:
        // Without the transformation there is nothing that a PATCH could fill (section 7.5).
        return agree("flowSpec") && agree("target") &&
               (!model::carries_segments(desired.content) ||
                model::transformation(live.document).is_object());
    }
    return false;
}

Choice choose(const model::DesiredGraph& desired, const LiveIndex& index,
              const catalogue::Catalogue& catalogue, const CredentialChecks& credentials,
              const Successors& successors, const std::function<bool(const EntityKey&)>& left_out) {
    Chooser chooser(index, catalogue, credentials, successors);
    for (const auto turn : turns) {
        std::vector<const model::DesiredEntity*> entities;
        for (const auto& entity : desired.entities) {
            if (turn_of(entity.key) == turn && !left_out(entity.key)) {
                entities.push_back(&entity);
            }
        }
        std::vector<const LiveEntity*> best(entities.size());
        for_each_on_all_cores(entities.size(),
                              [&](std::size_t i) { best[i] = chooser.best(*entities[i]); });
        for (std::size_t i = 0; i < entities.size(); ++i) {
            if (best[i] != nullptr) {
                chooser.keep(entities[i]->key, *best[i]);
            }
        }
    }
    return chooser.take();
}

} // namespace penstock::plan
