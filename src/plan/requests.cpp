#include "plan/requests.hpp"

#include "json/pointer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::plan {

namespace {

using json::Array;
using json::Object;
using json::Value;
using model::DesiredEntity;
using model::EntityKey;
using model::EntityKind;

/// Specs are always named with their version, which has never been another (reference,
/// section 4.7).
Value spec(const Value& id) {
    return Object{{"id", id}, {"version", "1.0"}};
}

/// The id of a reference if it is known, else an open place that takes it later.
Value id_or_slot(const Value& reference, const std::string& pointer, const EntityKey& key,
                 Template& request) {
    if (const auto* id = reference.as_object().find("id")) {
        return *id;
    }
    request.entities.push_back({pointer, key});
    return Value{};
}

EntityKey referenced(const Value& reference, EntityKind kind) {
    const auto& address = reference["entity"].as_string();
    return {kind, address.substr(0, address.rfind('.'))};
}

Value auth_params(const DesiredEntity& desired, const std::string& pointer, Template& request) {
    Object params = desired.content["auth"]["params"].as_object();
    for (const auto& secret : desired.secrets) {
        params[secret.name] = Value{};
        request.secrets.push_back(
            {json::child(pointer, secret.name), secret.name, secret.reference});
    }
    return params;
}

Value dataset_list(const DesiredEntity& desired) {
    Array list;
    for (const auto& [id, name] : desired.content["datasets"].as_object()) {
        list.push_back(Object{{"dataSetId", id}, {"name", name}});
    }
    return Object{{"datasets", std::move(list)}};
}

/// `exportMode` is sent only where interval and unit do not imply it; it is optional (section 6.1).
Value schedule_params(const DesiredEntity& desired) {
    Object params = desired.content["schedule"].as_object();
    if (params["exportMode"] == Value("FIRST_FULL_THEN_INCREMENTAL")) {
        params.erase("exportMode");
    }
    return params;
}

DescriptionSlot description(const std::string& project, const DesiredEntity& desired,
                            std::string pointer) {
    return {std::move(pointer),
            desired.content["description"].as_string(),
            {project, desired.key, desired.digest, std::nullopt}};
}

bool touches(const std::vector<diff::FieldChange>& fields, std::string_view pointer) {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
        return field.pointer == pointer ||
               (field.pointer.size() > pointer.size() && field.pointer[pointer.size()] == '/' &&
                std::string_view(field.pointer).substr(0, pointer.size()) == pointer);
    });
}

} // namespace

CreateEntity create_request(const std::string& project, const DesiredEntity& desired) {
    const auto& content = desired.content;
    Template request;
    Object body{{"name", model::generated_name(project, desired.key.name)}, {"description", ""}};
    switch (desired.key.kind) {
    case EntityKind::base:
        if (content["auth"].is_object()) {
            body["auth"] = Object{{"specName", content["auth"]["specName"]},
                                  {"params", auth_params(desired, "/auth/params", request)}};
        }
        body["connectionSpec"] = spec(content["connectionSpec"]);
        break;
    case EntityKind::source:
        body["connectionSpec"] = spec(content["connectionSpec"]);
        body["params"] = dataset_list(desired);
        break;
    case EntityKind::target:
        body["baseConnectionId"] =
            id_or_slot(content["base"], "/baseConnectionId",
                       referenced(content["base"], EntityKind::base), request);
        body["params"] = content["params"];
        body["connectionSpec"] = spec(content["connectionSpec"]);
        break;
    case EntityKind::flow:
        body["flowSpec"] = spec(content["flowSpec"]);
        body["sourceConnectionIds"] =
            Array{id_or_slot(content["source"], "/sourceConnectionIds/0",
                             referenced(content["source"], EntityKind::source), request)};
        body["targetConnectionIds"] =
            Array{id_or_slot(content["target"], "/targetConnectionIds/0",
                             referenced(content["target"], EntityKind::target), request)};
        body["transformations"] = Array{};
        body["scheduleParams"] = schedule_params(desired);
        break;
    }
    request.body = std::move(body);
    return {std::move(request), description(project, desired, "/description"), desired};
}

UpdateEntity update_request(const std::string& project, const DesiredEntity& desired,
                            const model::LiveEntity& live, Value before,
                            std::vector<diff::FieldChange> fields, bool send_credentials) {
    const auto& content = desired.content;
    Template request;
    Array operations;
    const auto next_value = [&] { return fmt::format("/{}/value", operations.size()); };
    const auto replace = [&](const char* path, Value value) {
        operations.push_back(
            Object{{"op", "replace"}, {"path", path}, {"value", std::move(value)}});
    };

    if (touches(fields, "/name")) {
        replace("/name", content["name"]);
    }
    if (send_credentials || touches(fields, "/auth")) {
        replace("/auth/params", auth_params(desired, next_value(), request));
    }
    if (touches(fields, "/params")) {
        replace("/params", content["params"]);
    }
    if (touches(fields, "/source")) {
        const auto pointer = next_value() + "/0";
        replace("/sourceConnectionIds",
                Array{id_or_slot(content["source"], pointer,
                                 referenced(content["source"], EntityKind::source), request)});
    }
    if (touches(fields, "/schedule")) {
        replace("/scheduleParams", schedule_params(desired));
    }
    auto slot = description(project, desired, next_value());
    // `replace` needs a member to be there (RFC 6902).
    const bool described = live.document["description"].is_string();
    operations.push_back(
        Object{{"op", described ? "replace" : "add"}, {"path", "/description"}, {"value", ""}});
    if (live.marker) {
        slot.marker.credentials = live.marker->credentials;
    }
    request.body = std::move(operations);
    return {live.id, live.etag,         std::move(request), std::move(slot),
            desired, std::move(before), std::move(fields)};
}

} // namespace penstock::plan
