#include "plan/requests.hpp"

#include "json/pointer.hpp"
#include "plan/patch.hpp"
#include "plan/transformation.hpp"

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
Value id_or_slot(const Value& reference, EntityKind kind, const std::string& pointer,
                 Template& request) {
    if (auto key = model::referenced(reference, kind)) {
        request.entities.push_back({pointer, std::move(*key)});
        return Value{};
    }
    return reference["id"];
}

/// `params`, which will stand at `pointer`, with open places for the secrets of that use.
Value with_secrets(const Value& params, const DesiredEntity& desired, model::SecretUse use,
                   const std::string& pointer, Template& request) {
    Object complete = params.as_object();
    for (const auto& secret : desired.secrets) {
        if (secret.use == use) {
            complete[secret.name] = Value{};
            request.secrets.push_back(
                {json::child(pointer, secret.name), secret.name, secret.reference, use});
        }
    }
    return complete;
}

Value auth_params(const DesiredEntity& desired, const std::string& pointer, Template& request) {
    return with_secrets(desired.content["auth"]["params"], desired, model::SecretUse::auth, pointer,
                        request);
}

/// A target's parameters; how its files are encrypted is among them where the catalogue says so.
Value target_params(const DesiredEntity& desired, const std::string& pointer, Template& request) {
    Object params = desired.content["params"].as_object();
    if (auto* encryption = params.find("encryptionSpecs")) {
        *encryption = with_secrets(*encryption, desired, model::SecretUse::encryption,
                                   json::child(pointer, "encryptionSpecs"), request);
    }
    return params;
}

/// Adds to `params` what is live and the catalogue does not know: a block is replaced as a whole,
/// so it would be lost.
Value with_unknown(Value params, const model::LiveEntity& live,
                   const catalogue::Catalogue& catalogue) {
    const auto* destination =
        catalogue.find_by_connection_spec(live.document["connectionSpec"]["id"].as_string());
    if (destination == nullptr) {
        return params;
    }
    auto& object = params.make_object();
    for (const auto& [name, value] : destination->unknown(live.document["params"].as_object())) {
        if (auto* known = object.find(name)) {
            for (const auto& [member, content] : value.as_object()) {
                known->make_object().append(member, content);
            }
        } else {
            object.append(name, value);
        }
    }
    return params;
}

/// `encryptionSpecs` of a base connection (reference, section 5.4).
Value encryption_specs(const DesiredEntity& desired, const catalogue::Catalogue& catalogue,
                       Template& request) {
    const auto* destination =
        catalogue.find_by_connection_spec(desired.content["connectionSpec"].as_string());
    Object specs;
    if (destination != nullptr && destination->encryption) {
        specs["specName"] = destination->encryption->spec_name;
    }
    specs["params"] =
        with_secrets(desired.content["encryption"], desired, model::SecretUse::encryption,
                     "/encryptionSpecs/params", request);
    return specs;
}

Value dataset_list(const DesiredEntity& desired) {
    Array list;
    for (const auto& [id, name] : desired.content["datasets"].as_object()) {
        list.push_back(Object{{"dataSetId", id}, {"name", name}});
    }
    return Object{{"datasets", std::move(list)}};
}

/// What a source connection made from a base connection to the Profile Store is created with
/// (reference, section 2.2).
void add_profile_store(Object& body, const Value& base, Template& request) {
    body["baseConnectionId"] = id_or_slot(base, EntityKind::base, "/baseConnectionId", request);
    body["data"] = Object{{"format", "CSV"}, {"schema", Value{}}};
    body["params"] = Object{};
}

/// `data` of a new target, where its destination has one (reference, section 3.7).
Value target_data(const Value& target, const catalogue::Catalogue& catalogue) {
    const auto* destination =
        catalogue.find_by_connection_spec(target["connectionSpec"].as_string());
    return destination == nullptr ? Value{} : destination->target_data;
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

} // namespace

CreateEntity create_request(const std::string& project, const DesiredEntity& entity,
                            const catalogue::Catalogue& catalogue) {
    const auto desired = as_created(entity);
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
        if (content["encryption"].is_object()) {
            body["encryptionSpecs"] = encryption_specs(desired, catalogue, request);
        }
        break;
    case EntityKind::source:
        body["connectionSpec"] = spec(content["connectionSpec"]);
        if (content["datasets"].is_object()) {
            body["params"] = dataset_list(desired);
        }
        if (content["base"].is_object()) {
            add_profile_store(body, content["base"], request);
        }
        break;
    case EntityKind::target:
        body["baseConnectionId"] =
            id_or_slot(content["base"], EntityKind::base, "/baseConnectionId", request);
        body["params"] = target_params(desired, "/params", request);
        body["connectionSpec"] = spec(content["connectionSpec"]);
        if (auto data = target_data(content, catalogue); !data.is_null()) {
            body["data"] = std::move(data);
        }
        break;
    case EntityKind::flow:
        body["flowSpec"] = spec(content["flowSpec"]);
        body["sourceConnectionIds"] = Array{
            id_or_slot(content["source"], EntityKind::source, "/sourceConnectionIds/0", request)};
        body["targetConnectionIds"] = Array{
            id_or_slot(content["target"], EntityKind::target, "/targetConnectionIds/0", request)};
        body["transformations"] = new_transformations(desired);
        if (content["schedule"].is_object()) {
            body["scheduleParams"] = schedule_params(desired);
        }
        break;
    }
    request.body = std::move(body);
    return {std::move(request), description(project, desired, "/description"), desired};
}

UpdateEntity update_request(const std::string& project, const DesiredEntity& desired,
                            const model::LiveEntity& live, Value before,
                            std::vector<diff::FieldChange> fields, bool send_credentials,
                            const catalogue::Catalogue& catalogue, const Object& inherited) {
    const auto& content = desired.content;
    Template request;
    Patch patch;
    if (touches(fields, "/name")) {
        patch.replace("/name", content["name"]);
    }
    const bool is_base = desired.key.kind == EntityKind::base;
    if ((send_credentials && is_base) || touches(fields, "/auth")) {
        patch.replace("/auth/params", auth_params(desired, patch.next_value(), request));
    }
    if ((send_credentials && !is_base) || touches(fields, "/params")) {
        patch.replace("/params", with_unknown(target_params(desired, patch.next_value(), request),
                                              live, catalogue));
    }
    if (touches(fields, "/source")) {
        const auto pointer = patch.next_value() + "/0";
        patch.replace("/sourceConnectionIds",
                      Array{id_or_slot(content["source"], EntityKind::source, pointer, request)});
    }
    if (touches(fields, "/schedule")) {
        patch.replace("/scheduleParams", schedule_params(desired));
    }
    patch_transformation(patch, request, desired, live, fields, inherited);
    auto slot = description(project, desired, patch.next_value());
    // `replace` needs a member to be there (RFC 6902).
    if (live.document["description"].is_string()) {
        patch.replace("/description", "");
    } else {
        patch.add("/description", "");
    }
    if (live.marker) {
        slot.marker.credentials = live.marker->credentials;
        slot.marker.encryption = live.marker->encryption;
    }
    request.body = patch.take();
    return {live.id, live.etag,         std::move(request), std::move(slot),
            desired, std::move(before), std::move(fields)};
}

} // namespace penstock::plan
