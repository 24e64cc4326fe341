#include "catalogue/catalogue.hpp"
#include "emulator/embedded_data.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "support/files.hpp"
#include "support/requests.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using test::World;

namespace {

json::Value golden(const std::string& slug) {
    const auto expected = json::parse(
        test::read_file(test::test_data_folder() / "golden/segment_requests" / (slug + ".json")));
    REQUIRE(expected);
    return *expected;
}

manifest::Segment segment(const json::Value& value) {
    manifest::Segment segment;
    segment.id = value["id"].as_string();
    segment.name = value["name"].as_string();
    segment.system_segment_id = value["systemSegmentId"].as_string();
    segment.origin = value["namespace"].as_string();
    segment.filename_template = value["filenameTemplate"].as_string();
    const auto& schedule = value["schedule"];
    segment.schedule = {value["exportMode"].as_string(),     schedule["frequency"].as_string(),
                        schedule["triggerType"].as_string(), schedule["startDate"].as_string(),
                        schedule["startTime"].as_string(),   schedule["endDate"].as_string()};
    return segment;
}

void read_patch(const json::Value& patch, manifest::SegmentExport& document) {
    for (const auto& operation : patch.as_array()) {
        const auto& path = operation["path"].as_string();
        const auto& value = operation["value"];
        if (path.ends_with("/selectors/-")) {
            document.segments.push_back(segment(value["value"]));
        } else if (path.ends_with("/mandatoryFields")) {
            for (const auto& field : value.as_array()) {
                document.mandatory_fields.push_back(field.as_string());
            }
        } else if (path.ends_with("/primaryFields")) {
            using Kind = manifest::DeduplicationKey::Kind;
            for (const auto& key : value.as_array()) {
                const bool identity = key["fieldType"].as_string() == "IDENTITY";
                document.deduplication_keys.push_back(
                    {identity ? Kind::identity_namespace : Kind::attribute_path,
                     key[identity ? "identityNamespace" : "attributePath"].as_string()});
            }
        }
    }
}

/// One export whose values are those of the expected requests.
manifest::Manifests project_for(const json::Value& expected, test::FakeSecrets& secrets) {
    const auto& slug = expected["destination"].as_string();
    auto project = test::segment_project_for(slug);
    project.accounts[0].connection = test::account_auth(expected["connections"], secrets);
    manifest::SegmentExport document;
    document.metadata = project.segments[0].metadata;
    document.account = project.segments[0].account;
    document.slug = slug;
    document.destination = test::manifest_parameters(expected["targetConnections"]["params"],
                                                     *catalogue::Catalogue::embedded().find(slug));
    for (const auto& column : expected["mappingSets"]["mappings"].as_array()) {
        document.mapping.push_back({column["source"].as_string(), column["destination"].as_string(),
                                    column["sourceType"].as_string()});
    }
    read_patch(expected["flowPatch"], document);
    project.segments[0] = document;
    return project;
}

/// The only request of that method to that place, parsed.
json::Value only(const test::Run& run, const std::string& method, const std::string& part) {
    const auto bodies = test::bodies(run, method, part);
    REQUIRE(bodies.size() == 1);
    auto body = json::parse(bodies[0]);
    REQUIRE(body);
    return *body;
}

/// A schema that was posted, in words where it is a copy.
json::Value in_words(json::Value schema) {
    schema.make_object().erase("name");
    auto& content = *json::find(schema, "/jsonSchema");
    if (content == emulator::union_schema()) {
        content = "<union schema>";
        return schema;
    }
    for (const auto& [name, copied] : emulator::partner_schema()["properties"].as_object()) {
        auto* property = json::find(content, json::child("/properties", name));
        if (property != nullptr && *property == copied) {
            *property = "<partner schema>";
        }
    }
    return schema;
}

std::string schema_in_words(const World& world, const json::Value& id) {
    const auto& schemas = world.platform.data_prep().schemas();
    REQUIRE(schemas.contains(id.as_string()));
    return schemas.at(id.as_string()).json_schema == emulator::union_schema() ? "<inputSchema>"
                                                                              : "<outputSchema>";
}

json::Value mapping_set_in_words(json::Value set, const World& world) {
    CHECK_FALSE(set["name"].as_string().empty()); // its own, by which it is found again
    set.make_object().erase("name");
    for (const char* pointer : {"/inputSchema/id", "/outputSchema/id"}) {
        auto* id = json::find(set, pointer);
        REQUIRE(id != nullptr);
        *id = schema_in_words(world, *id);
    }
    return set;
}

/// The patch without the marker, which goes last.
json::Value patch_in_words(json::Value patch, const World& world) {
    auto& operations = patch.make_array();
    REQUIRE_FALSE(operations.empty());
    CHECK(operations.back()["path"].as_string() == "/description");
    CHECK(operations.back()["op"].as_string() == "replace");
    operations.pop_back();
    for (auto& operation : operations) {
        if (auto* id = json::find(operation, "/value/mappingId")) {
            CHECK(world.platform.data_prep().mapping_sets().contains(id->as_string()));
            *id = "<mappingSets>";
        }
    }
    return patch;
}

/// Every body that the run sent, under the names of the expected requests.
std::map<std::string, json::Value> sent(const test::Run& run, const World& world) {
    auto bodies = test::posted(run, world);
    for (const auto& text : test::bodies(run, "POST", "conversion/schemas")) {
        auto schema = in_words(*json::parse(text));
        const bool input = schema["jsonSchema"].is_string();
        const std::string name = input ? "inputSchema" : "outputSchema";
        CHECK_FALSE(bodies.contains(name));
        bodies[name] = schema;
    }
    // A set is shown to the service before it is made.
    const auto sets = test::bodies(run, "POST", "conversion/mappingSets");
    REQUIRE(sets.size() == 2);
    CHECK(sets[0] == sets[1]);
    bodies["mappingSets"] = mapping_set_in_words(*json::parse(sets[1]), world);
    bodies["flowPatch"] = patch_in_words(only(run, "PATCH", ""), world);
    return bodies;
}

std::map<std::string, json::Value> check_sent(const json::Value& expected) {
    World world;
    const auto project = project_for(expected, world.secrets);
    const auto run = world.apply(project);
    test::check_done(run);
    auto bodies = sent(run, world);
    CHECK(bodies.size() == 8);
    for (const auto& [name, body] : bodies) {
        CHECK(json::write_canonical(body) == json::write_canonical(expected[name]));
    }
    test::check_unchanged(world.apply(project));
    return bodies;
}

void set(json::Value& document, const std::string& pointer, const char* text) {
    auto value = json::parse(text);
    REQUIRE(value);
    auto* place = json::find(document, pointer);
    REQUIRE(place != nullptr);
    *place = std::move(*value);
}

/// The keys' operations are the fourth and the fifth of every expected patch.
void set_keys(json::Value& expected, const char* mandatory, const char* primary) {
    set(expected, "/flowPatch/3/value", mandatory);
    set(expected, "/flowPatch/4/value", primary);
}

std::vector<std::string> slugs() {
    std::vector<std::string> result;
    for (const auto& destination : catalogue::Catalogue::embedded().all()) {
        if (destination.columns == catalogue::Columns::mapping_set) {
            result.push_back(destination.slug);
        }
    }
    return result;
}

} // namespace

TEST_CASE("a new dataflow is read once between its creation and the request that fills it") {
    World world;
    const auto run = world.apply(test::segment_project());
    test::check_done(run);
    std::vector<std::string> methods;
    for (const auto& request : run.requests) {
        if (request.path.find("/flowservice/flows") != std::string::npos && request.query.empty()) {
            methods.push_back(request.method);
        }
    }
    CHECK(fmt::format("{}", fmt::join(methods, " ")).starts_with("POST GET PATCH GET"));
}

TEST_CASE("segments: the requests for the tutorial's values are the tutorial's requests") {
    CHECK(slugs().size() == 6);
    for (const auto& slug : slugs()) {
        INFO(slug);
        check_sent(golden(slug));
    }
}

TEST_CASE("segments: files that are not CSV have no csvOptions") {
    for (const auto& slug : slugs()) {
        INFO(slug);
        auto expected = golden(slug);
        auto& target = json::find(expected, "/targetConnections/params")->make_object();
        target.erase("csvOptions");
        target["fileType"] = "JSON";
        target["compression"] = "NONE";
        check_sent(expected);
    }
}

TEST_CASE("segments: the other ways to authenticate change the base connection alone") {
    auto sftp = golden("sftp");
    set(sftp, "/connections/auth",
        R"({"specName":"SFTP with SSH Key","params":{"domain":"ftp.example","username":"user",
            "sshKey":"a private key"}})");
    check_sent(sftp);
    auto s3 = golden("amazon-s3");
    set(s3, "/connections/auth",
        R"({"specName":"Assumed Role","params":{"s3Role":"arn:aws:iam::123456789012:role/export"}})");
    check_sent(s3);
    // Without credentials the spec is still named, which the tutorial forgets (section 5.6).
    const auto landing_zone = check_sent(golden("data-landing-zone")).at("connections");
    CHECK(landing_zone["auth"].is_null());
    CHECK(landing_zone["connectionSpec"].is_object());
}

TEST_CASE("segments: encryption belongs to the base connection") {
    // The newest document, against the tutorial (section 5.4).
    for (const auto& slug : slugs()) {
        if (slug == "data-landing-zone") {
            continue; // its files cannot be encrypted
        }
        INFO(slug);
        auto expected = golden(slug);
        expected.make_object()["connections"].make_object()["encryptionSpecs"] =
            *json::parse(R"({"specName":"Encryption spec",
                             "params":{"encryptionAlgo":"PGPGPG","publicKey":"QSBrZXk="}})");
        const auto bodies = check_sent(expected);
        CHECK(bodies.at("targetConnections")["params"]["encryptionSpecs"].is_null());
    }
}

TEST_CASE("segments: keys that are identities") {
    auto expected = golden("amazon-s3");
    set(expected, "/mappingSets/mappings/1",
        R"({"destination":"GAID","source":"identityMap.GAID","sourceType":"ATTRIBUTE"})");
    auto& columns = json::find(expected, "/outputSchema/jsonSchema/properties")->make_object();
    auto column = columns["Email"];
    column.make_object()["title"] = "GAID";
    columns.erase("Email");
    columns["GAID"] = column;
    set_keys(expected, R"(["GAID"])", R"([{"identityNamespace":"GAID","fieldType":"IDENTITY"}])");
    check_sent(expected);
}

TEST_CASE("segments: keys that are attributes") {
    // Where the tutorial repeats the identity (section 5.6).
    auto expected = golden("amazon-s3");
    set(expected, "/mappingSets/mappings",
        R"([{"destination":"person_name_lastName","source":"person.name.lastName",
             "sourceType":"ATTRIBUTE"},
            {"destination":"personalEmail_address","source":"personalEmail.address",
             "sourceType":"ATTRIBUTE"}])");
    auto& columns = json::find(expected, "/outputSchema/jsonSchema/properties")->make_object();
    columns.erase("firstName");
    columns.erase("Email");
    for (const char* name : {"person_name_lastName", "personalEmail_address"}) {
        columns[name] = json::Object{{"title", name}, {"type", "string"}};
    }
    set_keys(expected, R"(["person_name_lastName"])",
             R"([{"fieldType":"ATTRIBUTE","attributePath":"personalEmail_address"}])");
    check_sent(expected);
}

TEST_CASE("segments: every kind of schedule") {
    struct Variant {
        const char* mode;
        const char* schedule;
    };
    // The first is the OpenAPI document's example; its "CHAINED" is ONCE after evaluation, which
    // has no time (sections 5.6 and 6.2). The others are rows of section 6.2, the incremental one
    // with the values of section 4.5.
    const std::vector<Variant> variants{
        {"DAILY_FULL_EXPORT",
         R"({"startDate":"2022-07-22","frequency":"ONCE","startTime":"23:00","triggerType":"SCHEDULED"})"},
        {"DAILY_FULL_EXPORT",
         R"({"startDate":"2022-07-22","frequency":"ONCE","triggerType":"AFTER_SEGMENT_EVAL"})"},
        {"DAILY_FULL_EXPORT",
         R"({"startDate":"2022-07-22","frequency":"DAILY","startTime":"23:00","endDate":"2022-11-23","triggerType":"SCHEDULED"})"},
        {"DAILY_FULL_EXPORT",
         R"({"startDate":"2022-07-22","frequency":"DAILY","endDate":"2022-11-23","triggerType":"AFTER_SEGMENT_EVAL"})"},
        {"FIRST_FULL_THEN_INCREMENTAL",
         R"({"frequency":"EVERY_3_HOURS","triggerType":"SCHEDULED","startDate":"2022-11-15","endDate":"2022-11-23","startTime":"22:00"})"},
        {"FIRST_FULL_THEN_INCREMENTAL",
         R"({"frequency":"DAILY","triggerType":"SCHEDULED","startDate":"2022-11-15","endDate":"2022-11-23","startTime":"22:00"})"},
    };
    for (const auto& variant : variants) {
        INFO(variant.mode << " " << variant.schedule);
        auto expected = golden("amazon-s3");
        for (const char* selector : {"/flowPatch/0/value/value", "/flowPatch/1/value/value"}) {
            auto& value = json::find(expected, selector)->make_object();
            value["exportMode"] = variant.mode;
            value["schedule"] = *json::parse(variant.schedule);
        }
        check_sent(expected);
    }
}
