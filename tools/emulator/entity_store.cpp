#include "emulator/entity_store.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace penstock::emulator {

namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 4> collections{{
    {Kind::connection, "connections"},
    {Kind::source_connection, "sourceConnections"},
    {Kind::target_connection, "targetConnections"},
    {Kind::flow, "flows"},
}};
constexpr std::size_t longest_graveyard = 1000;

json::Value to_json(const Entity& entity) {
    json::Object saved{{"kind", collection_name(entity.kind)},
                       {"organization", entity.scope.organization},
                       {"sandbox", entity.scope.sandbox},
                       {"id", entity.id},
                       {"sequence", entity.sequence},
                       {"body", entity.body},
                       {"state", entity.state},
                       {"etag", entity.etag},
                       {"createdAt", entity.created_at},
                       {"updatedAt", entity.updated_at},
                       {"createdBy", entity.created_by},
                       {"updatedBy", entity.updated_by},
                       {"authorizedDate", entity.authorized_date},
                       {"internalBaseId", entity.internal_base_id},
                       {"lastOperation", entity.last_operation},
                       {"lastRun", entity.last_run},
                       {"nextRun", entity.next_run},
                       {"ranOnce", entity.ran_once}};
    if (entity.pending) {
        saved["pending"] = json::Object{{"body", entity.pending->body},
                                        {"stateAfter", entity.pending->state_after},
                                        {"due", entity.pending->due}};
    }
    return saved;
}

Entity from_json(const json::Value& saved) {
    Entity entity;
    entity.kind = parse_collection(saved["kind"].as_string()).value_or(Kind::connection);
    entity.scope = {saved["organization"].as_string(), saved["sandbox"].as_string()};
    entity.id = saved["id"].as_string();
    entity.sequence = saved["sequence"].as_integer();
    entity.body = saved["body"].as_object();
    entity.state = saved["state"].as_string();
    entity.etag = saved["etag"].as_string();
    entity.created_at = saved["createdAt"].as_integer();
    entity.updated_at = saved["updatedAt"].as_integer();
    entity.created_by = saved["createdBy"].as_string();
    entity.updated_by = saved["updatedBy"].as_string();
    entity.authorized_date = saved["authorizedDate"].as_string();
    entity.internal_base_id = saved["internalBaseId"].as_string();
    entity.last_operation = saved["lastOperation"];
    entity.last_run = saved["lastRun"];
    entity.next_run = saved["nextRun"].as_integer(-1);
    entity.ran_once = saved["ranOnce"].as_bool();
    if (const auto& pending = saved["pending"]; pending.is_object()) {
        entity.pending = Pending{pending["body"].as_object(), pending["stateAfter"].as_string(),
                                 pending["due"].as_integer()};
    }
    return entity;
}

} // namespace

std::string_view collection_name(Kind kind) {
    return collections[static_cast<std::size_t>(kind)].second;
}

std::optional<Kind> parse_collection(std::string_view name) {
    for (const auto& [kind, collection] : collections) {
        if (collection == name) {
            return kind;
        }
    }
    return std::nullopt;
}

const Entity* EntityStore::find(Kind kind, const Scope& scope, std::string_view id) const {
    const auto found = entities_.find(std::string(id));
    if (found == entities_.end() || found->second.kind != kind || found->second.scope != scope) {
        return nullptr;
    }
    return &found->second;
}

Entity* EntityStore::find(Kind kind, const Scope& scope, std::string_view id) {
    const auto* entity = std::as_const(*this).find(kind, scope, id);
    return entity == nullptr ? nullptr : &entities_.at(entity->id);
}

Entity& EntityStore::add(Entity entity) {
    entity.sequence = next_sequence_++;
    auto id = entity.id;
    auto& added = entities_.insert_or_assign(std::move(id), std::move(entity)).first->second;
    enter(added);
    return added;
}

void EntityStore::enter(const Entity& entity) {
    listings_[{entity.kind, entity.scope.organization, entity.scope.sandbox}][entity.sequence] =
        &entity;
}

void EntityStore::remove(const std::string& id, std::int64_t now) {
    const auto found = entities_.find(id);
    if (found == entities_.end()) {
        return;
    }
    const auto& scope = found->second.scope;
    listings_[{found->second.kind, scope.organization, scope.sandbox}].erase(
        found->second.sequence);
    found->second.deleted_at = now;
    graveyard_.push_back(std::move(found->second));
    entities_.erase(found);
    if (graveyard_.size() > longest_graveyard) {
        graveyard_.pop_front();
    }
}

std::vector<const Entity*> EntityStore::list(Kind kind, const Scope& scope,
                                             std::int64_t as_of) const {
    std::vector<const Entity*> found;
    const auto listing = listings_.find({kind, scope.organization, scope.sandbox});
    if (listing != listings_.end()) {
        found.reserve(listing->second.size());
        for (const auto& [sequence, entity] : listing->second) {
            if (entity->created_at <= as_of) {
                found.push_back(entity);
            }
        }
    }
    const auto alive = found.size();
    for (const auto& entity : graveyard_) {
        if (entity.kind == kind && entity.scope == scope && entity.created_at <= as_of &&
            entity.deleted_at > as_of) {
            found.push_back(&entity);
        }
    }
    if (found.size() > alive) {
        std::sort(found.begin(), found.end(),
                  [](const Entity* a, const Entity* b) { return a->sequence > b->sequence; });
    }
    return found;
}

std::size_t EntityStore::count(Kind kind, const Scope& scope) const {
    const auto listing = listings_.find({kind, scope.organization, scope.sandbox});
    return listing == listings_.end() ? 0 : listing->second.size();
}

void EntityStore::add_run(Scope scope, json::Value content) {
    runs_.push_back({std::move(scope), next_sequence_++, std::move(content)});
}

json::Value EntityStore::save() const {
    json::Array saved_entities;
    for (const auto& [id, entity] : entities_) {
        saved_entities.push_back(to_json(entity));
    }
    json::Array saved_runs;
    for (const auto& run : runs_) {
        saved_runs.push_back(json::Object{{"organization", run.scope.organization},
                                          {"sandbox", run.scope.sandbox},
                                          {"sequence", run.sequence},
                                          {"content", run.content}});
    }
    return json::Object{{"entities", std::move(saved_entities)},
                        {"runs", std::move(saved_runs)},
                        {"nextSequence", next_sequence_}};
}

void EntityStore::load(const json::Value& saved) {
    entities_.clear();
    listings_.clear();
    graveyard_.clear();
    runs_.clear();
    for (const auto& entry : saved["entities"].as_array()) {
        auto entity = from_json(entry);
        auto id = entity.id;
        enter(entities_.insert_or_assign(std::move(id), std::move(entity)).first->second);
    }
    for (const auto& entry : saved["runs"].as_array()) {
        runs_.push_back({{entry["organization"].as_string(), entry["sandbox"].as_string()},
                         entry["sequence"].as_integer(),
                         entry["content"]});
    }
    next_sequence_ = saved["nextSequence"].as_integer(1);
}

} // namespace penstock::emulator
