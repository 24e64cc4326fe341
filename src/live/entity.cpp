#include "base/text.hpp"
#include "live/read.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::live {

namespace {

using json::Object;
using json::Value;
using model::EntityKind;

/// The parameters of a destination that are safe to hold: named by the catalogue and not secret.
/// Whether a GET returns secrets is an open question (reference, section 10.2, question 1).
Object readable_params(const Value& document, const catalogue::Catalogue& catalogue) {
    Object readable;
    const auto* destination =
        catalogue.find_by_connection_spec(document["connectionSpec"]["id"].as_string());
    if (destination == nullptr) {
        return readable;
    }
    const auto* spec = destination->find_auth_spec(document["auth"]["specName"].as_string());
    if (spec == nullptr) {
        return readable;
    }
    for (const auto& parameter : spec->parameters) {
        const auto& params = document["auth"]["params"].as_object();
        const auto* value = params.find(parameter.name);
        if (value == nullptr && !parameter.returned_as.empty()) {
            value = params.find(parameter.returned_as);
        }
        if (value != nullptr && !parameter.secret) {
            readable[parameter.name] = *value;
        }
    }
    return readable;
}

void drop_secrets(Value& document, const catalogue::Catalogue& catalogue) {
    auto& members = document.make_object();
    if (auto* auth = members.find("auth"); auth != nullptr && auth->is_object()) {
        Object readable = readable_params(document, catalogue);
        auth->make_object()["params"] = std::move(readable);
    }
    // The key that files are encrypted with is a secret of the connection, or of the target
    // (reference, section 5.4).
    const auto keep_algorithm = [](Value& params) {
        const Value algorithm = params["encryptionAlgo"];
        params = Object{{"encryptionAlgo", algorithm}};
    };
    for (const char* name : {"encryption", "encryptionSpecs"}) {
        if (auto* block = members.find(name); block != nullptr && block->is_object()) {
            keep_algorithm(block->make_object()["params"]);
        }
    }
    if (auto* params = members.find("params"); params != nullptr && params->is_object()) {
        if (auto* block = params->make_object().find("encryptionSpecs")) {
            keep_algorithm(*block);
        }
    }
}

/// The member alone of an object that holds others as well.
void keep_only(Value& value, std::string_view name) {
    if (value.is_object() && value.as_object().size() > 1) {
        auto& members = value.make_object();
        auto* kept = members.find(name);
        value = kept == nullptr ? Object{} : Object{{std::string(name), std::move(*kept)}};
    }
}

/// What stays in the document of an entity.
constexpr std::string_view managed_names[] = {"name",
                                              "description",
                                              "state",
                                              "connectionSpec",
                                              "flowSpec",
                                              "auth",
                                              "encryption",
                                              "encryptionSpecs",
                                              "params",
                                              "scheduleParams",
                                              "transformations",
                                              "baseConnectionId",
                                              "inheritedAttributes",
                                              "sourceConnectionIds",
                                              "targetConnectionIds",
                                              "lastOperation"};

/// What is taken out of it.
constexpr std::string_view told_names[] = {"id",        "etag",          "version",
                                           "createdBy", "updatedBy",     "updatedClient",
                                           "createdAt", "createdClient", "updatedAt"};

void move_members(Object& from, const std::string_view* begin, const std::string_view* end,
                  std::vector<Object::Member>& to) {
    std::for_each(begin, end, [&](std::string_view name) {
        if (auto* member = from.find(name)) {
            to.emplace_back(name, std::move(*member));
        }
    });
}

model::Audit audit(const Value& document) {
    model::Audit audit;
    audit.created_by = document["createdBy"].as_string();
    audit.updated_by = document["updatedBy"].as_string();
    audit.updated_client = document["updatedClient"].as_string();
    audit.created_client = document["createdClient"].as_string();
    audit.created_at = document["createdAt"].as_integer();
    audit.updated_at = document["updatedAt"].as_integer();
    return audit;
}

bool has_any_description(const model::LiveGraph& graph, EntityKind kind) {
    return std::any_of(graph.entities.begin(), graph.entities.end(), [&](const auto& entity) {
        return entity.kind == kind && (entity.marker || !entity.description.empty());
    });
}

/// True for what may stand behind the project in a generated name.
bool may_be_generated(std::string_view text) {
    return text == model::profile_store_name ||
           (!text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           }));
}

/// The ids that entities of ours with a marker point to: what they use is ours too.
std::set<std::string> linked_from_marked(const model::LiveGraph& graph) {
    std::set<std::string> ids;
    for (const auto& entity : graph.entities) {
        if (entity.key && entity.marker) {
            for (const auto kind : model::all_entity_kinds) {
                const auto linked = model::linked_ids(entity, kind);
                ids.insert(linked.begin(), linked.end());
            }
        }
    }
    return ids;
}

/// Where a kind comes back without descriptions, the exact name stands in for the marker. A name is
/// no proof, so our client must have made the entity, or an entity with our marker must use it.
void assign_by_name(model::LiveGraph& graph, EntityKind kind, std::string_view client) {
    const std::string prefix = model::generated_name(graph.project, "");
    const auto linked = linked_from_marked(graph);
    for (auto& entity : graph.entities) {
        if (entity.kind != kind || entity.name.rfind(prefix, 0) != 0) {
            continue;
        }
        const auto name = entity.name.substr(prefix.size());
        const bool made_by_us = !client.empty() && entity.audit.created_client == client;
        if (may_be_generated(name) && (made_by_us || linked.contains(entity.id))) {
            entity.key = model::EntityKey{kind, name};
        }
    }
}

} // namespace

Value parsed_part(Value document) {
    std::vector<Object::Member> members;
    members.reserve(std::size(managed_names) + std::size(told_names));
    auto& all = document.make_object();
    move_members(all, std::begin(managed_names), std::end(managed_names), members);
    move_members(all, std::begin(told_names), std::end(told_names), members);
    Object kept(std::move(members));
    if (auto* inherited = kept.find("inheritedAttributes")) {
        keep_only(*inherited, "baseConnection");
    }
    if (auto* last = kept.find("lastOperation")) {
        keep_only(*last, "status");
    }
    return kept;
}

model::LiveEntity parse_entity(EntityKind kind, Value document,
                               const catalogue::Catalogue& catalogue, Extent extent) {
    if (extent == Extent::managed) {
        document = parsed_part(std::move(document));
    }
    drop_secrets(document, catalogue);
    model::LiveEntity entity;
    entity.kind = kind;
    entity.id = document["id"].as_string();
    entity.etag = document["etag"].as_string();
    if (entity.etag.empty()) {
        entity.etag = document["version"].as_string(); // the same value (reference, section 3.2)
    }
    entity.state = document["state"].as_string();
    entity.name = document["name"].as_string();
    auto described = model::split_description(document["description"].as_string());
    entity.description = std::move(described.text);
    entity.marker = std::move(described.marker);
    entity.audit = audit(document);
    if (extent == Extent::whole) {
        entity.document = std::move(document);
        return entity;
    }
    std::vector<Object::Member> managed;
    managed.reserve(std::size(managed_names));
    move_members(document.make_object(), std::begin(managed_names), std::end(managed_names),
                 managed);
    managed.shrink_to_fit();
    entity.document = Object(std::move(managed));
    return entity;
}

void assign_owners(model::LiveGraph& graph, std::string_view client) {
    for (auto& entity : graph.entities) {
        entity.key.reset();
        if (entity.marker && entity.marker->project == graph.project &&
            entity.marker->key.kind == entity.kind) {
            entity.key = entity.marker->key;
        }
    }
    for (const auto kind : model::all_entity_kinds) {
        if (!has_any_description(graph, kind)) {
            assign_by_name(graph, kind, client);
        }
    }
}

bool is_stable(const model::LiveEntity& entity) {
    // Names that the service uses while it works (reference, section 2.4).
    static const std::set<std::string, std::less<>> transitional{
        "initializing", "inprogress", "updating", "enabling", "disabling", "deleting"};
    static const std::set<std::string, std::less<>> running{"in_progress", "queued", "scheduled",
                                                            "inprogress"};
    const std::string state = lowercase(entity.state);
    if (transitional.contains(state) || state.find("finalizing") != std::string::npos) {
        return false;
    }
    const auto& last = entity.document["lastOperation"]["status"]["value"].as_string();
    return !running.contains(lowercase(last));
}

} // namespace penstock::live
