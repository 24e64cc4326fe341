#include "base/text.hpp"
#include "live/read.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

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
        const auto* value = document["auth"]["params"].as_object().find(parameter.name);
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
    members.erase("encryption");
    members.erase("encryptionSpecs");
}

model::Audit audit(const Value& document) {
    return {document["createdBy"].as_string(), document["updatedBy"].as_string(),
            document["updatedClient"].as_string(), document["createdAt"].as_integer(),
            document["updatedAt"].as_integer()};
}

bool has_any_description(const model::LiveGraph& graph, EntityKind kind) {
    return std::any_of(graph.entities.begin(), graph.entities.end(), [&](const auto& entity) {
        return entity.kind == kind && (entity.marker || !entity.description.empty());
    });
}

} // namespace

model::LiveEntity parse_entity(EntityKind kind, Value document,
                               const catalogue::Catalogue& catalogue) {
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
    entity.document = std::move(document);
    return entity;
}

void assign_owners(model::LiveGraph& graph) {
    const std::string prefix = model::generated_name(graph.project, "");
    std::array<bool, std::size(model::all_entity_kinds)> described{};
    for (const auto kind : model::all_entity_kinds) {
        described.at(static_cast<std::size_t>(kind)) = has_any_description(graph, kind);
    }
    for (auto& entity : graph.entities) {
        entity.key.reset();
        if (entity.marker) {
            if (entity.marker->project == graph.project && entity.marker->key.kind == entity.kind) {
                entity.key = entity.marker->key;
            }
        } else if (!described.at(static_cast<std::size_t>(entity.kind)) &&
                   entity.name.size() > prefix.size() && entity.name.rfind(prefix, 0) == 0) {
            entity.key = model::EntityKey{entity.kind, entity.name.substr(prefix.size())};
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
