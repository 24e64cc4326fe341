#include "support/output_schemas.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"
#include "manifest/schemas.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <utility>

namespace penstock::test {

namespace {

using json::Value;

/// True for a schema of objects that names their members.
bool names_members(const Value& schema) {
    const auto& types = schema["type"];
    const auto& list = types.as_array();
    const bool of_objects = types == Value("object") ||
                            std::find(list.begin(), list.end(), Value("object")) != list.end();
    return of_objects && schema["properties"].is_object();
}

void close(Value& schema, Before before) {
    if (schema.is_array()) {
        for (auto& element : schema.make_array()) {
            close(element, before);
        }
        return;
    }
    if (!schema.is_object()) {
        return;
    }
    const bool closes = names_members(schema);
    auto& members = schema.make_object();
    if (closes) {
        members["additionalProperties"] = false;
    }
    auto* change = json::find(schema, "/then/properties/change/properties");
    if (before == Before::closed && change != nullptr) {
        const auto content = (*change)["after"];
        change->make_object()["before"] = content;
    }
    std::vector<std::string> names;
    for (const auto& [name, member] : schema.as_object()) {
        names.push_back(name);
    }
    for (const auto& name : names) {
        close(members[name], before);
    }
}

void describe(const Value& schema, const std::string& pointer, std::vector<std::string>& found) {
    for (const auto& [name, member] : schema.as_object()) {
        const auto inner = json::child(pointer, name);
        if (name == "properties" && names_members(schema)) {
            for (const auto& [property, description] : member.as_object()) {
                found.push_back(json::child(inner, property));
            }
        }
        describe(member, inner, found);
    }
    for (std::size_t i = 0; i < schema.as_array().size(); ++i) {
        describe(schema.as_array()[i], json::child(pointer, std::to_string(i)), found);
    }
}

const json::Schema& closed_schema(std::string_view name) {
    static std::map<std::string, json::Schema, std::less<>> compiled;
    auto found = compiled.find(name);
    if (found == compiled.end()) {
        auto schema = json::Schema::compile(closed(embedded_schema(name)));
        REQUIRE(schema);
        found = compiled.emplace(name, std::move(*schema)).first;
    }
    return found->second;
}

} // namespace

const Value& embedded_schema(std::string_view name) {
    static std::map<std::string, Value, std::less<>> schemas;
    if (schemas.empty()) {
        for (const auto& file : manifest::embedded_schemas()) {
            schemas.emplace(file.name.substr(0, file.name.rfind('.')),
                            json::parse(file.text).value());
        }
    }
    const auto found = schemas.find(name);
    INFO("schemas/", std::string(name), ".json");
    REQUIRE(found != schemas.end());
    return found->second;
}

Value closed(Value schema, Before before) {
    close(schema, before);
    return schema;
}

std::vector<std::string> described_members(const Value& schema) {
    std::vector<std::string> found;
    describe(schema, "", found);
    return found;
}

std::string_view schema_of(const Value& document) {
    constexpr std::pair<const char*, std::string_view> kinds[] = {
        {"error", "error"},
        {"resource_changes", "plan"},
        {"findings", "drift"},
        {"operation", "apply"},
    };
    for (const auto& [member, name] : kinds) {
        if (document.as_object().contains(member)) {
            return name;
        }
    }
    return {};
}

void check_described(const Value& document) {
    const auto name = schema_of(document);
    if (name.empty()) {
        return;
    }
    for (const auto& fault : closed_schema(name).check(document)) {
        const std::string schema(name);
        CAPTURE(schema);
        FAIL_CHECK(fault.pointer, ": ", fault.message);
    }
}

} // namespace penstock::test
