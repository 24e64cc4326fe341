#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace penstock;
using test::code_of;
using test::EmulatorFixture;
using test::mapping;
using test::selector;
using test::with;

namespace {

/// A segment flow whose changes are done at once.
class SegmentFixture : public EmulatorFixture {
  public:
    explicit SegmentFixture(emulator::Settings settings = {})
        : EmulatorFixture(at_once(std::move(settings))), path("/flows/" + make_segment_flow()) {}

    json::Value params() {
        return get(path).item()["transformations"].as_array().front()["params"];
    }
    std::vector<std::string> segments() {
        std::vector<std::string> ids;
        const auto shown = params();
        for (const auto& entry : shown["segmentSelectors"]["selectors"].as_array()) {
            ids.push_back(entry["value"]["id"].as_string());
        }
        return ids;
    }
    test::Answered add(std::string_view member, const json::Value& value) {
        return patch(path, "add", fmt::format("{}/{}", test::segment_params, member), value);
    }
    test::Answered add_segment(const json::Value& added) {
        return add("segmentSelectors/selectors/-", added);
    }

    std::string path;

  private:
    static emulator::Settings at_once(emulator::Settings settings) {
        settings.patch_duration = Milliseconds(0);
        return settings;
    }
};

json::Value step(std::string_view op, std::string_view place, json::Value value) {
    return json::Object{
        {"op", op},
        {"path", fmt::format("{}/segmentSelectors/selectors/{}", test::segment_params, place)},
        {"value", std::move(value)}};
}

json::Value mapping_value(const std::string& id, std::int64_t version) {
    return json::Object{{"mappingId", id}, {"mappingVersion", version}};
}

json::Value identity(const char* code) {
    return json::Object{{"fieldType", "IDENTITY"}, {"identityNamespace", code}};
}

json::Value attribute(const char* column) {
    return json::Object{{"fieldType", "ATTRIBUTE"}, {"attributePath", column}};
}

} // namespace

TEST_CASE("emulator: what a new segment flow has to be") {
    EmulatorFixture fixture;
    const auto source = fixture.post("/sourceConnections", test::segment_source_body()).id();
    const auto target =
        fixture.post("/targetConnections", test::segment_target_body(fixture.make_connection()))
            .id();
    const auto body = test::segment_flow_body(source, target);
    const auto post = [&](std::string_view pointer, json::Value value) {
        return fixture.post("/flows", with(body, pointer, std::move(value))).status;
    };
    CHECK(post("/name", "Export") == 201);
    CHECK(post("/transformations", json::Array{}) == 201);
    CHECK(post("/transformations", {}) == 201);
    CHECK(post("/transformations", "text") == 400);
    CHECK(post("/transformations", json::Array{json::Object{}}) == 400);
    CHECK(post("/transformations/0/name", "General Transform") == 400);
    CHECK(post("/transformations/0/params", {}) == 400);
    CHECK(post("/transformations/0/surprise", 1) == 400);
    CHECK(post("/transformations/0/params/profileSelectors", json::Object{}) == 400);
    CHECK(post("/transformations/0/params/mandatoryFields", json::Object{}) == 400);
    CHECK(post("/transformations/0/params/primaryFields", json::Object{}) == 400);
    CHECK(post("/transformations/0/params/profileMapping", json::Array{}) == 400);
    CHECK(post("/transformations/0/params/segmentSelectors", json::Object{}) == 400);
    CHECK(post("/transformations/0/params/segmentSelectors/surprise", 1) == 400);
    CHECK(post("/scheduleParams", test::flow_body("", "")["scheduleParams"]) == 400);
    CHECK(post("/sourceConnectionIds", json::Array{fixture.make_source()}) == 400);
    const auto dataset_target = fixture.make_target(fixture.make_connection());
    CHECK(post("/targetConnectionIds", json::Array{dataset_target}) == 400);
    CHECK(fixture.post("/flows", test::flow_body(source, dataset_target)).status == 400);
    CHECK(fixture.get("/targetConnections/" + target)
              .item()["params"]["csvOptions"]
              .as_object()
              .size() == 5);
    CHECK(fixture.get("/sourceConnections/" + source).item()["typeInfo"]["id"].as_string() ==
          "ups");
}

TEST_CASE("emulator: each csvOption takes the values of its table only") {
    EmulatorFixture fixture;
    const auto base = fixture.make_connection();
    const auto post = [&](const char* option, json::Value value) {
        auto body = with(test::segment_target_body(base), "/params/csvOptions",
                         json::Object{{option, std::move(value)}});
        return fixture.post("/targetConnections", body).status;
    };
    const std::vector<std::pair<const char*, std::vector<const char*>>> allowed{
        {"quote", {"\"", ""}},
        {"escape", {"\\", "'"}},
        {"delimiter", {",", "\t", "|", ";", ":"}},
        {"nullValue", {"null", "\"\"", ""}},
        {"emptyValue", {"null", "\"\"", ""}}};
    for (const auto& entry : allowed) {
        for (const auto* value : entry.second) {
            CHECK(post(entry.first, value) == 201);
        }
        CHECK(post(entry.first, "x") == 400);
        CHECK(post(entry.first, 1) == 400);
    }
    CHECK(post("encoding", "UTF-8") == 400);
    const auto json_file = with(test::segment_target_body(base), "/params/fileType", "JSON");
    CHECK(fixture.post("/targetConnections", json_file).status == 201);
    CHECK(fixture.post("/targetConnections", with(json_file, "/params/csvOptions", json::Object{}))
              .status == 400);
    CHECK(fixture.post("/targetConnections", with(json_file, "/params/fileType", "XML")).status ==
          400);
}

TEST_CASE("emulator: what a selector has to be") {
    SegmentFixture fixture;
    const auto refused = [&](std::string_view pointer, json::Value value) {
        return code_of(fixture.add_segment(with(selector("s"), pointer, std::move(value)))) ==
               "1455-400";
    };
    CHECK(refused("/type", "STREAMING_SEGMENT"));
    CHECK(refused("/surprise", 1));
    CHECK(refused("/value", "s"));
    CHECK(refused("/value/id", {}));
    CHECK(refused("/value/id", ""));
    CHECK(refused("/value/surprise", 1));
    CHECK(refused("/value/fileNameTemplate", "x"));
    CHECK(refused("/value/name", 1));
    CHECK(refused("/value/systemSegmentId", "x"));
    CHECK(refused("/value/namespace", "x"));
    CHECK(refused("/value/enrichmentInfo", "x"));
    CHECK_FALSE(refused("/value/createTime", "1668548786"));
    CHECK(fixture.segments() == std::vector<std::string>{"s"});
    CHECK(code_of(fixture.add_segment(selector("s"))) == "1455-400");

    auto rich = selector("external");
    for (const char* member : {"name", "description", "systemSegmentId", "namespace"}) {
        rich = with(rich, std::string("/value/") + member, "x");
    }
    rich = with(rich, "/value/enrichmentInfo", json::Object{{"enabled", true}});
    CHECK(fixture.add_segment(rich).status == 200);
    CHECK(fixture.segments() == std::vector<std::string>{"s", "external"});
}

TEST_CASE("emulator: which file names a selector may have") {
    SegmentFixture fixture;
    int count = 0;
    const auto accepted = [&](const std::string& name) {
        const auto body =
            with(selector(fmt::format("s{}", ++count)), "/value/filenameTemplate", name);
        return fixture.add_segment(body).status == 200;
    };
    CHECK(accepted("plain-text"));
    CHECK(accepted("%DESTINATION%%DESTINATION_NAME%%SEGMENT_ID%_%SEGMENT_NAME%"));
    CHECK(accepted("%DESTINATION_INSTANCE_ID%%DESTINATION_INSTANCE_NAME%"));
    CHECK(accepted("%ORGANIZATION_NAME%_%SANDBOX_NAME%_%TIMESTAMP%"));
    CHECK(accepted("%DATETIME(YYYYMMdd_HHmmss)%"));
    CHECK(accepted(std::string(255, 'a')));
    std::string umlauts;
    for (int i = 0; i < 255; ++i) {
        umlauts += "\xC3\xBC";
    }
    CHECK(accepted(umlauts));
    CHECK_FALSE(accepted(umlauts + "a"));
    CHECK_FALSE(accepted(std::string(256, 'a')));
    CHECK_FALSE(accepted(""));
    CHECK_FALSE(accepted("%TIMESTAMP%%DATETIME(YYYYMMdd_HHmmss)%"));
    CHECK_FALSE(accepted("%CUSTOMER%"));
    CHECK_FALSE(accepted("%segment_id%"));
    CHECK_FALSE(accepted("%DATETIME()%"));
    CHECK_FALSE(accepted("%DATETIME(x)y%"));
    CHECK_FALSE(accepted("100%"));
    CHECK_FALSE(accepted("%%"));
}

TEST_CASE("emulator: steps of a PATCH go one after the other, and all or none") {
    SegmentFixture fixture;
    const auto dummy = json::Object{{"type", "PLATFORM_SEGMENT"}, {"value", json::Object{}}};
    for (const char* id : {"a", "b", "c", "d"}) {
        REQUIRE(fixture.add_segment(selector(id)).status == 200);
    }
    // The second index counts what the first step has left (section 7.5).
    CHECK(fixture
              .patch(fixture.path,
                     json::Array{step("remove", "0", dummy), step("remove", "1", dummy)})
              .status == 200);
    CHECK(fixture.segments() == std::vector<std::string>{"b", "d"});
    CHECK(fixture
              .patch(fixture.path, json::Array{step("add", "-", selector("e")),
                                               step("replace", "2", selector("f"))})
              .status == 200);
    CHECK(fixture.segments() == std::vector<std::string>{"b", "d", "f"});

    const auto etag = fixture.get(fixture.path).item()["etag"];
    CHECK(code_of(fixture.patch(
              fixture.path, json::Array{step("remove", "0", dummy), step("remove", "7", dummy)})) ==
          "1455-400");
    CHECK(code_of(fixture.patch(fixture.path, json::Array{step("remove", "0", dummy),
                                                          step("add", "-", selector("d"))})) ==
          "1455-400");
    CHECK(code_of(fixture.patch(
              fixture.path, json::Array{json::Object{
                                {"op", "remove"}, {"path", step("remove", "0", {})["path"]}}})) ==
          "1455-400");
    for (const char* op : {"move", "copy", "test", "REMOVE"}) {
        CHECK(code_of(fixture.patch(fixture.path, json::Array{step(op, "0", dummy)})) ==
              "1434-400");
    }
    CHECK(fixture.segments() == std::vector<std::string>{"b", "d", "f"});
    CHECK(fixture.get(fixture.path).item()["etag"] == etag);
    CHECK(fixture
              .patch(fixture.path,
                     json::Array{step("remove", "1", dummy), step("add", "-", selector("d"))})
              .status == 200);
    CHECK(fixture.segments() == std::vector<std::string>{"b", "f", "d"});
}

TEST_CASE("emulator: only a written selector gets a new updateTime") {
    SegmentFixture fixture;
    auto sent = with(selector("a"), "/value/createTime", "1");
    sent = with(sent, "/value/updateTime", "2");
    fixture.add_segment(sent);
    fixture.add_segment(selector("b"));
    const auto times = [&](std::size_t index) {
        const auto shown = fixture.params();
        const auto& value = shown["segmentSelectors"]["selectors"].as_array()[index]["value"];
        CHECK(value["description"].as_string().empty());
        CHECK(value["description"].is_string());
        return std::pair(value["createTime"].as_string(), value["updateTime"].as_string());
    };
    const std::string made = "1793491200";
    const std::string later = "1793491260";
    CHECK(times(0) == std::pair(made, made));
    fixture.clock.advance(std::chrono::seconds(60));
    auto again = with(selector("a"), "/value/updateTime", made);
    fixture.patch(fixture.path, json::Array{step("replace", "0", again)});
    CHECK(times(0) == std::pair(made, later));
    CHECK(times(1) == std::pair(made, made));
    fixture.patch(fixture.path, json::Array{step("replace", "1", selector("c"))});
    CHECK(times(1) == std::pair(later, later));
}

TEST_CASE("emulator: a mapping has to exist in that version, with one identity at most") {
    SegmentFixture fixture;
    const auto id = fixture.make_mapping_set(
        {mapping("person.name.firstName", "firstName"), mapping("identityMap.Email", "Email")});
    const auto two = fixture.make_mapping_set(
        {mapping("identityMap.Email", "Email"), mapping("identityMap.ECID", "ECID")});
    CHECK(code_of(fixture.add("profileMapping", mapping_value("nowhere", 0))) == "1412-400");
    CHECK(code_of(fixture.add("profileMapping", mapping_value(id, 1))) == "1412-400");
    CHECK(code_of(fixture.add("profileMapping", json::Object{{"mappingId", id}})) == "1412-400");
    CHECK(code_of(fixture.add("profileMapping", mapping_value(two, 0))) == "1419-400");
    CHECK(code_of(fixture.add("profileMapping", with(mapping_value(id, 0), "/surprise", 1))) ==
          "1455-400");
    CHECK(fixture.add("profileMapping", mapping_value(id, 0)).status == 200);
    CHECK(fixture.params()["profileMapping"] == mapping_value(id, 0));
    CHECK(fixture.add("profileMapping", json::Object{}).status == 200);
    CHECK(fixture.params()["profileMapping"].as_object().empty());
}

TEST_CASE("emulator: keys name columns of the mapping or its identity") {
    SegmentFixture fixture;
    CHECK(code_of(fixture.add("mandatoryFields", json::Array{"firstName"})) == "1455-400");
    const auto id = fixture.make_mapping_set({mapping("person.name.firstName", "firstName"),
                                              mapping("person.name.lastName", "lastName"),
                                              mapping("personalEmail.address", "mail"),
                                              mapping("identityMap.Phone_E//.164", "Phone_E_164")});
    fixture.add("profileMapping", mapping_value(id, 0));
    const auto mandatory = [&](const json::Value& fields) {
        return fixture.add("mandatoryFields", fields).status;
    };
    CHECK(mandatory(json::Array{"firstName", "Phone_E_164", "Phone_E.164"}) == 200);
    CHECK(mandatory(json::Array{}) == 200);
    CHECK(mandatory(json::Array{"person.name.firstName"}) == 400);
    CHECK(mandatory(json::Array{1}) == 400);
    CHECK(mandatory("firstName") == 400);

    const auto primary = [&](json::Array fields) {
        return fixture.add("primaryFields", std::move(fields)).status;
    };
    CHECK(primary({identity("Phone_E.164")}) == 200);
    CHECK(primary({attribute("mail")}) == 200);
    CHECK(primary({attribute("mail"), attribute("firstName")}) == 200);
    CHECK(primary({}) == 200);
    CHECK(primary({identity("Email")}) == 400);
    CHECK(primary({identity("mail")}) == 400);
    CHECK(primary({attribute("fax")}) == 400);
    CHECK(primary({attribute("mail"), attribute("mail")}) == 400);
    CHECK(primary({attribute("mail"), attribute("firstName"), attribute("lastName")}) == 400);
    CHECK(primary({identity("Phone_E.164"), attribute("mail")}) == 400);
    CHECK(primary({attribute("mail"), identity("Phone_E.164")}) == 400);
    CHECK(primary({identity("Phone_E.164"), identity("Phone_E.164")}) == 400);
    CHECK(primary({with(attribute("mail"), "/fieldType", "COLUMN")}) == 400);
    CHECK(primary({with(attribute("mail"), "/identityNamespace", "Phone_E.164")}) == 400);
    CHECK(fixture.add("primaryFields", "mail").status == 400);

    fixture.add("mandatoryFields", json::Array{"firstName"});
    CHECK(code_of(fixture.add("profileMapping", json::Object{})) == "1455-400");
}

TEST_CASE("emulator: one PATCH makes a whole export, whatever the order of its steps") {
    SegmentFixture fixture;
    const auto id = fixture.make_mapping_set(
        {mapping("person.name.firstName", "firstName"), mapping("identityMap.Email", "Email")});
    const auto params = std::string(test::segment_params);
    const auto add = [&](std::string_view member, json::Value value) {
        return json::Object{{"op", "add"},
                            {"path", fmt::format("{}/{}", params, member)},
                            {"value", std::move(value)}};
    };
    // The keys come before the mapping that they need: only the result is checked.
    const auto done = fixture.patch(
        fixture.path,
        json::Array{add("mandatoryFields", json::Array{"firstName"}),
                    add("primaryFields", json::Array{identity("Email")}),
                    step("add", "-", selector("a")), step("add", "-", selector("b")),
                    add("profileMapping", mapping_value(id, 0)),
                    json::Object{{"op", "replace"}, {"path", "/name"}, {"value", "Whole"}}});
    REQUIRE(done.status == 200);
    CHECK(fixture.segments() == std::vector<std::string>{"a", "b"});
    CHECK(fixture.get(fixture.path).item()["name"].as_string() == "Whole");
    CHECK(fixture.get(fixture.path).item()["lastOperation"]["ops"].as_array().size() == 6);
    const auto found = fixture.get(
        "/flows?count=true&property=transformations%5B%5D.params.segmentSelectors.selectors%5B%5D."
        "value.id%3D%3Db");
    CHECK(found.body["count"].as_integer() == 1);
    CHECK(fixture.platform.store().entities().size() == 4);
}
