#include "support/legacy_fixture.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using test::at;
using test::attribute_key;
using test::attributes;
using test::code_of;
using test::identity_key;
using test::legacy_selector;
using test::LegacyFixture;
using test::profile_selector;
using test::segments_end;
using test::with;

namespace {

json::Value step(std::string_view op, const std::string& path, json::Value value) {
    return json::Object{{"op", op}, {"path", path}, {"value", std::move(value)}};
}

} // namespace

TEST_CASE("emulator: what a new legacy flow has to be") {
    LegacyFixture fixture;
    const auto post = [&](std::string_view pointer, json::Value value) {
        return fixture.post("/flows", with(fixture.body, pointer, std::move(value))).status;
    };
    CHECK(fixture.params() == fixture.body["transformations"].as_array().front()["params"]);
    CHECK(post("/transformations", json::Array{}) == 201);
    CHECK(post("/transformations/0/params/profileSelectors", {}) == 201);
    CHECK(post("/transformations/0/params/profileSelectors/mandatoryFields", json::Array{}) == 201);
    CHECK(post("/transformations/0/params/profileSelectors/primaryFields", json::Array{}) == 201);
    CHECK(post("/transformations/0/params/profileSelectors", json::Object{}) == 400);
    CHECK(post("/transformations/0/params/profileSelectors", json::Array{}) == 400);
    CHECK(post("/transformations/0/params/profileSelectors/surprise", 1) == 400);
    CHECK(post("/transformations/0/params/profileSelectors/selectors", json::Object{}) == 400);
    CHECK(post("/transformations/0/params/profileMapping", json::Object{}) == 400);
    CHECK(post("/transformations/0/params/mandatoryFields", json::Array{}) == 400);
    CHECK(post("/transformations/0/params/primaryFields", json::Array{}) == 400);
    CHECK(post("/transformations/0/name", "General Transform") == 400);
    CHECK(post("/scheduleParams", test::flow_body("", "")["scheduleParams"]) == 400);
    CHECK(post("/sourceConnectionIds", json::Array{fixture.make_source()}) == 400);
    const auto source = fixture.post("/sourceConnections", test::segment_source_body()).id();
    CHECK(post("/sourceConnectionIds", json::Array{source}) == 201);
}

TEST_CASE("emulator: switch flow_skeleton on a legacy flow") {
    LegacyFixture fixture;
    const auto bare =
        "/flows/" + fixture.post("/flows", with(fixture.body, "/transformations", {})).id();
    const auto selected = profile_selector("person.name.lastName");
    CHECK(code_of(fixture.patch(bare, "add", attributes + "/-", selected)) == "1455-400");
    CHECK(code_of(fixture.patch(bare, "add", segments_end, legacy_selector("a"))) == "1455-400");
    fixture.flip("flow_skeleton=optional");
    CHECK(fixture.patch(bare, "add", segments_end, legacy_selector("a")).status == 200);
    CHECK(fixture.params(bare).as_object().size() == 2);
    CHECK(fixture.patch(bare, "add", attributes + "/-", selected).status == 200);
    CHECK(fixture.params(bare)["profileSelectors"]["selectors"].as_array().size() == 1);
    CHECK(fixture.patch(bare, "add", at("profileMapping"), json::Object{}).status == 400);
}

TEST_CASE("emulator: switch populated_create on a legacy flow") {
    LegacyFixture fixture;
    const auto post = [&](std::string_view member, const json::Value& value) {
        return fixture.post("/flows", with(fixture.body, at(member), value));
    };
    const json::Value selected = json::Array{profile_selector("personalEmail.address")};
    const json::Value segments = json::Array{legacy_selector("a")};
    const json::Value keyed =
        json::Object{{"selectors", selected},
                     {"primaryFields", json::Array{attribute_key("personalEmail.address")}}};
    CHECK(post("profileSelectors/selectors", selected).status == 400);
    CHECK(post("segmentSelectors/selectors", segments).status == 400);
    CHECK(post("profileSelectors", keyed).status == 400);
    fixture.flip("populated_create=accept");
    CHECK(post("segmentSelectors/selectors", segments).status == 201);
    const auto made = post("profileSelectors", keyed);
    REQUIRE(made.status == 201);
    const auto shown = fixture.params("/flows/" + made.id())["profileSelectors"];
    CHECK(shown["selectors"].as_array().size() == 1);
    CHECK(shown["primaryFields"] == keyed["primaryFields"]);
    CHECK(post("profileSelectors/selectors", json::Array{json::Object{}}).status == 400);
    CHECK(post("profileSelectors/mandatoryFields", json::Array{"a"}).status == 400);
}

TEST_CASE("emulator: what a profile selector has to be") {
    LegacyFixture fixture;
    const auto refused = [&](std::string_view pointer, json::Value value) {
        const auto spoilt = with(profile_selector("_id"), pointer, std::move(value));
        return code_of(fixture.add_attribute(spoilt)) == "1455-400";
    };
    CHECK(refused("/type", "PLATFORM_SEGMENT"));
    CHECK(refused("/type", {}));
    CHECK(refused("/surprise", 1));
    CHECK(refused("/value", "_id"));
    CHECK(refused("/value/path", {}));
    CHECK(refused("/value/path", ""));
    CHECK(refused("/value/path", 1));
    CHECK(refused("/value/surprise", 1));
    CHECK(refused("/value/operator", "EQUALS"));
    CHECK(refused("/value/mapping", "_id"));
    CHECK(refused("/value/identity", "_id"));
    CHECK(fixture.paths().empty());
    CHECK(fixture.add_attribute(profile_selector("_id")).status == 200);
    CHECK(refused("/value/operator", "EXISTS"));
    CHECK(fixture.paths() == std::vector<std::string>{"_id"});
    CHECK(code_of(fixture.add(segments_end, profile_selector("x"))) == "1455-400");
    CHECK(code_of(fixture.add_attribute(legacy_selector("x"))) == "1455-400");
}

TEST_CASE("emulator: profile selectors are added, replaced and removed") {
    LegacyFixture fixture;
    fixture.select({"a", "b", "c", "d"});
    CHECK(fixture.paths() == std::vector<std::string>{"a", "b", "c", "d"});
    // The second index counts what the first step has left (section 7.5).
    const auto done = fixture.patch(
        fixture.path, json::Array{step("remove", attributes + "/0", profile_selector("a")),
                                  step("remove", attributes + "/1", profile_selector("c")),
                                  step("replace", attributes + "/0", profile_selector("e")),
                                  step("add", segments_end, legacy_selector("s"))});
    CHECK(done.status == 200);
    CHECK(fixture.paths() == std::vector<std::string>{"e", "d"});
    CHECK(code_of(fixture.patch(fixture.path, "remove", attributes + "/2",
                                profile_selector("x"))) == "1455-400");
    CHECK(code_of(fixture.patch(fixture.path, "replace", attributes + "/1",
                                profile_selector("e"))) == "1455-400");

    // What GET shows of a selector may be written again.
    const auto shown = fixture.params()["profileSelectors"];
    const auto& second = shown["selectors"].as_array()[1];
    CHECK(fixture.patch(fixture.path, "replace", attributes + "/1", second).status == 200);
    CHECK(fixture.params()["profileSelectors"] == shown);

    const json::Value whole = json::Object{{"selectors", json::Array{profile_selector("f")}},
                                           {"mandatoryFields", json::Array{"f"}}};
    CHECK(fixture.add(at("profileSelectors"), whole).status == 200);
    CHECK(fixture.paths() == std::vector<std::string>{"f"});
    CHECK(fixture.params()["profileSelectors"]["mandatoryFields"] == whole["mandatoryFields"]);
    CHECK(code_of(fixture.patch(fixture.path, "replace", at("profileSelectors"), whole)) ==
          "1455-400");
    CHECK(code_of(fixture.patch(fixture.path, "remove", at("profileSelectors"), whole)) ==
          "1455-400");
    CHECK(code_of(fixture.patch(fixture.path, "replace", attributes, json::Array{})) == "1455-400");
}

TEST_CASE("emulator: each kind of flow takes the columns of its kind only") {
    LegacyFixture fixture;
    fixture.select({"a"});
    const auto set = fixture.make_mapping_set({test::mapping("_id", "id")});
    const json::Value mapped = json::Object{{"mappingId", set}, {"mappingVersion", 0}};
    CHECK(code_of(fixture.add(at("profileMapping"), mapped)) == "1455-400");
    CHECK(code_of(fixture.add(at("mandatoryFields"), json::Array{"a"})) == "1455-400");
    CHECK(code_of(fixture.add(at("primaryFields"), json::Array{})) == "1455-400");
    CHECK(fixture.params().as_object().size() == 2);

    const auto card = "/flows/" + fixture.make_segment_flow();
    const json::Value whole = json::Object{{"selectors", json::Array{}}};
    CHECK(code_of(fixture.patch(card, "add", at("profileSelectors"), whole)) == "1455-400");
    CHECK(code_of(fixture.patch(card, "add", attributes + "/-", profile_selector("a"))) ==
          "1455-400");
    CHECK(code_of(fixture.patch(card, "add", at("profileSelectors/mandatoryFields"),
                                json::Array{})) == "1455-400");
    CHECK(fixture.params(card).as_object().size() == 4);
}

TEST_CASE("emulator: keys of a legacy flow name selected attributes and identities") {
    LegacyFixture fixture;
    fixture.select({"person.name.lastName", "person.name.firstName", "personalEmail.address",
                    "identityMap.Phone_E//.164"});
    const auto mandatory = [&](const json::Value& fields) {
        return fixture.add(at("profileSelectors/mandatoryFields"), fields).status;
    };
    CHECK(mandatory(json::Array{"person.name.lastName", "Phone_E.164"}) == 200);
    CHECK(mandatory(json::Array{"homeAddress.city"}) == 400);
    CHECK(mandatory(json::Array{1}) == 400);
    CHECK(mandatory("person.name.lastName") == 400);

    const auto primary = [&](const json::Value& fields) {
        return fixture.add(at("profileSelectors/primaryFields"), fields).status;
    };
    CHECK(primary(json::Array{identity_key("Phone_E.164")}) == 200);
    CHECK(primary(json::Array{attribute_key("person.name.lastName")}) == 200);
    const json::Value two =
        json::Array{attribute_key("person.name.lastName"), attribute_key("personalEmail.address")};
    CHECK(primary(two) == 200);
    CHECK(primary(json::Array{identity_key("Email")}) == 400);
    CHECK(primary(json::Array{attribute_key("homeAddress.city")}) == 400);
    CHECK(primary(json::Array{attribute_key("person.name.lastName"),
                              identity_key("Phone_E.164")}) == 400);
    CHECK(primary(json::Array{attribute_key("person.name.lastName"),
                              attribute_key("person.name.firstName"),
                              attribute_key("personalEmail.address")}) == 400);
    CHECK(primary(json::Array{with(attribute_key("personalEmail.address"), "/fieldType", "X")}) ==
          400);
    CHECK(primary("Phone_E.164") == 400);
    CHECK(fixture.params()["profileSelectors"]["primaryFields"] == two);
    CHECK(fixture.params()["profileSelectors"]["mandatoryFields"].as_array().size() == 2);

    // A selector that a key names goes with the key only.
    const auto gone = step("remove", attributes + "/0", profile_selector("person.name.lastName"));
    CHECK(code_of(fixture.patch(fixture.path, json::Array{gone})) == "1455-400");
    CHECK(
        fixture
            .patch(fixture.path,
                   json::Array{
                       gone, step("replace", at("profileSelectors/mandatoryFields"), json::Array{}),
                       step("replace", at("profileSelectors/primaryFields"), json::Array{})})
            .status == 200);
}
