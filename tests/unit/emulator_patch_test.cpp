#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using test::code_of;
using test::EmulatorFixture;

namespace {

json::Value rename(const char* name) {
    return json::Array{json::Object{{"op", "replace"}, {"path", "/name"}, {"value", name}}};
}

test::Answered patch_with(EmulatorFixture& fixture, const std::string& path,
                          std::optional<std::string> if_match) {
    return fixture.call(http::Method::patch, path, rename("New"), [&](http::Request& request) {
        if (if_match) {
            request.headers.set("If-Match", *if_match);
        }
    });
}

} // namespace

TEST_CASE("emulator: a PATCH needs the current etag, in quotes") {
    EmulatorFixture fixture;
    const auto path = "/connections/" + fixture.make_connection();
    const auto etag = fixture.get(path).item()["etag"].as_string();
    CHECK(etag.front() == '"');
    CHECK(fixture.get(path).item()["version"].as_string() == etag);

    CHECK(code_of(patch_with(fixture, path, {})) == "1403-400");
    const auto unquoted = patch_with(fixture, path, etag.substr(1, etag.size() - 2));
    CHECK(unquoted.status == 412);
    CHECK(unquoted.body["errorMessage"].as_string().rfind("Supplied version=[", 0) == 0);

    const auto done = patch_with(fixture, path, etag);
    CHECK(done.status == 200);
    CHECK(done.body["etag"].as_string() != etag);
    CHECK(done.body["etag"].as_string() == fixture.get(path).item()["etag"].as_string());
    CHECK(patch_with(fixture, path, etag).status == 412);
    CHECK(patch_with(fixture, "/connections/nowhere", etag).status == 404);
}

TEST_CASE("emulator: which operations and paths a PATCH may have") {
    EmulatorFixture fixture;
    const auto flow = "/flows/" + fixture.make_flow();
    const auto connection = "/connections/" + fixture.make_connection();
    CHECK(code_of(fixture.patch(flow, "ADD", "/name", "x")) == "1434-400");
    CHECK(code_of(fixture.patch(flow, "move", "/name", "x")) == "1434-400");
    CHECK(code_of(fixture.patch(flow, "replace", "/state", "disabled")) == "1455-400");
    CHECK(code_of(fixture.patch(flow, "replace", "/flowSpec", "x")) == "1455-400");
    CHECK(code_of(fixture.patch(flow, "replace", "/targetConnectionIds", json::Array{})) ==
          "1455-400");
    CHECK(code_of(fixture.patch(flow, "remove", "/name", {})) == "1455-400");
    CHECK(code_of(fixture.patch(flow, json::Array{json::Object{{"op", "replace"},
                                                               {"path", "/name"}}})) == "1455-400");
    CHECK(code_of(fixture.patch(flow, json::Array{})) == "1405-400");
    CHECK(code_of(fixture.patch(connection, "replace", "/connectionSpec/id", "x")) == "1414-400");
    CHECK(code_of(fixture.patch(connection, "add", "/auth/params/s3AccessKey", "x")) == "1455-400");
    CHECK(fixture.patch(connection, "replace", "/auth/params", json::Object{}).status == 400);
    CHECK(fixture.patch(connection, "remove", "/auth/params", json::Object{}).status == 200);
}

TEST_CASE("emulator: the datasets of a source connection stay") {
    EmulatorFixture fixture;
    const auto path = "/sourceConnections/" + fixture.make_source();
    CHECK(code_of(fixture.patch(path, "replace", "/params", json::Object{})) == "1455-400");
    CHECK(fixture.patch(path, "replace", "/name", "Other").status == 200);
    CHECK(fixture.get(path).item()["name"].as_string() == "Other");
    fixture.platform.settings().source_patch = emulator::SourcePatch::refuse;
    CHECK(fixture.patch(path, "replace", "/name", "Third").status == 405);
}

TEST_CASE("emulator: the params of a target are replaced whole or added to") {
    EmulatorFixture fixture;
    const auto path = "/targetConnections/" + fixture.make_target(fixture.make_connection());
    const auto params = test::target_body("")["params"];
    CHECK(fixture.patch(path, "add", "/params/path", "crm/other").status == 200);
    CHECK(fixture.get(path).item()["params"]["path"].as_string() == "crm/other");
    CHECK(fixture.patch(path, "replace", "/params", test::with(params, "/bucketName", {})).status ==
          400);
    CHECK(fixture.patch(path, "replace", "/params", params).status == 200);
    CHECK(fixture.get(path).item()["params"]["path"].as_string() == "crm/devices");
}

TEST_CASE("emulator: a flow is in transition for a while after a PATCH") {
    EmulatorFixture fixture;
    const auto path = "/flows/" + fixture.make_flow();
    CHECK(fixture.patch(path, "replace", "/name", "New").status == 200);
    const auto during = fixture.get(path).item();
    CHECK(during["state"].as_string() == "updating");
    CHECK(during["name"].as_string() == "Export");
    CHECK(during["lastOperation"]["status"]["value"].as_string() == "IN_PROGRESS");

    CHECK(code_of(fixture.patch(path, "replace", "/name", "Third")) == "1420-400");
    CHECK(code_of(fixture.post(path + "/action?op=disable", {})) == "1421-400");
    CHECK(code_of(fixture.del(path)) == "1458-400");

    fixture.clock.advance(Milliseconds(1499));
    CHECK(fixture.get(path).item()["state"].as_string() == "updating");
    fixture.clock.advance(Milliseconds(1));
    const auto after = fixture.get(path).item();
    CHECK(after["state"].as_string() == "enabled");
    CHECK(after["name"].as_string() == "New");
    CHECK(after["lastOperation"]["status"]["value"].as_string() == "completed");
    CHECK(after["lastOperation"]["ops"].as_array().size() == 1);
    CHECK(after["etag"] != during["etag"]);
    CHECK(after["updatedBy"].as_string() == "robot@techacct.adobe.com");
}

TEST_CASE("emulator: switch patch_visibility") {
    emulator::Settings settings;
    settings.patch_visibility = emulator::PatchVisibility::immediate;
    EmulatorFixture fixture(settings);
    const auto path = "/flows/" + fixture.make_flow();
    fixture.patch(path, "replace", "/name", "New");
    CHECK(fixture.get(path).item()["name"].as_string() == "New");
    CHECK(fixture.get(path).item()["state"].as_string() == "updating");
}

TEST_CASE("emulator: a flow is enabled and disabled by an action") {
    EmulatorFixture fixture;
    const auto path = "/flows/" + fixture.make_flow();
    CHECK(fixture.post(path + "/action?op=disable", {}).status == 200);
    CHECK(fixture.get(path).item()["state"].as_string() == "disabling");
    fixture.clock.advance(Milliseconds(1500));
    CHECK(fixture.get(path).item()["state"].as_string() == "disabled");
    CHECK(fixture.post(path + "/action?op=enable", {}).status == 200);
    fixture.clock.advance(Milliseconds(1500));
    CHECK(fixture.get(path).item()["state"].as_string() == "enabled");
    CHECK(code_of(fixture.post(path + "/action?op=ENABLE", {})) == "1402-400");
    CHECK(fixture.post("/flows/nowhere/action?op=enable", {}).status == 404);
}

TEST_CASE("emulator: switch disabled_flow_patch") {
    EmulatorFixture fixture;
    fixture.platform.settings().patch_duration = Milliseconds(0);
    const auto path = "/flows/" + fixture.make_flow();
    fixture.post(path + "/action?op=disable", {});
    CHECK(fixture.patch(path, "replace", "/name", "New").status == 200);
    CHECK(fixture.get(path).item()["state"].as_string() == "disabled");
    fixture.platform.settings().disabled_flow_patch = emulator::DisabledFlowPatch::refuse;
    CHECK(code_of(fixture.patch(path, "replace", "/name", "Third")) == "1420-400");
}

TEST_CASE("emulator: a flow is relinked, and both its ends are in use meanwhile") {
    EmulatorFixture fixture;
    const auto path = "/flows/" + fixture.make_flow();
    const auto old = fixture.get(path).item()["sourceConnectionIds"].as_array()[0].as_string();
    const auto fresh = fixture.make_source();
    CHECK(fixture.patch(path, "replace", "/sourceConnectionIds", json::Array{"nowhere"}).status ==
          400);
    CHECK(fixture.patch(path, "replace", "/sourceConnectionIds", json::Array{fresh}).status == 200);
    CHECK(code_of(fixture.del("/sourceConnections/" + old)) == "1447-400");
    CHECK(code_of(fixture.del("/sourceConnections/" + fresh)) == "1447-400");
    fixture.clock.advance(Milliseconds(1500));
    CHECK(fixture.del("/sourceConnections/" + old).status == 202);
}
