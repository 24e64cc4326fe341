#include "emulator/validation.hpp"

#include "emulator/flow_check.hpp"
#include "emulator/schema_check.hpp"
#include "emulator/target_check.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace penstock::emulator {

namespace {

std::span<const std::string_view> members_of(Kind kind) {
    static constexpr std::array<std::string_view, 5> connection{
        "name", "description", "auth", "connectionSpec", "encryptionSpecs"};
    static constexpr std::array<std::string_view, 6> source_or_target{
        "name", "description", "connectionSpec", "baseConnectionId", "data", "params"};
    static constexpr std::array<std::string_view, 8> flow{"name",
                                                          "description",
                                                          "flowSpec",
                                                          "sourceConnectionIds",
                                                          "targetConnectionIds",
                                                          "transformations",
                                                          "scheduleParams",
                                                          "policy"};
    switch (kind) {
    case Kind::connection:
        return connection;
    case Kind::source_connection:
    case Kind::target_connection:
        return source_or_target;
    case Kind::flow:
        return flow;
    }
    return flow;
}

Outcome<void> check_members(Kind kind, const json::Object& body) {
    const auto known = members_of(kind);
    for (const auto& [name, value] : body) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return plain(400, fmt::format("{} has no field {}", collection_name(kind), name));
        }
    }
    const json::Value document(body);
    if (document["name"].as_string().empty()) {
        return plain(400, "name is required and is a string");
    }
    if (const auto& text = document["description"]; !text.is_null() && !text.is_string()) {
        return plain(400, "description is a string");
    }
    return {};
}

Outcome<void> check_connection_spec(const json::Value& body, const Specs& specs) {
    const auto& spec = body["connectionSpec"];
    if (!specs.is_connection_spec(spec["id"].as_string())) {
        return coded("1413-400", "Please provide a valid connection spec id");
    }
    if (spec["version"].as_string() != "1.0") {
        return plain(422, "connectionSpec.version is required");
    }
    return {};
}

Outcome<void> check_base_encryption(const json::Value& encryption, const json::Value& spec,
                                    const Settings& settings) {
    if (encryption.is_null()) {
        return {};
    }
    if (encryption["specName"].as_string() != "Encryption spec") {
        return plain(400, "encryptionSpecs.specName is Encryption spec");
    }
    return check_encryption(encryption["params"], spec,
                            settings.encryption_place == EncryptionPlace::connection);
}

Outcome<void> check_connection(const json::Value& body, const Surroundings& around) {
    if (auto checked = check_connection_spec(body, around.specs); !checked) {
        return checked;
    }
    const auto* destination = around.specs.destination(body["connectionSpec"]["id"].as_string());
    const auto& auth = body["auth"];
    if (destination == nullptr || destination->spec["authSpec"].as_array().empty()) {
        if (!body["encryptionSpecs"].is_null()) {
            return plain(400, "This connection spec has no encryption");
        }
        return auth.is_null() ? Outcome<void>{}
                              : Outcome<void>(plain(400, "This connection spec takes no auth"));
    }
    if (!auth.is_object()) {
        return plain(400, "auth is required for this connection spec");
    }
    const auto& schema = auth_spec(destination->spec, auth["specName"].as_string());
    if (schema.is_null()) {
        return coded("1415-400", fmt::format("Auth spec [{}] is not known to this connection spec",
                                             auth["specName"].as_string()));
    }
    if (auto checked = check_schema(schema, auth["params"], "auth.params"); !checked) {
        return checked;
    }
    return check_base_encryption(body["encryptionSpecs"], destination->spec, around.settings);
}

bool is_dataset_id(std::string_view id, const Settings& settings) {
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    const bool listed = std::any_of(settings.datasets.begin(), settings.datasets.end(),
                                    [&](const Dataset& dataset) { return dataset.id == id; });
    return listed ||
           (settings.any_dataset && id.size() == 24 && std::all_of(id.begin(), id.end(), is_hex));
}

Outcome<void> check_base_spec(const Entity& base, std::string_view spec) {
    if (json::Value(base.body)["connectionSpec"]["id"].as_string() != spec) {
        return plain(400, "The base connection has another connection spec");
    }
    return {};
}

Outcome<void> check_source(const json::Value& body, const Surroundings& around) {
    if (auto checked = check_connection_spec(body, around.specs); !checked) {
        return checked;
    }
    const auto& spec = body["connectionSpec"]["id"].as_string();
    if (spec != profile_store_spec && spec != data_lake_spec) {
        return coded("1413-400", "This connection spec is no source of exports");
    }
    const auto& base_id = body["baseConnectionId"];
    const auto* base = around.store.find(Kind::connection, around.scope, base_id.as_string());
    if (!base_id.is_null() && base == nullptr) {
        return plain(400, fmt::format("Base connection [{}] does not exist", base_id.as_string()));
    }
    if (spec == profile_store_spec) {
        return base == nullptr ? Outcome<void>{} : check_base_spec(*base, spec);
    }
    const auto& datasets = body["params"]["datasets"].as_array();
    if (datasets.empty()) {
        return plain(400, "params.datasets is required and is not empty");
    }
    for (const auto& dataset : datasets) {
        if (!is_dataset_id(dataset["dataSetId"].as_string(), around.settings)) {
            return plain(
                400, fmt::format("Dataset [{}] does not exist", dataset["dataSetId"].as_string()));
        }
    }
    return {};
}

Outcome<void> check_target(const json::Value& body, const Surroundings& around) {
    if (auto checked = check_connection_spec(body, around.specs); !checked) {
        return checked;
    }
    const auto& spec = body["connectionSpec"]["id"].as_string();
    const auto* destination = around.specs.destination(spec);
    if (destination == nullptr) {
        return coded("1413-400", "This connection spec is no destination");
    }
    const auto& base_id = body["baseConnectionId"].as_string();
    const auto* base = around.store.find(Kind::connection, around.scope, base_id);
    if (base == nullptr) {
        return plain(400, fmt::format("Base connection [{}] does not exist", base_id));
    }
    if (auto checked = check_base_spec(*base, spec); !checked) {
        return checked;
    }
    return check_target_params(body["params"], *destination, around.settings);
}

} // namespace

Outcome<json::Object> read_body(std::string_view text) {
    if (text.empty()) {
        return coded("1405-400", "Request body is empty");
    }
    const auto parsed = json::parse(text);
    if (!parsed || !parsed->is_object()) {
        return plain(400, "The body is not a JSON object");
    }
    if (parsed->as_object().empty()) {
        return coded("1405-400", "Request body is empty");
    }
    return parsed->as_object();
}

Outcome<void> check_entity(Kind kind, const json::Object& body, const Surroundings& around) {
    if (kind == Kind::flow && body.contains("state")) {
        return coded("1410-400", "state is not allowed in the body of a flow");
    }
    if (auto checked = check_members(kind, body); !checked) {
        return checked;
    }
    const json::Value document(body);
    switch (kind) {
    case Kind::connection:
        return check_connection(document, around);
    case Kind::source_connection:
        return check_source(document, around);
    case Kind::target_connection:
        return check_target(document, around);
    case Kind::flow:
        return check_flow(document, around);
    }
    return {};
}

} // namespace penstock::emulator
