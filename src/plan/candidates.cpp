#include "plan/candidates.hpp"

#include <algorithm>
#include <tuple>

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

/// How much speaks for a candidate besides its age. Of the targets that two runs have made at once,
/// those should stay whose dataflows read from the source that stays: what both have made would
/// otherwise remain in use.
enum class Claim { none, used, used_with_its_source };

Claim claim_of(const LiveEntity& candidate, const LiveIndex& index,
               const normalise::KnownIds& kept) {
    auto claim = Claim::none;
    for (const auto* user : index.users(candidate.id)) {
        if (!user->key) {
            continue;
        }
        const auto sources = model::linked_ids(*user, EntityKind::source);
        const bool with_source =
            !sources.empty() && std::all_of(sources.begin(), sources.end(),
                                            [&](const auto& id) { return kept.contains(id); });
        claim = std::max(claim, with_source ? Claim::used_with_its_source : Claim::used);
    }
    return claim;
}

bool older(const LiveEntity* a, const LiveEntity* b) {
    return std::tie(a->audit.created_at, a->id) < std::tie(b->audit.created_at, b->id);
}

} // namespace

LiveIndex::LiveIndex(const model::LiveGraph& live, const std::set<std::string>& left_alone) {
    for (const auto& entity : live.entities) {
        by_id_[{entity.kind, entity.id}] = &entity;
        if (entity.key && !left_alone.contains(entity.id)) {
            owned_[*entity.key].push_back(&entity);
            owned_ids_[entity.id] = *entity.key;
        } else if (entity.kind == EntityKind::flow) {
            foreign_flows_[entity.name].push_back(&entity);
            if (entity.marker) {
                other_projects_[entity.marker->key] = &entity;
            }
        }
        for (const auto kind : model::all_entity_kinds) {
            for (const auto& id : model::linked_ids(entity, kind)) {
                users_[id].push_back(&entity);
            }
        }
    }
    for (auto& [key, entities] : owned_) {
        std::sort(entities.begin(), entities.end(), older);
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
    const auto found = by_id_.find({kind, id});
    return found == by_id_.end() ? nullptr : found->second;
}

const LiveEntity* LiveIndex::of_other_project(const EntityKey& flow) const {
    const auto found = other_projects_.find(flow);
    return found == other_projects_.end() ? nullptr : found->second;
}

bool fits(const LiveEntity& live, const model::DesiredEntity& desired,
          const normalise::KnownIds& kept, const catalogue::Catalogue& catalogue,
          const CredentialCheck* keys) {
    const auto content = normalise::canonical(live, kept, catalogue);
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

const LiveEntity* choose(const LiveIndex& index, const model::DesiredEntity& desired,
                         const normalise::KnownIds& kept, const catalogue::Catalogue& catalogue,
                         const CredentialChecks& credentials) {
    const auto checked = credentials.find({desired.key, model::SecretUse::encryption});
    const auto* keys = checked == credentials.end() ? nullptr : &checked->second;
    const LiveEntity* best = nullptr;
    auto best_claim = Claim::none;
    for (const auto* candidate : index.candidates(desired.key)) {
        if (!fits(*candidate, desired, kept, catalogue, keys)) {
            continue;
        }
        const auto claim = claim_of(*candidate, index, kept);
        if (best == nullptr || claim > best_claim) {
            best = candidate;
            best_claim = claim;
        }
    }
    return best;
}

} // namespace penstock::plan
