#include "emulator/data_prep.hpp"

#include "emulator/mapping_check.hpp"
#include "emulator/validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace penstock::emulator {

namespace {

constexpr std::array<std::string_view, 5> known_members{"name", "inputSchema", "outputSchema",
                                                        "mappings", "xdmVersion"};

tl::unexpected<Refusal> invalid(std::string detail) {
    return problem(400, "Invalid request", std::move(detail));
}

tl::unexpected<Refusal> unknown(std::string_view what, std::string_view id) {
    return problem(404, "Not found", fmt::format("There is no {} {}", what, id));
}

tl::unexpected<Refusal> not_allowed() {
    return problem(405, "Method not allowed", "This resource does not support the method");
}

/// The body of a POST or PUT; the codes of the Flow Service mean nothing here.
Outcome<json::Object> body_of(const Call& call) {
    auto body = read_body(call.request.body);
    if (!body) {
        return invalid(body.error().message);
    }
    return body;
}

} // namespace

const MappingSetVersion* MappingSet::version(std::int64_t number) const {
    const auto last = static_cast<std::int64_t>(versions.size()) - 1;
    return number < 0 || number > last ? nullptr : &versions[static_cast<std::size_t>(number)];
}

Outcome<http::Response> DataPrep::answer(const Call& call) {
    const auto collection = call.path.empty() ? std::string() : call.path.front();
    if (collection == "schemas") {
        return schemas(call);
    }
    if (collection == "mappingSets") {
        return call.path.size() == 1 ? mapping_sets(call) : one_mapping_set(call);
    }
    return no_such_path();
}

const MappingSet* DataPrep::mapping_set(const Scope& scope, std::string_view id) const {
    const auto found = sets_.find(std::string(id));
    return found == sets_.end() || found->second.scope != scope ? nullptr : &found->second;
}

const ConversionSchema* DataPrep::schema(const Scope& scope, std::string_view id) const {
    const auto found = schemas_.find(std::string(id));
    return found == schemas_.end() || found->second.scope != scope ? nullptr : &found->second;
}

DataPrep::Answer DataPrep::schemas(const Call& call) {
    if (call.path.size() == 1 && call.request.method == http::Method::post) {
        return make_schema(call);
    }
    if (call.request.method != http::Method::get) {
        return not_allowed();
    }
    if (call.path.size() == 1) {
        return list_schemas(call);
    }
    const auto* found = schema(call.scope, call.path[1]);
    if (found == nullptr || call.path.size() > 2) {
        return unknown("schema", call.path[1]);
    }
    return json_response(200, json::Object{{"id", found->id},
                                           {"version", 0},
                                           {"name", found->name},
                                           {"jsonSchema", found->json_schema}});
}

DataPrep::Answer DataPrep::make_schema(const Call& call) {
    const auto body = body_of(call);
    if (!body) {
        return tl::unexpected<Refusal>(body.error());
    }
    const json::Value document(*body);
    if (!document["jsonSchema"].is_object()) {
        return invalid("jsonSchema is required and is an object");
    }
    if (const auto& name = document["name"]; !name.is_null() && !name.is_string()) {
        return invalid("name is a text");
    }
    ConversionSchema made{
        call.scope,       new_id(), document["name"].as_string(), document["jsonSchema"],
        next_sequence_++, call.now};
    auto response = json_response(
        200, json::Object{{"id", made.id}, {"version", 0}, {"jsonSchema", made.json_schema}});
    auto id = made.id;
    schemas_.insert_or_assign(std::move(id), std::move(made));
    return response;
}

DataPrep::Answer DataPrep::mapping_sets(const Call& call) {
    switch (call.request.method) {
    case http::Method::get:
        return list_mapping_sets(call);
    case http::Method::post:
        return make_mapping_set(call);
    case http::Method::put:
    case http::Method::patch:
    case http::Method::del:
        break;
    }
    return not_allowed();
}

DataPrep::Answer DataPrep::one_mapping_set(const Call& call) {
    const auto& id = call.path[1];
    if (call.path.size() == 2 && call.request.method == http::Method::put) {
        return change_mapping_set(call, id);
    }
    if (call.path.size() == 2 && id == "validate" && call.request.method == http::Method::post) {
        return validate(call);
    }
    if (call.request.method != http::Method::get) {
        return not_allowed();
    }
    const auto* set = mapping_set(call.scope, id);
    if (set == nullptr) {
        return unknown("mapping set", id);
    }
    return read_mapping_set(call, *set);
}

DataPrep::Answer DataPrep::make_mapping_set(const Call& call) {
    auto body = read_mapping_set_body(call);
    if (!body) {
        return tl::unexpected<Refusal>(std::move(body.error()));
    }
    if (auto checked = check_mappings(*body, call.scope); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    MappingSet made;
    made.scope = call.scope;
    made.id = new_id();
    made.sequence = next_sequence_++;
    made.created_at = call.now;
    made.created_by = call.client;
    made.versions.push_back(next_version(std::move(*body), call));
    auto id = made.id;
    const auto& stored = sets_.insert_or_assign(std::move(id), std::move(made)).first->second;
    const json::Value full = shown(stored, 0, {});
    json::Object answer;
    for (const std::string_view member :
         {"id", "version", "createdDate", "modifiedDate", "createdBy", "modifiedBy"}) {
        answer[member] = full[member];
    }
    return json_response(200, answer);
}

DataPrep::Answer DataPrep::change_mapping_set(const Call& call, const std::string& id) {
    if (mapping_set(call.scope, id) == nullptr) {
        return unknown("mapping set", id);
    }
    auto body = read_mapping_set_body(call);
    if (!body) {
        return tl::unexpected<Refusal>(std::move(body.error()));
    }
    if (auto checked = check_mappings(*body, call.scope); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    auto& set = sets_.at(id);
    set.versions.push_back(next_version(std::move(*body), call));
    return json_response(200, shown(set, static_cast<std::int64_t>(set.versions.size()) - 1, {}));
}

DataPrep::Answer DataPrep::validate(const Call& call) const {
    const auto body = read_mapping_set_body(call);
    if (!body) {
        return tl::unexpected<Refusal>(body.error());
    }
    const json::Value document(*body);
    const auto faults = faults_of(document, call.scope);
    json::Array entries;
    for (std::size_t i = 0; i < faults.size(); ++i) {
        const auto& mapping = document["mappings"].as_array()[i];
        if (faults[i].empty()) {
            entries.push_back(json::Object{{"status", "SUCCESS"}, {"errors", nullptr}});
            continue;
        }
        json::Object error{{"source", mapping["source"]},
                           {"destination", mapping["destination"]},
                           {"exception", faults[i]},
                           {"columnName", mapping["destination"]},
                           {"sourceType", mapping["sourceType"]}};
        entries.push_back(
            json::Object{{"status", "FAILED"}, {"errors", json::Array{std::move(error)}}});
    }
    return json_response(200, json::Object{{"validationResponse", std::move(entries)}});
}

Outcome<json::Object> DataPrep::read_mapping_set_body(const Call& call) const {
    auto body = body_of(call);
    if (!body) {
        return body;
    }
    for (const auto& [name, value] : *body) {
        if (std::find(known_members.begin(), known_members.end(), name) == known_members.end()) {
            return invalid(fmt::format("A mapping set has no field {}", name));
        }
    }
    const json::Value document(*body);
    for (const std::string_view member : {"name", "xdmVersion"}) {
        if (const auto& text = document[member]; !text.is_null() && !text.is_string()) {
            return invalid(fmt::format("{} is a text", member));
        }
    }
    for (const std::string_view member : {"inputSchema", "outputSchema"}) {
        const auto& named = document[member];
        if (schema(call.scope, named["id"].as_string()) == nullptr ||
            named["version"].as_integer(0) != 0) {
            return invalid(fmt::format("{} does not exist", member));
        }
    }
    if (auto checked = check_mapping_form(document["mappings"]); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    return body;
}

std::vector<std::string> DataPrep::faults_of(const json::Value& body, const Scope& scope) const {
    return mapping_faults(body["mappings"],
                          schema(scope, body["inputSchema"]["id"].as_string())->json_schema,
                          schema(scope, body["outputSchema"]["id"].as_string())->json_schema);
}

Outcome<void> DataPrep::check_mappings(const json::Object& body, const Scope& scope) const {
    for (const auto& fault : faults_of(json::Value(body), scope)) {
        if (!fault.empty()) {
            return problem(400, "Invalid mapping set", fault);
        }
    }
    return {};
}

MappingSetVersion DataPrep::next_version(json::Object body, const Call& call) {
    MappingSetVersion version;
    const auto count = json::Value(body)["mappings"].as_array().size();
    std::generate_n(std::back_inserter(version.mapping_ids), count, [this] { return new_id(); });
    version.body = std::move(body);
    version.modified_at = call.now;
    version.modified_by = call.client;
    return version;
}

std::string DataPrep::new_id() {
    auto id = ids_.hex(16);
    return id + ids_.hex(16);
}

json::Value DataPrep::save() const {
    json::Array schemas;
    for (const auto& [id, schema] : schemas_) {
        schemas.push_back(json::Object{{"organization", schema.scope.organization},
                                       {"sandbox", schema.scope.sandbox},
                                       {"id", id},
                                       {"name", schema.name},
                                       {"jsonSchema", schema.json_schema},
                                       {"sequence", schema.sequence},
                                       {"createdAt", schema.created_at}});
    }
    json::Array sets;
    for (const auto& [id, set] : sets_) {
        json::Array versions;
        for (const auto& version : set.versions) {
            json::Array mapping_ids(version.mapping_ids.begin(), version.mapping_ids.end());
            versions.push_back(json::Object{{"body", version.body},
                                            {"mappingIds", std::move(mapping_ids)},
                                            {"modifiedAt", version.modified_at},
                                            {"modifiedBy", version.modified_by}});
        }
        sets.push_back(json::Object{{"organization", set.scope.organization},
                                    {"sandbox", set.scope.sandbox},
                                    {"id", id},
                                    {"sequence", set.sequence},
                                    {"createdAt", set.created_at},
                                    {"createdBy", set.created_by},
                                    {"versions", std::move(versions)}});
    }
    return json::Object{{"schemas", std::move(schemas)},
                        {"mappingSets", std::move(sets)},
                        {"nextSequence", next_sequence_}};
}

void DataPrep::load(const json::Value& saved) {
    schemas_.clear();
    sets_.clear();
    for (const auto& entry : saved["schemas"].as_array()) {
        schemas_[entry["id"].as_string()] = {
            {entry["organization"].as_string(), entry["sandbox"].as_string()},
            entry["id"].as_string(),
            entry["name"].as_string(),
            entry["jsonSchema"],
            entry["sequence"].as_integer(),
            entry["createdAt"].as_integer()};
    }
    for (const auto& entry : saved["mappingSets"].as_array()) {
        auto& set = sets_[entry["id"].as_string()];
        set.scope = {entry["organization"].as_string(), entry["sandbox"].as_string()};
        set.id = entry["id"].as_string();
        set.sequence = entry["sequence"].as_integer();
        set.created_at = entry["createdAt"].as_integer();
        set.created_by = entry["createdBy"].as_string();
        for (const auto& saved_version : entry["versions"].as_array()) {
            MappingSetVersion version;
            version.body = saved_version["body"].as_object();
            for (const auto& id : saved_version["mappingIds"].as_array()) {
                version.mapping_ids.push_back(id.as_string());
            }
            version.modified_at = saved_version["modifiedAt"].as_integer();
            version.modified_by = saved_version["modifiedBy"].as_string();
            set.versions.push_back(std::move(version));
        }
    }
    next_sequence_ = saved["nextSequence"].as_integer(1);
}

} // namespace penstock::emulator
