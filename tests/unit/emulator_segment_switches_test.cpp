#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

using namespace penstock;
using test::code_of;
using test::EmulatorFixture;
using test::mapping;
using test::selector;
using test::with;

namespace {

void flip(EmulatorFixture& fixture, std::string_view assignment) {
    const auto set = emulator::set_switch(fixture.platform.settings(), assignment);
    INFO("switch ", std::string(assignment));
    REQUIRE(set.has_value());
}

const std::string selectors_end =
    std::string(test::segment_params) + "/segmentSelectors/selectors/-";

json::Value params_of(EmulatorFixture& fixture, const std::string& path) {
    return fixture.get(path).item()["transformations"].as_array().front()["params"];
}

json::Value first_value(EmulatorFixture& fixture, const std::string& path) {
    const auto params = params_of(fixture, path);
    const auto& selectors = params["segmentSelectors"]["selectors"].as_array();
    return selectors.empty() ? json::Value() : selectors.front()["value"];
}

/// A platform that finishes changes at once, and a segment flow in it.
struct Made {
    Made() {
        fixture.platform.settings().patch_duration = Milliseconds(0);
        path = "/flows/" + fixture.make_segment_flow();
    }

    EmulatorFixture fixture;
    std::string path;
};

} // namespace

TEST_CASE("emulator: switch flow_skeleton") {
    Made made;
    auto& fixture = made.fixture;
    const auto source = fixture.post("/sourceConnections", test::segment_source_body()).id();
    const auto target =
        fixture.post("/targetConnections", test::segment_target_body(fixture.make_connection()))
            .id();
    const auto body =
        with(test::segment_flow_body(source, target), "/transformations", json::Array{});
    const auto bare = "/flows/" + fixture.post("/flows", body).id();
    CHECK(code_of(fixture.patch(bare, "add", selectors_end, selector("a"))) == "1455-400");
    const auto mapping_path = std::string(test::segment_params) + "/profileMapping";
    CHECK(code_of(fixture.patch(bare, "add", mapping_path, json::Object{})) == "1455-400");
    CHECK(fixture.patch(bare, "replace", "/name", "Still bare").status == 200);
    CHECK(fixture.get(bare).item()["transformations"].as_array().empty());
    flip(fixture, "flow_skeleton=optional");
    CHECK(fixture.patch(bare, "add", selectors_end, selector("a")).status == 200);
    CHECK(first_value(fixture, bare)["id"].as_string() == "a");
    CHECK(params_of(fixture, bare).as_object().size() == 4);
}

TEST_CASE("emulator: switch populated_create") {
    Made made;
    auto& fixture = made.fixture;
    const auto source = fixture.post("/sourceConnections", test::segment_source_body()).id();
    const auto target =
        fixture.post("/targetConnections", test::segment_target_body(fixture.make_connection()))
            .id();
    const auto body = test::segment_flow_body(source, target);
    const auto set = fixture.make_mapping_set({mapping("_id", "id")});
    const auto post = [&](std::string_view member, json::Value value) {
        const auto pointer = fmt::format("{}/{}", test::segment_params, member);
        return fixture.post("/flows", with(body, pointer, std::move(value)));
    };
    const auto one = json::Array{selector("a")};
    const json::Value mapped = json::Object{{"mappingId", set}, {"mappingVersion", 0}};
    CHECK(post("segmentSelectors/selectors", one).status == 400);
    CHECK(post("profileMapping", mapped).status == 400);
    flip(fixture, "populated_create=accept");
    CHECK(post("profileMapping", mapped).status == 201);
    const auto made_full = post("segmentSelectors/selectors", one);
    CHECK(made_full.status == 201);
    CHECK(first_value(fixture, "/flows/" + made_full.id())["updateTime"].as_string() ==
          "1793491200");
    CHECK(post("mandatoryFields", json::Array{"id"}).status == 400);
    CHECK(post("segmentSelectors/selectors", json::Array{with(one[0], "/type", "x")}).status ==
          400);
}

TEST_CASE("emulator: switches trigger_type_on_get, segment_names and filename_key") {
    Made made;
    auto& fixture = made.fixture;
    const auto& path = made.path;
    fixture.patch(path, "add", selectors_end, with(selector("a"), "/value/name", "Mine"));
    const auto value = [&] { return first_value(fixture, path); };
    CHECK(value()["schedule"]["triggerType"].is_null());
    flip(fixture, "trigger_type_on_get=fill");
    CHECK(value()["schedule"]["triggerType"].as_string() == "SCHEDULED");
    const auto scheduled = with(selector("a"), "/value/schedule/triggerType", "SCHEDULED");
    const auto first = std::string(test::segment_params) + "/segmentSelectors/selectors/0";
    fixture.patch(path, "replace", first, with(scheduled, "/value/name", "Mine"));
    flip(fixture, "trigger_type_on_get=kept");
    CHECK(value()["schedule"]["triggerType"].as_string() == "SCHEDULED");
    flip(fixture, "trigger_type_on_get=omit");
    CHECK(value()["schedule"]["triggerType"].is_null());

    CHECK(value()["name"].as_string() == "Mine");
    flip(fixture, "segment_names=refreshed");
    CHECK(value()["name"].as_string() == "Audience a, renamed");

    CHECK(value()["filenameTemplate"].is_string());
    CHECK(value()["fileNameTemplate"].is_null());
    flip(fixture, "filename-key=upper-n");
    CHECK(value()["filenameTemplate"].is_null());
    CHECK(value()["fileNameTemplate"] == scheduled["value"]["filenameTemplate"]);
}

TEST_CASE("emulator: a schedule after evaluation keeps its trigger") {
    Made made;
    auto evaluated = with(selector("a"), "/value/exportMode", "DAILY_FULL_EXPORT");
    evaluated = with(evaluated, "/value/schedule/frequency", "DAILY");
    evaluated = with(evaluated, "/value/schedule/startTime", {});
    evaluated = with(evaluated, "/value/schedule/triggerType", "AFTER_SEGMENT_EVAL");
    REQUIRE(made.fixture.patch(made.path, "add", selectors_end, evaluated).status == 200);
    for (const char* value : {"omit", "fill"}) {
        flip(made.fixture, std::string("trigger_type_on_get=") + value);
        CHECK(first_value(made.fixture, made.path)["schedule"] == evaluated["value"]["schedule"]);
    }
}

TEST_CASE("emulator: switch selector_order") {
    Made made;
    auto& fixture = made.fixture;
    json::Array steps;
    for (int i = 0; i < 12; ++i) {
        steps.push_back(json::Object{
            {"op", "add"}, {"path", selectors_end}, {"value", selector(fmt::format("s{:02}", i))}});
    }
    fixture.patch(made.path, steps);
    const auto order = [&] {
        std::vector<std::string> ids;
        const auto params = params_of(fixture, made.path);
        for (const auto& entry : params["segmentSelectors"]["selectors"].as_array()) {
            ids.push_back(entry["value"]["id"].as_string());
        }
        return ids;
    };
    const auto in_order = order();
    CHECK(std::is_sorted(in_order.begin(), in_order.end()));
    flip(fixture, "selector_order=shuffled");
    fixture.patch(made.path, "replace", "/name", "Other");
    const auto shown = order();
    CHECK(shown != in_order);
    CHECK(std::set(shown.begin(), shown.end()) == std::set(in_order.begin(), in_order.end()));
    // Indexes count in the order that was shown.
    fixture.patch(made.path, "remove",
                  std::string(test::segment_params) + "/segmentSelectors/selectors/0",
                  selector("x"));
    const auto left = order();
    CHECK(left.size() == 11);
    CHECK(std::find(left.begin(), left.end(), shown.front()) == left.end());
}

TEST_CASE("emulator: switches automatic_dedup and skeleton_on_get") {
    Made made;
    auto& fixture = made.fixture;
    const auto& path = made.path;
    const auto set =
        fixture.make_mapping_set({mapping("_id", "id"), mapping("identityMap.ECID", "ECID")});
    const auto plain = fixture.make_mapping_set({mapping("_id", "id")});
    const auto map = [&](const std::string& id) {
        return fixture
            .patch(path, "add", std::string(test::segment_params) + "/profileMapping",
                   json::Object{{"mappingId", id}, {"mappingVersion", 0}})
            .status;
    };
    CHECK(map(set) == 200);
    CHECK(params_of(fixture, path)["primaryFields"].as_array().empty());
    flip(fixture, "automatic_dedup=injected");
    const json::Value ecid =
        json::Array{json::Object{{"fieldType", "IDENTITY"}, {"identityNamespace", "ECID"}}};
    CHECK(params_of(fixture, path)["primaryFields"] == ecid);
    CHECK(map(plain) == 200);
    CHECK(params_of(fixture, path)["primaryFields"].as_array().empty());

    CHECK(params_of(fixture, path).as_object().size() == 4);
    flip(fixture, "skeleton_on_get=trimmed");
    const auto trimmed = params_of(fixture, path);
    CHECK(trimmed.as_object().size() == 1);
    CHECK(trimmed["profileMapping"].is_object());
    CHECK(fixture.patch(path, "add", selectors_end, selector("a")).status == 200);
    CHECK(first_value(fixture, path)["id"].as_string() == "a");
    const auto mandatory = std::string(test::segment_params) + "/mandatoryFields";
    CHECK(fixture.patch(path, "replace", mandatory, json::Array{"id"}).status == 200);
    CHECK(params_of(fixture, path).as_object().size() == 3);
}

TEST_CASE("emulator: switch segment_flow_specs") {
    Made made;
    auto& fixture = made.fixture;
    const std::string landing_zone = "10440537-2a7b-4583-ac39-ed38d4b848e8";
    const std::string own = "7e635b9f-e59b-4546-8ba8-fce6496693c8";
    const std::string datasets = "cd2fc47e-e838-4f38-a581-8fff2f99b63a";
    const auto base =
        with(with(test::connection_body(), "/connectionSpec/id", landing_zone), "/auth", {});
    auto target = test::segment_target_body(fixture.post("/connections", base).id());
    target = with(with(target, "/connectionSpec/id", landing_zone), "/params/bucketName", {});
    const auto body = test::segment_flow_body(
        fixture.post("/sourceConnections", test::segment_source_body()).id(),
        fixture.post("/targetConnections", target).id());
    const auto post = [&](const std::string& spec) {
        return fixture.post("/flows", with(body, "/flowSpec/id", spec));
    };
    const auto shown = [&](const std::string& spec) { return fixture.get("/flowSpecs/" + spec); };
    const auto all = [&] { return fixture.get("/flowSpecs").body["items"].as_array().size(); };
    const json::Value only_datasets = json::Array{"DATASETS"};
    CHECK(all() == 16);
    CHECK(post(own).status == 201);
    CHECK(post(datasets).status == 400);
    CHECK(shown(own).status == 200);
    CHECK(shown(datasets).item()["attributes"]["_workflow"] == only_datasets);
    flip(fixture, "segment-flow-specs=dataset");
    CHECK(all() == 13);
    CHECK(code_of(post(own)) == "1413-400");
    CHECK(post(datasets).status == 201);
    CHECK(shown(own).status == 404);
    const json::Value both = json::Array{"DATASETS", "SEGMENTS"};
    CHECK(shown(datasets).item()["attributes"]["_workflow"] == both);
    CHECK(shown(datasets).item()["sourceConnectionSpecIds"].as_array().size() == 2);
    CHECK(shown("269ba276-16fc-47db-92b0-c1049a3c131f").item()["attributes"]["_workflow"] ==
          only_datasets);
    CHECK(fixture.patch(made.path, "add", selectors_end, selector("a")).status == 200);
    fixture.make_flow();
}

TEST_CASE("emulator: switch encryption_place") {
    EmulatorFixture fixture;
    const json::Value params = json::Object{{"encryptionAlgo", "PGPGPG"}, {"publicKey", "a2V5"}};
    const auto base = with(test::connection_body(), "/encryptionSpecs",
                           json::Object{{"specName", "Encryption spec"}, {"params", params}});
    const auto target = with(test::segment_target_body(fixture.make_connection()),
                             "/params/encryptionSpecs", params);
    const auto status_of = [&](std::string_view path, const json::Value& body) {
        return fixture.post(path, body).status;
    };
    CHECK(status_of("/connections", base) == 201);
    CHECK(status_of("/connections", with(base, "/encryptionSpecs/specName", "File Encryption")) ==
          400);
    CHECK(status_of("/connections", with(base, "/encryptionSpecs/params/publicKey", {})) == 400);
    CHECK(status_of("/targetConnections", target) == 400);
    const auto landing_zone =
        with(with(base, "/auth", {}), "/connectionSpec/id", "10440537-2a7b-4583-ac39-ed38d4b848e8");
    CHECK(status_of("/connections", landing_zone) == 400);
    CHECK(status_of("/connections", with(landing_zone, "/encryptionSpecs", {})) == 201);

    flip(fixture, "encryption_place=target");
    CHECK(status_of("/connections", base) == 400);
    const auto made = fixture.post("/targetConnections", target);
    CHECK(made.status == 201);
    CHECK(status_of("/targetConnections",
                    with(target, "/params/encryptionSpecs/encryptionAlgo", "ROT13")) == 400);
    const auto path = "/targetConnections/" + made.id();
    const auto shown = fixture.get(path).item()["params"]["encryptionSpecs"];
    CHECK(shown["encryptionAlgo"].as_string() == "PGPGPG");
    CHECK(shown["publicKey"].as_string() == "**********");
    CHECK(fixture.patch(path, "replace", "/params", target["params"]).status == 200);
    CHECK(fixture.patch(path, "add", "/params/encryptionSpecs", params).status == 200);
    for (const auto& entry : fixture.platform.log()) {
        CHECK(entry.body.find("a2V5") == std::string::npos);
    }
}
