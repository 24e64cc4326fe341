#include "catalogue/embedded.hpp"
#include "json/pointer.hpp"
#include "json/schema.hpp"
#include "json/text.hpp"
#include "manifest/schemas.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <set>
#include <string>
#include <vector>

using namespace penstock;

namespace {

json::Value parse(std::string_view text) {
    auto value = json::parse(text);
    INFO(text);
    REQUIRE(value.has_value());
    return std::move(*value);
}

std::vector<json::SchemaFault> check(std::string_view schema, std::string_view document) {
    auto compiled = json::Schema::compile(parse(schema));
    REQUIRE(compiled.has_value());
    return compiled->check(parse(document));
}

json::Value manifest_schema() {
    for (const auto& file : manifest::embedded_schemas()) {
        if (file.name == "manifest.json") {
            return parse(file.text);
        }
    }
    FAIL("schemas/manifest.json is not embedded");
    return {};
}

/// Calls `visit` with every object inside the value that may be a schema.
template <class Visit>
void each_object(const json::Value& value, const Visit& visit) {
    if (value.is_object()) {
        visit(value);
    }
    for (const auto& [name, member] : value.as_object()) {
        each_object(member, visit);
    }
    for (const auto& element : value.as_array()) {
        each_object(element, visit);
    }
}

/// A valid document of each kind, to break one thing at a time.
json::Value export_document() {
    return parse(R"({"apiVersion": "penstock/v1", "kind": "DatasetExport",
        "metadata": {"name": "orders", "labels": {"team": "crm"}},
        "spec": {"account": "s3", "destination": {"path": "x"},
                 "datasets": [{"id": "5ef3e3259ad2a1191ab7dd7d", "name": "Orders"}],
                 "schedule": {"frequency": "DAILY", "startTime": "2027-01-01T00:00:00Z"}}})");
}

json::Value segments_document() {
    return parse(R"({"apiVersion": "penstock/v1", "kind": "SegmentExport",
        "metadata": {"name": "loyalty"},
        "spec": {"account": "s3", "destination": {"path": "x", "fileType": "CSV"},
                 "filenameTemplate": "%SEGMENT_ID%",
                 "schedule": {"exportMode": "DAILY_FULL_EXPORT", "frequency": "DAILY",
                              "triggerType": "SCHEDULED", "startDate": "2027-01-01",
                              "startTime": "06:00", "endDate": "2028-01-01"},
                 "segments": [{"id": "25768be6-ebd5-45cc-8913-12fb3f348613", "name": "Loyalty"}],
                 "mapping": [{"source": "a.b", "destination": "b", "sourceType": "ATTRIBUTE"}],
                 "mandatoryFields": ["b"], "deduplicationKeys": [{"attributePath": "b"}]}})");
}

json::Value account_document() {
    return parse(R"({"apiVersion": "penstock/v1", "kind": "Account", "metadata": {"name": "s3"},
        "spec": {"destination": "amazon-s3", "auth": {"specName": "Access Key",
                 "params": {"s3AccessKey": "A", "s3SecretKey": {"env": "KEY"}}}}})");
}

json::Value project_document() {
    return parse(R"({"apiVersion": "penstock/v1", "kind": "Project", "metadata": {"name": "acme"},
        "spec": {"manifests": ["exports"], "environments": {"prod": {
            "organization": "5555467B5D8013E50A494220@AdobeOrg", "sandbox": "prod",
            "auth": {"clientId": {"env": "ID"}, "clientSecret": {"env": "SECRET"}}}}}})");
}

/// The document with the value at `pointer` replaced, or removed where `text` is empty.
json::Value changed(json::Value document, const std::string& pointer, const std::string& text) {
    const auto slash = pointer.rfind('/');
    auto* parent = json::find(document, pointer.substr(0, slash));
    REQUIRE(parent != nullptr);
    const auto name = pointer.substr(slash + 1);
    if (text.empty()) {
        parent->make_object().erase(name);
    } else if (parent->is_array()) {
        *json::find(document, pointer) = parse(text);
    } else {
        parent->make_object()[name] = parse(text);
    }
    return document;
}

} // namespace

TEST_CASE("a schema reports every fault at its innermost place, in document order") {
    const auto faults = check(R"({"type": "object", "additionalProperties": false,
        "properties": {"a": {"type": "array", "items": {"type": "integer"}},
                       "b": {"type": "object", "required": ["c"]}}})",
                              R"({"b": {}, "a": [1, "x", 2, "y"]})");
    REQUIRE(faults.size() == 3);
    CHECK(faults[0].pointer == "/b");
    CHECK(faults[1].pointer == "/a/1");
    CHECK(faults[2].pointer == "/a/3");
}

TEST_CASE("a valid document has no faults, and steps of pointers are escaped") {
    CHECK(check(R"({"type": "integer"})", "7").empty());
    const auto faults = check(R"({"properties": {"a/b": {"type": "integer"}}})", R"({"a/b": "x"})");
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].pointer == "/a~1b");
}

TEST_CASE("keywords of draft-07 that other validators ignore are honoured") {
    CHECK_FALSE(check(R"({"const": 1})", "2").empty());
    CHECK_FALSE(check(R"({"propertyNames": {"pattern": "^a"}})", R"({"b": 1})").empty());
    CHECK_FALSE(check(R"({"if": {"type": "integer"}, "then": {"minimum": 5}})", "4").empty());
    CHECK_FALSE(check(R"({"not": {"required": ["a"]}})", R"({"a": 1})").empty());
    CHECK_FALSE(check(R"({"pattern": "^(?!foo)\\d+$"})", R"("foo")").empty());
    CHECK_FALSE(check("{\"properties\": {\"a\": false}}", R"({"a": 1})").empty());
    CHECK_FALSE(check(R"({"format": "date-time"})", R"("2027-01-01")").empty());
}

TEST_CASE("a schema that is not usable is refused, not ignored") {
    CHECK_FALSE(json::Schema::compile(parse("7")).has_value());
    CHECK_FALSE(json::Schema::compile(parse(R"({"type": 7})")).has_value());
    CHECK_FALSE(json::Schema::compile(parse(R"({"$ref": "#/definitions/none"})")).has_value());
    CHECK_FALSE(
        json::Schema::compile(parse(R"({"$ref": "https://example.com/s.json"})")).has_value());
}

TEST_CASE("every embedded schema is usable, stands alone and has patterns that compile") {
    std::vector<std::string_view> texts;
    for (const auto& file : manifest::embedded_schemas()) {
        texts.push_back(file.text);
        CHECK(json::Schema::compile(parse(file.text)).has_value());
    }
    for (const auto& file : catalogue::embedded_destinations()) {
        texts.push_back(file.text);
    }
    std::size_t patterns = 0;
    for (const auto text : texts) {
        each_object(parse(text), [&](const json::Value& schema) {
            if (const auto& reference = schema["$ref"]; reference.is_string()) {
                CHECK(reference.as_string().substr(0, 14) == "#/definitions/");
            }
            if (const auto& pattern = schema["pattern"]; pattern.is_string()) {
                ++patterns;
                CHECK_NOTHROW(std::regex(pattern.as_string(), std::regex::ECMAScript));
                CHECK_MESSAGE(schema["patternErrorMessage"].is_string(), pattern.as_string());
            }
        });
    }
    CHECK(patterns > 10);
}

TEST_CASE("every property of the manifest schema tells an editor what it is") {
    const auto root = manifest_schema();
    each_object(root, [&](const json::Value& schema) {
        if (schema["type"].as_string() != "object") {
            return;
        }
        for (const auto& [name, property] : schema["properties"].as_object()) {
            const auto& reference = property["$ref"].as_string();
            const auto* target = reference.empty()
                                     ? &property
                                     : json::find(root, std::string_view(reference).substr(1));
            REQUIRE(target != nullptr);
            const std::string field = name; // a binding cannot be captured
            CAPTURE(field);
            CHECK((property["title"].is_string() || (*target)["title"].is_string()));
            CHECK((property["description"].is_string() || (*target)["description"].is_string()));
        }
    });
}

TEST_CASE("the manifest schema accepts one document of each kind") {
    auto schema = json::Schema::compile(manifest_schema());
    REQUIRE(schema.has_value());
    for (const auto& document :
         {export_document(), segments_document(), account_document(), project_document()}) {
        for (const auto& fault : schema->check(document)) {
            FAIL_CHECK(fault.pointer, ": ", fault.message);
        }
    }
}

TEST_CASE("the manifest schema refuses each thing that it is there to refuse") {
    auto schema = json::Schema::compile(manifest_schema());
    REQUIRE(schema.has_value());
    struct Change {
        json::Value document;
        std::string pointer;
        std::string text;
    };
    const std::string spec = "/spec";
    const std::string environment = "/spec/environments/prod";
    const std::vector<Change> changes{
        {export_document(), "/apiVersion", R"("penstock/v2")"},    // const
        {export_document(), "/kind", R"("Export")"},               // enum
        {export_document(), "/apiVersion", ""},                    // required
        {export_document(), "/extra", "1"},                        // closed
        {export_document(), "/metadata/name", R"("A_b")"},         // pattern
        {export_document(), "/metadata/name", "7"},                // type
        {export_document(), "/metadata/labels/team", "7"},         // additionalProperties
        {export_document(), "/metadata/labels/my team", R"("x")"}, // propertyNames
        {export_document(), "/spec/account", R"("")"},             // minLength
        {export_document(), "/spec/datasets", "[]"},               // minItems
        {export_document(), "/spec/datasets/0", R"({"id": "5ef3e3259ad2a1191ab7dd7d"})"}, // items
        {export_document(), "/spec/schedule/frequency", R"("HOURLY")"},
        {export_document(), "/spec/schedule/startTime", R"("2027-01-01")"}, // format
        {export_document(), "/spec/enabled", R"("yes")"},
        {export_document(), "/spec/description", "\"" + std::string(1001, 'x') + "\""}, // maxLength
        {segments_document(), "/spec/segments", "[]"},
        {segments_document(), "/spec/segments/0/id", R"("")"},
        {segments_document(), "/spec/segments/0/schedule", R"({"frequency": "DAILY"})"},
        {segments_document(), "/spec/filenameTemplate", "\"" + std::string(256, 'x') + "\""},
        {segments_document(), "/spec/schedule/frequency", R"("EVERY_9_HOURS")"},
        {segments_document(), "/spec/schedule/exportMode", R"("FULL")"},
        {segments_document(), "/spec/schedule/triggerType", R"("CHAINED")"},
        {segments_document(), "/spec/schedule/startDate", R"("2027-01-01T00:00:00Z")"},
        {segments_document(), "/spec/schedule/startTime", R"("12:30")"},
        {segments_document(), "/spec/mapping/0/sourceType", R"("EXPRESION")"},
        {segments_document(), "/spec/mapping/0/destination", ""},
        {segments_document(), "/spec/mandatoryFields/0", R"("")"},
        {segments_document(), "/spec/deduplicationKeys/0", R"({})"},
        {segments_document(), "/spec/deduplicationKeys/0",
         R"({"attributePath": "b", "identityNamespace": "Email"})"},
        {account_document(), "/spec/encryption", R"({"publicKey": "literal"})"},
        {account_document(), "/spec/encryption", R"({"publicKey": {"env": "A"}, "x": 1})"},
        {account_document(), "/spec/destination", R"("snowflake")"},
        {account_document(), "/spec/connectionId",
         R"("0f2c1b5e-7a3d-4c1e-9b8f-2d6e5a4c3b2a")"}, // not
        {account_document(), "/spec/auth/params", ""},
        {account_document(), "/spec/auth/params/s3SecretKey", "{}"}, // minProperties
        {account_document(), "/spec/auth/params/s3SecretKey",
         R"({"env": "A", "file": "b"})"},                                             // max
        {account_document(), "/spec/auth/params/s3SecretKey", R"({"command": "x"})"}, // oneOf
        {project_document(), "/spec/environments", "{}"},
        {project_document(), environment + "/organization", R"("acme")"},
        {project_document(), environment + "/auth/clientSecret", R"("literal")"}, // allOf
        {project_document(), environment + "/auth/apiKey", R"({"env": "A"})"},    // oneOf
        {project_document(), environment + "/endpoint", R"("ftp://x")"},
        {project_document(), "/spec/manifests", R"([""])"},
    };
    for (const auto& change : changes) {
        CAPTURE(change.pointer);
        CAPTURE(change.text);
        CHECK_FALSE(schema->check(changed(change.document, change.pointer, change.text)).empty());
    }
}
