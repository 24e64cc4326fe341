#include "json/pointer.hpp"
#include "json/text.hpp"
#include "live/read.hpp"
#include "normalise/normalise.hpp"
#include "support/graphs.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>

using namespace penstock;
using model::EntityKind;

namespace {

const auto& embedded = catalogue::Catalogue::embedded();

model::Content canonical(EntityKind kind, const char* document) {
    const auto parsed = json::parse(document);
    REQUIRE(parsed);
    return normalise::canonical(live::parse_entity(kind, *parsed, embedded), {}, embedded);
}

std::string schedule(const char* params) {
    const std::string document =
        std::string(R"({"createdAt":1669852800000,"state":"enabled","scheduleParams":)") + params +
        "}";
    return json::write(canonical(EntityKind::flow, document.c_str())["schedule"]);
}

} // namespace

TEST_CASE("what the service adds to a schedule is no difference") {
    const std::string plain =
        R"({"exportMode":"FIRST_FULL_THEN_INCREMENTAL","timeUnit":"hour","interval":3,"startTime":1668474000})";
    CHECK(schedule(R"({"interval":3,"timeUnit":"hour","startTime":1668474000})") == plain);
    CHECK(
        schedule(
            R"({"interval":"3","timeUnit":"hour","startTime":"1668474000","frequency":"hour"})") ==
        plain);
}

TEST_CASE("an end that the service filled in is dropped only where none is wanted") {
    auto project = test::small_project();
    const auto end_of = [&](std::optional<std::int64_t> wanted, std::int64_t live_end) {
        project.datasets[0].schedule.end_time = wanted;
        const auto desired = test::desired_of(project);
        const auto* flow = desired.find({EntityKind::flow, "devices"});
        model::LiveEntity live;
        live.audit.created_at = 1669852800000; // 1 December 2022
        live.marker = model::Marker{"acme", flow->key, flow->digest, {}};
        json::Value content = flow->content;
        json::find(content, "/schedule")->make_object()["endTime"] = live_end;
        return normalise::align(content, live, *flow)["schedule"].as_object().contains("endTime");
    };
    constexpr std::int64_t six_months_later = 1685577600;
    constexpr std::int64_t first_of_may_2025 = 1746057600;
    constexpr std::int64_t some_other_day = 1672531200;
    CHECK_FALSE(end_of(std::nullopt, six_months_later));
    CHECK_FALSE(end_of(std::nullopt, first_of_may_2025));
    CHECK(end_of(std::nullopt, some_other_day));
    CHECK(end_of(six_months_later, six_months_later));
    CHECK(end_of(std::nullopt, INT64_MIN));
    CHECK(end_of(std::nullopt, INT64_MAX));
}

TEST_CASE("a one-time export is told from a daily one with or without its mode") {
    CHECK(schedule(R"({"interval":0,"timeUnit":"day","startTime":1})").find("DAILY_FULL_EXPORT") !=
          std::string::npos);
    CHECK(schedule(R"({"interval":1,"timeUnit":"day","startTime":1})").find("INCREMENTAL") !=
          std::string::npos);
}

TEST_CASE("both spellings of the folder template are read") {
    const auto lower =
        schedule(R"({"interval":3,"timeUnit":"hour","startTime":1,"foldernameTemplate":"x"})");
    const auto camel =
        schedule(R"({"interval":3,"timeUnit":"hour","startTime":1,"folderNameTemplate":"x"})");
    CHECK(lower == camel);
    CHECK(lower.find("foldernameTemplate") != std::string::npos);
}

TEST_CASE("a target without its mode, or with injected data, is the same target") {
    const auto bare = canonical(
        EntityKind::target,
        R"({"name":"n","baseConnectionId":"b","connectionSpec":{"id":"4fce964d-3f37-408f-9778-e597338a21ee","version":"1.0"},
            "params":{"bucketName":"x"}})");
    const auto full = canonical(
        EntityKind::target,
        R"({"name":"n","baseConnectionId":"b","connectionSpec":{"id":"4fce964d-3f37-408f-9778-e597338a21ee","version":"1.0"},
            "params":{"bucketName":"x","mode":"Server-to-server"},"data":{"format":"CSV","schema":null,"properties":null},
            "inheritedAttributes":{},"state":"enabled"})");
    CHECK(bare == full);
}

TEST_CASE("secrets never get past the reader") {
    const auto parsed = json::parse(
        R"({"name":"n","connectionSpec":{"id":"4fce964d-3f37-408f-9778-e597338a21ee","version":"1.0"},
            "encryption":{"params":{"publicKey":"KEY-9"}},
            "auth":{"specName":"Access Key","params":{"authorizedDate":"2022-11-03","s3SecretKey":"hunter2","s3AccessKey":"AKIA","unknown":"hunter3"}}})");
    REQUIRE(parsed);
    for (const auto extent : {live::Extent::managed, live::Extent::whole}) {
        const auto entity = live::parse_entity(EntityKind::base, *parsed, embedded, extent);
        const auto text = json::write(entity.document);
        CHECK(text.find("hunter") == std::string::npos);
        CHECK(text.find("KEY-9") == std::string::npos);
        CHECK(text.find("AKIA") != std::string::npos);
        CHECK(text.find("authorizedDate") == std::string::npos);
    }
}

TEST_CASE("what a saved plan pins is all that the service shows of a dataflow") {
    const auto document = json::parse(R"({"id":"f","name":"n","flowSpec":{"id":"x"},
            "enterpriseClassification":"C1","lastOperation":{"status":{"value":"success"}}})");
    REQUIRE(document);
    const auto kept = [&](live::Extent extent) {
        return live::parse_entity(EntityKind::flow, *document, embedded, extent).document;
    };
    CHECK(kept(live::Extent::whole) == *document);
    CHECK(kept(live::Extent::managed)["enterpriseClassification"].is_null());
}

TEST_CASE("an empty description is none") {
    const char* without = R"({"name":"n","connectionSpec":{"id":"x"}})";
    const char* empty = R"({"name":"n","description":"","connectionSpec":{"id":"x"}})";
    CHECK(canonical(EntityKind::base, without) == canonical(EntityKind::base, empty));
}

TEST_CASE("parameters that a GET leaves out are taken as last written") {
    const auto desired = test::desired_of(test::small_project());
    const auto& account = desired.entities.front();
    model::LiveEntity live;
    live.marker = model::Marker{"acme", account.key, account.digest, {}};
    json::Value content = account.content;
    content.make_object().erase("auth");
    CHECK(normalise::align(content, live, account) == account.content);
    live.marker->digest = "0000000000000000";
    CHECK(normalise::align(content, live, account) != account.content);
}

TEST_CASE("a description that comes back for nobody is taken as last written") {
    auto project = test::small_project();
    project.accounts[0].description = "Ours";
    const auto account = test::desired_of(project).entities.front();
    json::Value content = account.content;
    content.make_object().erase("description");
    model::LiveEntity live;
    CHECK(normalise::align(content, live, account) == account.content);
    live.marker = model::Marker{"acme", account.key, account.digest, {}};
    CHECK(normalise::align(content, live, account) != account.content);
}

TEST_CASE("a flow with several sources differs from one with one") {
    const auto one = canonical(EntityKind::flow, R"({"sourceConnectionIds":["a"]})");
    const auto two = canonical(EntityKind::flow, R"({"sourceConnectionIds":["a","b"]})");
    CHECK(json::write(one["source"]) == R"({"id":"a"})");
    CHECK(one["source"] != two["source"]);
}
