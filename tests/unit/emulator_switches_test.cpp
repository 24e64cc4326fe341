#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace penstock;
using test::code_of;
using test::EmulatorFixture;

namespace {

void flip(EmulatorFixture& fixture, std::string_view assignment) {
    const auto set = emulator::set_switch(fixture.platform.settings(), assignment);
    INFO("switch ", std::string(assignment));
    REQUIRE(set.has_value());
}

} // namespace

TEST_CASE("emulator: every switch takes every value of its table, and nothing else") {
    for (const auto& entry : emulator::switches()) {
        for (std::size_t i = 0; i < entry.values.size(); ++i) {
            emulator::Settings settings;
            const auto assignment = fmt::format("{}={}", entry.name, entry.values[i]);
            CHECK(emulator::set_switch(settings, assignment).has_value());
            CHECK(entry.get(settings) == i);
        }
        emulator::Settings settings;
        CHECK_FALSE(emulator::set_switch(settings, fmt::format("{}=nonsense", entry.name)));
    }
    emulator::Settings settings;
    const auto unknown = emulator::set_switch(settings, "secretz=echo");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind == ErrorKind::invalid_input);
    CHECK(unknown.error().hint == "did you mean secrets?");
    CHECK(emulator::describe_switches().find("secrets=echo|mask|omit") != std::string::npos);
}

TEST_CASE("emulator: switch secrets") {
    EmulatorFixture fixture;
    const auto path = "/connections/" + fixture.make_connection();
    const auto params = [&] { return fixture.get(path).item()["auth"]["params"]; };
    CHECK(params()["s3SecretKey"].as_string() == "**********");
    CHECK(params()["s3AccessKey"].as_string() == "AKIAABCDEFGHIJKLMNOP");
    CHECK(params()["authorizedDate"].as_string() == "2026-11-01");
    flip(fixture, "secrets=omit");
    CHECK(params()["s3SecretKey"].is_null());
    flip(fixture, "secrets=echo");
    CHECK(params()["s3SecretKey"] == test::connection_body()["auth"]["params"]["s3SecretKey"]);
}

TEST_CASE("emulator: switches description_<kind>") {
    EmulatorFixture fixture;
    const auto base = fixture.make_connection();
    const auto check = [&](std::string_view kind, const std::string& path) {
        CHECK(fixture.get(path).item()["description"].is_string());
        flip(fixture, fmt::format("description_{}=drop", kind));
        CHECK(fixture.get(path).item()["description"].is_null());
    };
    check("connection", "/connections/" + base);
    check("source", "/sourceConnections/" + fixture.make_source());
    check("target", "/targetConnections/" + fixture.make_target(base));
    check("flow", "/flows/" + fixture.make_flow());
}

TEST_CASE("emulator: switch name_filter") {
    EmulatorFixture fixture;
    const auto base = fixture.make_connection();
    fixture.make_target(base);
    fixture.make_flow();
    const auto status = [&](const char* list) {
        return fixture.get(std::string("/") + list + "?property=name==a,b").status;
    };
    for (const char* list : {"connections", "sourceConnections", "targetConnections", "flows"}) {
        CHECK(status(list) == 200);
    }
    flip(fixture, "name_filter=documented");
    CHECK(status("connections") == 200);
    CHECK(status("flows") == 200);
    CHECK(status("sourceConnections") == 400);
    CHECK(status("targetConnections") == 400);
    CHECK(fixture.get("/targetConnections?property=baseConnectionId==" + base).status == 200);
}

TEST_CASE("emulator: switch patch_response") {
    EmulatorFixture fixture;
    const auto path = "/connections/" + fixture.make_connection();
    CHECK(fixture.patch(path, "replace", "/name", "a").body["etag"].is_string());
    flip(fixture, "patch_response=202_empty");
    const auto accepted = fixture.patch(path, "replace", "/name", "b");
    CHECK(accepted.status == 202);
    CHECK(accepted.body.is_null());
    flip(fixture, "patch_response=200_list");
    CHECK(fixture.patch(path, "replace", "/name", "c").item()["name"].as_string() == "c");
}

TEST_CASE("emulator: switches delete_status and etag_on_create") {
    EmulatorFixture fixture;
    CHECK(fixture.del("/connections/" + fixture.make_connection()).status == 202);
    flip(fixture, "delete_status=204");
    CHECK(fixture.del("/connections/" + fixture.make_connection()).status == 204);

    const auto made = fixture.post("/connections", test::connection_body());
    CHECK(made.body["etag"] == fixture.get("/connections/" + made.id()).item()["etag"]);
    flip(fixture, "etag_on_create=absent");
    CHECK(fixture.post("/connections", test::connection_body()).body["etag"].is_null());
}

TEST_CASE("emulator: switch connection_patch") {
    EmulatorFixture fixture;
    const auto path = "/connections/" + fixture.make_connection();
    CHECK(fixture.patch(path, "replace", "/name", "a").status == 200);
    flip(fixture, "connection_patch=disabled");
    CHECK(code_of(fixture.patch(path, "replace", "/name", "b")) == "1445-400");
}

TEST_CASE("emulator: switch end_time") {
    EmulatorFixture fixture;
    const auto injected = "/flows/" + fixture.make_flow();
    CHECK(fixture.get(injected).item()["scheduleParams"]["endTime"].as_integer() ==
          1'809'129'600); // 2027-05-01, six months after creation
    flip(fixture, "end_time=kept");
    const auto kept = "/flows/" + fixture.make_flow();
    CHECK(fixture.get(kept).item()["scheduleParams"]["endTime"].is_null());
}

TEST_CASE("emulator: switches schedule_numbers, export_mode_on_get and folder_key") {
    EmulatorFixture fixture;
    auto body =
        test::flow_body(fixture.make_source(), fixture.make_target(fixture.make_connection()));
    body = test::with(body, "/scheduleParams/foldernameTemplate", "%DATASET_ID%");
    const auto path = "/flows/" + fixture.post("/flows", body).id();
    body = test::with(body, "/scheduleParams/exportMode", {});
    const auto without = "/flows/" + fixture.post("/flows", body).id();
    const auto schedule = [&](const std::string& of) {
        return fixture.get(of).item()["scheduleParams"];
    };
    CHECK(schedule(path)["interval"].as_integer() == 3);
    CHECK(schedule(path)["exportMode"].is_string());
    CHECK(schedule(without)["exportMode"].is_null());
    CHECK(schedule(path)["foldernameTemplate"].is_string());
    flip(fixture, "schedule_numbers=string");
    flip(fixture, "export_mode_on_get=omit");
    flip(fixture, "folder_key=folderNameTemplate");
    CHECK(schedule(path)["interval"].as_string() == "3");
    CHECK(schedule(path)["startTime"].as_string() == "1793491200");
    CHECK(schedule(path)["exportMode"].is_null());
    CHECK(schedule(path)["foldernameTemplate"].is_null());
    CHECK(schedule(path)["folderNameTemplate"].is_string());
    flip(fixture, "export_mode_on_get=fill");
    CHECK(schedule(without)["exportMode"].as_string() == "FIRST_FULL_THEN_INCREMENTAL");
}

TEST_CASE("emulator: switch dataset_names") {
    EmulatorFixture fixture;
    const auto path = "/sourceConnections/" + fixture.make_source();
    const auto name = [&] {
        return fixture.get(path).item()["params"]["datasets"].as_array()[0]["name"].as_string();
    };
    CHECK(name() == "Devices as sent");
    flip(fixture, "dataset_names=refreshed");
    CHECK(name() == "AAM Devices Data");
}

TEST_CASE("emulator: switch target_data") {
    EmulatorFixture fixture;
    const auto path = "/targetConnections/" + fixture.make_target(fixture.make_connection());
    CHECK(fixture.get(path).item()["data"]["format"].as_string() == "PARQUET");
    flip(fixture, "target_data=absent");
    CHECK_FALSE(fixture.get(path).item().as_object().contains("data"));
}

TEST_CASE("emulator: switch error_envelope") {
    EmulatorFixture fixture;
    const auto coded = fixture.call(http::Method::post, "/flows");
    CHECK(coded.body["errorCode"].as_string() == "1405-400");
    flip(fixture, "error_envelope=message");
    const auto plain = fixture.call(http::Method::post, "/flows");
    CHECK(plain.body["message"].as_string().rfind("1405-400 ", 0) == 0);
}

TEST_CASE("emulator: the service adds what it inherits and encrypts under another name") {
    EmulatorFixture fixture;
    const auto body = test::with(test::connection_body(), "/encryptionSpecs",
                                 json::Object{{"specName", "Encryption spec"},
                                              {"params", json::Object{{"encryptionAlgo", "PGPGPG"},
                                                                      {"publicKey", "a2V5"}}}});
    const auto base = fixture.post("/connections", body).id();
    const auto connection = fixture.get("/connections/" + base).item();
    CHECK(connection["encryptionSpecs"].is_null());
    CHECK(connection["encryption"]["params"]["encryptionAlgo"].as_string() == "PGP/GPG");
    CHECK(connection["encryption"]["params"]["publicKey"].as_string() == "**********");

    const auto source = fixture.make_source();
    const auto target = fixture.make_target(base);
    const auto flow = fixture.post("/flows", test::flow_body(source, target)).id();
    CHECK_FALSE(
        fixture.get("/sourceConnections/" + source).item()["baseConnectionId"].as_string().empty());
    const auto inherited = fixture.get("/flows/" + flow).item()["inheritedAttributes"];
    CHECK(inherited["properties"]["isDestinationFlow"].as_bool());
    CHECK(inherited["sourceConnections"].as_array()[0]["id"].as_string() == source);
    CHECK(inherited["targetConnections"].as_array()[0]["baseConnection"]["id"].as_string() == base);
}
