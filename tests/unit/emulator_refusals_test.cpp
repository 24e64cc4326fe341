#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using test::code_of;
using test::connection_body;
using test::EmulatorFixture;
using test::flow_body;
using test::source_body;
using test::target_body;
using test::with;

TEST_CASE("emulator: what a connection has to be") {
    EmulatorFixture fixture;
    const auto post = [&](const json::Value& body) { return fixture.post("/connections", body); };
    CHECK(post(connection_body()).status == 201);
    CHECK(code_of(fixture.call(http::Method::post, "/connections")) == "1405-400");
    CHECK(post(with(connection_body(), "/name", {})).status == 400);
    CHECK(post(with(connection_body(), "/surprise", 1)).status == 400);
    CHECK(code_of(post(with(connection_body(), "/connectionSpec/id", "nonsense"))) == "1413-400");
    CHECK(post(with(connection_body(), "/connectionSpec/version", {})).status == 422);
    CHECK(code_of(post(with(connection_body(), "/auth/specName", "Password"))) == "1415-400");
    CHECK(post(with(connection_body(), "/auth", {})).status == 400);
    CHECK(post(with(connection_body(), "/auth/params/s3SecretKey", {})).status == 400);
    CHECK(post(with(connection_body(), "/auth/params/s3AccessKey", "short")).status == 400);
    CHECK(post(with(connection_body(), "/auth/params/other", "x")).status == 400);
}

TEST_CASE("emulator: a Data Landing Zone takes no auth") {
    EmulatorFixture fixture;
    auto body =
        with(connection_body(), "/connectionSpec/id", "10440537-2a7b-4583-ac39-ed38d4b848e8");
    CHECK(fixture.post("/connections", body).status == 400);
    CHECK(fixture.post("/connections", with(body, "/auth", {})).status == 201);
}

TEST_CASE("emulator: what a source connection has to be") {
    EmulatorFixture fixture;
    const auto post = [&](const json::Value& body) {
        return fixture.post("/sourceConnections", body);
    };
    CHECK(post(source_body()).status == 201);
    CHECK(post(with(source_body(), "/params/datasets", json::Array{})).status == 400);
    CHECK(
        post(with(source_body(), "/params/datasets", json::Array{json::Object{{"name", "no id"}}}))
            .status == 400);
    CHECK(post(with(source_body(), "/connectionSpec/version", {})).status == 422);
    CHECK(post(with(source_body(), "/baseConnectionId", "nowhere")).status == 400);

    const auto other = with(source_body(), "/params/datasets",
                            json::Array{json::Object{{"dataSetId", "aaaaaaaaaaaaaaaaaaaaaaaa"}}});
    CHECK(post(other).status == 201);
    fixture.platform.settings().any_dataset = false;
    CHECK(post(other).status == 400);
}

TEST_CASE("emulator: what a target connection has to be") {
    EmulatorFixture fixture;
    const auto base = fixture.make_connection();
    const auto post = [&](std::string_view pointer, json::Value value) {
        return fixture
            .post("/targetConnections", with(target_body(base), pointer, std::move(value)))
            .status;
    };
    CHECK(post("/name", "Folder") == 201);
    CHECK(post("/params/mode", {}) == 201);
    CHECK(post("/params/mode", "FTP") == 400);
    CHECK(post("/params/fileType", "CSV") == 400);
    CHECK(post("/params/datasetFileType", {}) == 400);
    CHECK(post("/params/datasetFileType", "CSV") == 400);
    CHECK(post("/params/compression", {}) == 400);
    CHECK(post("/params/bucketName", "Not_A_Bucket") == 400);
    CHECK(post("/params/path", "has a blank") == 400);
    CHECK(post("/params/path", std::string(3000, 'a')) == 400);
    CHECK(post("/params/remotePath", "x") == 400);
    CHECK(post("/params/csvOptions", json::Object{}) == 400);
    CHECK(post("/baseConnectionId", "nowhere") == 400);
    CHECK(post("/connectionSpec/id", "36965a81-b1c6-401b-99f8-22508f1e6a26") == 400);
}

TEST_CASE("emulator: switch json_none") {
    EmulatorFixture fixture;
    auto body = target_body(fixture.make_connection());
    body = with(body, "/params/datasetFileType", "JSON");
    CHECK(fixture.post("/targetConnections", body).status == 201);
    body = with(body, "/params/compression", "NONE");
    CHECK(fixture.post("/targetConnections", body).status == 400);
    fixture.platform.settings().json_none = emulator::JsonNone::accept;
    CHECK(fixture.post("/targetConnections", body).status == 201);
}

TEST_CASE("emulator: what a dataset flow has to be") {
    EmulatorFixture fixture;
    const auto body =
        flow_body(fixture.make_source(), fixture.make_target(fixture.make_connection()));
    const auto post = [&](std::string_view pointer, json::Value value) {
        return fixture.post("/flows", with(body, pointer, std::move(value)));
    };
    CHECK(post("/name", "Export").status == 201);
    CHECK(code_of(post("/state", "enabled")) == "1410-400");
    CHECK(code_of(post("/flowSpec/id", "nonsense")) == "1413-400");
    CHECK(post("/flowSpec/id", "1a0514a6-33d4-4c7f-aff8-594799c47549").status == 400);
    CHECK(post("/flowSpec/id", "354d6aad-4754-46e4-a576-1b384561c440").status == 400);
    CHECK(post("/sourceConnectionIds", json::Array{}).status == 400);
    CHECK(post("/sourceConnectionIds", json::Array{"nowhere"}).status == 400);
    CHECK(post("/targetConnectionIds", json::Array{"nowhere"}).status == 400);
    CHECK(post("/transformations", json::Array{json::Object{}}).status == 400);
    CHECK(post("/transformations", {}).status == 201);
    CHECK(post("/scheduleParams", {}).status == 400);
}

TEST_CASE("emulator: which schedules are legal") {
    EmulatorFixture fixture;
    const auto body =
        flow_body(fixture.make_source(), fixture.make_target(fixture.make_connection()));
    const auto accepts = [&](const char* mode, const char* unit, json::Value interval) {
        auto changed = with(body, "/scheduleParams/timeUnit", unit);
        changed = with(changed, "/scheduleParams/interval", std::move(interval));
        changed = with(changed, "/scheduleParams/exportMode",
                       mode == nullptr ? json::Value() : json::Value(mode));
        return fixture.post("/flows", changed).status == 201;
    };
    constexpr auto incremental = "FIRST_FULL_THEN_INCREMENTAL";
    CHECK(accepts("DAILY_FULL_EXPORT", "day", 0));
    CHECK(accepts(incremental, "day", 1));
    CHECK(accepts(incremental, "hour", 12));
    CHECK(accepts(nullptr, "hour", 9));
    CHECK_FALSE(accepts("DAILY_FULL_EXPORT", "day", 1));
    CHECK_FALSE(accepts(incremental, "day", 0));
    CHECK_FALSE(accepts(incremental, "hour", 8));
    CHECK_FALSE(accepts(incremental, "hour", 24));
    CHECK_FALSE(accepts(incremental, "week", 1));
    CHECK_FALSE(accepts(incremental, "hour", "3"));
    CHECK(fixture.post("/flows", with(body, "/scheduleParams/endTime", 1)).status == 400);
    CHECK(fixture.post("/flows", with(body, "/scheduleParams/startTime", "x")).status == 400);
    CHECK(fixture.post("/flows", with(body, "/scheduleParams/frequency", "hour")).status == 400);
}

TEST_CASE("emulator: what is in use cannot be deleted") {
    EmulatorFixture fixture;
    const auto base = fixture.make_connection();
    const auto source = fixture.make_source();
    const auto target = fixture.make_target(base);
    const auto flow = fixture.post("/flows", flow_body(source, target)).id();
    CHECK(code_of(fixture.del("/sourceConnections/" + source)) == "1447-400");
    CHECK(code_of(fixture.del("/targetConnections/" + target)) == "1447-400");
    CHECK(code_of(fixture.del("/connections/" + base)) == "1418-400");
    CHECK(fixture.del("/flows/" + flow).status == 202);
    CHECK(fixture.get("/flows/" + flow).status == 404);
    const auto again = fixture.del("/flows/" + flow);
    CHECK(again.status == 404);
    CHECK(again.body["errorMessage"].as_string() == "flows not found with id = [" + flow + "]");
    CHECK(fixture.del("/connections/" + base).status == 202);
    CHECK(fixture.del("/targetConnections/" + target).status == 202);
    CHECK(fixture.del("/sourceConnections/" + source).status == 202);
}
