#include "emulator/schedule.hpp"
#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using test::code_of;
using test::EmulatorFixture;

namespace {

std::int64_t count_of(EmulatorFixture& fixture, const std::string& filter) {
    return fixture.get("/runs?count=true&property=" + http::percent_encode(filter))
        .body["count"]
        .as_integer(-1);
}

/// Tests here let weeks pass, which no token outlives.
emulator::Settings long_signed_in() {
    emulator::Settings settings;
    settings.token_lifetime = 365 * 86400;
    return settings;
}

} // namespace

TEST_CASE("emulator: runs appear as time passes and touch their flow") {
    EmulatorFixture fixture;
    const auto flow = fixture.make_flow();
    const auto path = "/flows/" + flow;
    const auto before = fixture.get(path).item();
    CHECK(before["lastRunDetails"].is_null());
    CHECK(before["runs"].as_string() == "/runs?property=flowId==" + flow);
    CHECK(count_of(fixture, "flowId==" + flow) == 0);

    fixture.clock.advance(std::chrono::hours(7));
    CHECK(count_of(fixture, "flowId==" + flow) == 3);
    const auto after = fixture.get(path).item();
    CHECK(after["etag"] != before["etag"]);
    CHECK(after["updatedBy"].as_string() == "acp_foundation_connectors");
    CHECK(after["lastRunDetails"]["startedAtUTC"].as_integer() ==
          1'793'491'200'000 + 6 * 3'600'000);

    const auto last = fixture.get("/runs?limit=1&property=flowId%3D%3D" + flow);
    CHECK(last.item()["id"] == after["lastRunDetails"]["id"]);
    CHECK(last.item()["metrics"]["recordSummary"]["inputRecordCount"].as_integer() > 0);
    CHECK_FALSE(last.body["_links"]["next"]["href"].as_string().empty());
    CHECK(fixture.get("/runs?orderby=createdAt").item()["createdAt"].as_integer() ==
          1'793'491'200'000);
    CHECK(fixture.get("/runs/" + last.item()["id"].as_string()).status == 200);
    CHECK(fixture.get("/runs/nowhere").status == 404);
    CHECK(code_of(fixture.post("/runs", json::Object{{"flowId", flow}})) == "1427-400");
}

TEST_CASE("emulator: most runs succeed and all say how they went") {
    EmulatorFixture fixture(long_signed_in());
    fixture.make_flow();
    fixture.clock.advance(std::chrono::hours(24 * 60));
    const auto good = count_of(fixture, "metrics.statusSummary.status==success");
    const auto bad = count_of(fixture, "metrics.statusSummary.status==failed");
    CHECK(good + bad == 480);
    CHECK(good > 400);
    CHECK(bad > 0);
    CHECK(count_of(fixture, "metrics.durationSummary.startedAtUTC<1793491200001") == 1);
}

TEST_CASE("emulator: a disabled flow does not run") {
    EmulatorFixture fixture(long_signed_in());
    const auto flow = fixture.make_flow();
    fixture.post("/flows/" + flow + "/action?op=disable", {});
    fixture.clock.advance(std::chrono::hours(24));
    CHECK(count_of(fixture, "flowId==" + flow) == 0);
    fixture.post("/flows/" + flow + "/action?op=enable", {});
    fixture.clock.advance(std::chrono::hours(7));
    CHECK(count_of(fixture, "flowId==" + flow) == 2);
}

TEST_CASE("emulator: a one-time export runs once, and again only on a new schedule") {
    EmulatorFixture fixture(long_signed_in());
    auto body =
        test::flow_body(fixture.make_source(), fixture.make_target(fixture.make_connection()));
    body = test::with(body, "/scheduleParams/exportMode", "DAILY_FULL_EXPORT");
    body = test::with(body, "/scheduleParams/timeUnit", "day");
    body = test::with(body, "/scheduleParams/interval", 0);
    const auto path = "/flows/" + fixture.post("/flows", body).id();
    fixture.clock.advance(std::chrono::hours(100));
    CHECK(count_of(fixture, "createdAt>0") == 1);
    fixture.patch(path, "replace", "/name", "Other");
    fixture.clock.advance(std::chrono::hours(100));
    CHECK(count_of(fixture, "createdAt>0") == 1);
    fixture.patch(path, "replace", "/scheduleParams",
                  test::with(body["scheduleParams"], "/startTime", std::int64_t{1'793'491'300}));
    fixture.clock.advance(std::chrono::hours(100));
    CHECK(count_of(fixture, "createdAt>0") == 2);
}

TEST_CASE("emulator: a schedule runs in its slots and ends") {
    const json::Value schedule = json::Object{
        {"timeUnit", "hour"}, {"interval", 3}, {"startTime", 10'000}, {"endTime", 40'000}};
    constexpr std::int64_t wait = emulator::run_duration_ms;
    CHECK(emulator::next_run(schedule, 0, false) == 10'000'000 + wait);
    CHECK(emulator::next_run(schedule, 10'000'001, false) == 20'800'000 + wait);
    CHECK(emulator::next_run(schedule, 31'600'000, false) == 31'600'000 + wait);
    CHECK(emulator::next_run(schedule, 31'600'001, false) == -1);
    CHECK(emulator::next_run({}, 0, false) == -1);
}

TEST_CASE("emulator: a saved platform goes on where it stopped") {
    EmulatorFixture original;
    const auto flow = original.make_flow();
    original.clock.advance(std::chrono::hours(4));
    original.patch("/flows/" + flow, "replace", "/name", "New");
    const auto saved = json::parse(json::write(original.platform.save()));
    REQUIRE(saved);

    EmulatorFixture restored;
    restored.platform.load(*saved);
    restored.token = original.token;
    restored.clock.set(original.clock.now());
    CHECK(restored.platform.save() == *saved);
    CHECK(restored.get("/flows/" + flow).item()["state"].as_string() == "updating");
    original.get("/flows/" + flow);
    for (auto* fixture : {&original, &restored}) {
        fixture->clock.advance(std::chrono::hours(4));
        fixture->make_flow();
    }
    CHECK(restored.get("/flows").body == original.get("/flows").body);
    CHECK(restored.get("/runs").body == original.get("/runs").body);
}

TEST_CASE("emulator: equal seeds give equal ids, other seeds others") {
    emulator::Settings other;
    other.seed = 2;
    EmulatorFixture one;
    EmulatorFixture two;
    EmulatorFixture three(other);
    const auto id = one.make_connection();
    CHECK(two.make_connection() == id);
    CHECK(three.make_connection() != id);
}
