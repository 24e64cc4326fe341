#include "model/graph.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"
#include "model/source_path.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::model {

bool carries_segments(const Content& content) {
    return content["segments"].is_object();
}

std::string digest(const Content& content) {
    if (!carries_segments(content)) {
        return json::digest(content);
    }
    Content lasting = content;
    auto& members = lasting.make_object();
    for (const auto& [id, segment] : content["segments"].as_object()) {
        members["segments"].make_object()[id].make_object().erase("name");
    }
    for (const auto& [name, column] : content["mapping"].as_object()) {
        if (column["sourceType"] != json::Value("ATTRIBUTE")) {
            members["mapping"].make_object()[name].make_object().erase("sourceType");
        }
    }
    const auto identity = single_identity(content);
    if (identity && content["deduplicationKeys"] ==
                        json::Value(json::Array{json::Object{{"identityNamespace", *identity}}})) {
        members.erase("deduplicationKeys");
    }
    return json::digest(lasting);
}

json::Value reference_to(const EntityKey& key) {
    return json::Object{{"entity", address(key)}};
}

json::Value reference_to_id(std::string_view id) {
    return json::Object{{"id", id}};
}

std::optional<EntityKey> referenced(const json::Value& reference, EntityKind kind) {
    const auto& address = reference["entity"];
    if (!address.is_string()) {
        return std::nullopt;
    }
    const auto& text = address.as_string();
    return EntityKey{kind, text.substr(0, text.rfind('.'))};
}

const DesiredEntity* DesiredGraph::find(const EntityKey& key) const {
    const auto found = std::lower_bound(
        entities.begin(), entities.end(), key,
        [](const auto& entity, const auto& wanted) { return entity.key < wanted; });
    return found == entities.end() || found->key != key ? nullptr : &*found;
}

std::string pointer_to(EntityKind kind, const SecretParameter& secret) {
    const char* block = secret.use == SecretUse::auth ? "/auth/params"
                        : kind == EntityKind::target  ? "/params/encryptionSpecs"
                                                      : "/encryption";
    return json::child(block, secret.name);
}

std::string generated_name(std::string_view project, std::string_view name) {
    return fmt::format("{}/{}", project, name);
}

const LiveEntity* LiveGraph::find(EntityKind kind, std::string_view id) const {
    const auto found = std::find_if(entities.begin(), entities.end(), [&](const auto& entity) {
        return entity.kind == kind && entity.id == id;
    });
    return found == entities.end() ? nullptr : &*found;
}

EntityFinder::EntityFinder(const LiveGraph& graph) {
    for (const auto kind : all_entity_kinds) {
        entities_[kind];
    }
    for (const auto& entity : graph.entities) {
        entities_.at(entity.kind).emplace(entity.id, &entity);
    }
}

const LiveEntity* EntityFinder::find(EntityKind kind, std::string_view id) const {
    const auto& entities = entities_.at(kind);
    const auto found = entities.find(id);
    return found == entities.end() ? nullptr : found->second;
}

std::vector<std::string> linked_ids(const LiveEntity& entity, EntityKind kind) {
    std::vector<std::string> ids;
    const auto add_all = [&](const json::Value& list) {
        for (const auto& id : list.as_array()) {
            ids.push_back(id.as_string());
        }
    };
    const bool connection = entity.kind == EntityKind::source || entity.kind == EntityKind::target;
    if (connection && kind == EntityKind::base) {
        if (const auto& id = base_id(entity.document); !id.empty()) {
            ids.push_back(id);
        }
    } else if (entity.kind == EntityKind::flow && kind == EntityKind::source) {
        add_all(entity.document["sourceConnectionIds"]);
    } else if (entity.kind == EntityKind::flow && kind == EntityKind::target) {
        add_all(entity.document["targetConnectionIds"]);
    }
    return ids;
}

const std::string& base_id(const json::Value& document) {
    const auto& id = document["baseConnectionId"].as_string();
    return id.empty() ? document["inheritedAttributes"]["baseConnection"]["id"].as_string() : id;
}

const json::Value& transformation(const json::Value& document) {
    static const json::Value none;
    const auto& transformations = document["transformations"].as_array();
    return transformations.empty() ? none : transformations.front()["params"];
}

} // namespace penstock::model
