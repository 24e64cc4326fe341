#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

using namespace penstock;
using test::EmulatorFixture;
using test::selector;
using test::with;

namespace {

const std::string selectors_path =
    std::string(test::segment_params) + "/segmentSelectors/selectors";

emulator::Settings long_signed_in() {
    emulator::Settings settings;
    settings.token_lifetime = 1'000'000'000;
    return settings;
}

/// A segment flow at midnight of the first of November, and what it exports.
struct Exporting {
    Exporting() : fixture(long_signed_in()), path("/flows/" + fixture.make_segment_flow()) {}

    void select(const json::Value& added) {
        const auto done = fixture.patch(path, "add", selectors_path + "/-", added);
        REQUIRE(done.status == 200);
        fixture.clock.advance(Milliseconds(1500));
    }
    /// Advances to that hour of the month, a little later than a run takes.
    void go_to(int day, int hour) {
        fixture.clock.set(UtcTime(Milliseconds(1'793'491'200'000)) +
                          std::chrono::hours(24 * (day - 1) + hour) + std::chrono::minutes(2));
        fixture.get(path);
    }
    /// The runs in order as "day hour: segments".
    std::vector<std::string> runs() {
        std::vector<std::string> found;
        const auto listed = fixture.get("/runs?orderby=createdAt&limit=100");
        for (const auto& run : listed.body["items"].as_array()) {
            const auto hours = (run["createdAt"].as_integer() - 1'793'491'200'000) / 3'600'000;
            auto line = fmt::format("{} {}:", hours / 24 + 1, hours % 24);
            const auto& summary = run["metrics"]["recordSummary"]["targetSummaries"];
            for (const auto& entry : summary.as_array().front()["entitySummaries"].as_array()) {
                line += " " + entry["id"].as_string();
            }
            found.push_back(line);
        }
        return found;
    }

    EmulatorFixture fixture;
    std::string path;
};

using Runs = std::vector<std::string>;

json::Value daily(std::string_view segment, const char* time) {
    auto made = with(selector(segment), "/value/exportMode", "DAILY_FULL_EXPORT");
    made = with(made, "/value/schedule/frequency", "DAILY");
    made = with(made, "/value/schedule/startTime", time == nullptr ? json::Value() : time);
    return with(made, "/value/schedule/triggerType",
                time == nullptr ? "AFTER_SEGMENT_EVAL" : "SCHEDULED");
}

} // namespace

TEST_CASE("emulator: a segment flow runs on the schedules of its segments") {
    Exporting exporting;
    exporting.go_to(2, 3);
    CHECK(exporting.runs().empty());
    exporting.select(selector("six"));
    exporting.select(daily("noon", "12:00"));
    exporting.select(daily("evaluated", nullptr));
    exporting.go_to(2, 18);
    CHECK(exporting.runs() == Runs{"2 6: segment:six", "2 7: segment:evaluated",
                                   "2 12: segment:six segment:noon", "2 18: segment:six"});
}

TEST_CASE("emulator: a schedule ends before its endDate, and a single export is single") {
    Exporting exporting;
    exporting.select(with(daily("short", "05:00"), "/value/schedule/endDate", "2026-11-04"));
    exporting.select(with(daily("once", "05:00"), "/value/schedule/frequency", "ONCE"));
    exporting.go_to(9, 0);
    CHECK(exporting.runs() == Runs{"2 5: segment:short segment:once", "3 5: segment:short"});
    CHECK(exporting.fixture.get(exporting.path)
              .item()["lastRunDetails"]["startedAtUTC"]
              .as_integer() == 1'793'491'200'000 + (2 * 24 + 5) * 3'600'000LL);
}

TEST_CASE("emulator: segments that are added, changed and removed run accordingly") {
    Exporting exporting;
    exporting.select(daily("a", "05:00"));
    exporting.select(daily("b", "05:00"));
    exporting.go_to(2, 5);
    exporting.fixture.patch(exporting.path,
                            json::Array{json::Object{{"op", "replace"},
                                                     {"path", selectors_path + "/1"},
                                                     {"value", daily("b", "08:00")}},
                                        json::Object{{"op", "remove"},
                                                     {"path", selectors_path + "/0"},
                                                     {"value", selector("a")}}});
    exporting.go_to(3, 9);
    CHECK(exporting.runs() == Runs{"2 5: segment:a segment:b", "2 8: segment:b", "3 8: segment:b"});
}

TEST_CASE("emulator: a change of other things does not lose the run under way") {
    Exporting exporting;
    exporting.select(daily("a", "05:00"));
    exporting.select(daily("b", "09:00"));
    exporting.fixture.platform.settings().selector_order = emulator::SelectorOrder::shuffled;
    exporting.go_to(2, 4);
    exporting.fixture.clock.advance(std::chrono::minutes(58) + std::chrono::seconds(20));
    exporting.fixture.patch(exporting.path, "replace", "/name", "Other");
    exporting.go_to(2, 6);
    CHECK(exporting.runs() == Runs{"2 5: segment:a"});
}

TEST_CASE("emulator: a change that shows at once is scheduled all the same") {
    Exporting exporting;
    exporting.fixture.platform.settings().patch_visibility = emulator::PatchVisibility::immediate;
    exporting.select(daily("a", "05:00"));
    exporting.go_to(2, 6);
    exporting.fixture.patch(exporting.path, "replace", selectors_path + "/0", daily("a", "09:00"));
    exporting.go_to(3, 10);
    CHECK(exporting.runs() == Runs{"2 5: segment:a", "2 9: segment:a", "3 9: segment:a"});
}

TEST_CASE("emulator: a disabled segment flow does not run") {
    Exporting exporting;
    exporting.select(daily("a", "05:00"));
    exporting.fixture.post(exporting.path + "/action?op=disable", {});
    exporting.go_to(4, 0);
    CHECK(exporting.runs().empty());
    exporting.fixture.post(exporting.path + "/action?op=enable", {});
    exporting.go_to(5, 0);
    CHECK(exporting.runs() == Runs{"4 5: segment:a"});
}

TEST_CASE("emulator: the counts of a segment run add up") {
    Exporting exporting;
    exporting.select(selector("a"));
    exporting.select(selector("b"));
    exporting.go_to(26, 0);
    const auto listed = exporting.fixture.get("/runs?limit=100");
    std::set<std::string> states;
    for (const auto& run : listed.body["items"].as_array()) {
        const auto& summary = run["metrics"]["recordSummary"];
        const auto& source = summary["sourceSummaries"].as_array().front();
        const auto& target = summary["targetSummaries"].as_array().front();
        std::int64_t read = 0;
        std::int64_t written = 0;
        for (const auto& entry : source["entitySummaries"].as_array()) {
            read += entry["inputRecordCount"].as_integer();
        }
        for (const auto& entry : target["entitySummaries"].as_array()) {
            written += entry["outputRecordCount"].as_integer();
        }
        const auto state = run["metrics"]["statusSummary"]["status"].as_string();
        states.insert(state);
        CHECK(
            source["id"] ==
            exporting.fixture.get(exporting.path).item()["sourceConnectionIds"].as_array().front());
        CHECK(read > 0);
        CHECK(summary["inputRecordCount"].as_integer() == read);
        CHECK(summary["outputRecordCount"].as_integer() == written);
        CHECK((written == 0) == (state == "failed"));
        CHECK(summary["failedInfo"].is_array() == (state == "failed"));
    }
    CHECK(states == std::set<std::string>{"failed", "success"});
    const auto filtered = exporting.fixture.get(
        "/runs?count=true&property=metrics.recordSummary.targetSummaries%5B%5D."
        "entitySummaries%5B%5D.id%3D%3Dsegment%3Aa");
    CHECK(filtered.body["count"].as_integer() ==
          static_cast<std::int64_t>(listed.body["items"].as_array().size()));
}

TEST_CASE("emulator: a saved segment flow goes on running") {
    Exporting original;
    original.select(selector("a"));
    original.go_to(2, 7);
    const auto saved = json::parse(json::write(original.fixture.platform.save()));
    REQUIRE(saved);
    Exporting restored;
    restored.fixture.platform.load(*saved);
    restored.fixture.token = original.fixture.token;
    restored.path = original.path;
    for (auto* exporting : {&original, &restored}) {
        exporting->go_to(4, 0);
    }
    CHECK(original.runs().size() == 8);
    CHECK(restored.runs() == original.runs());
    CHECK(restored.fixture.get(original.path).body == original.fixture.get(original.path).body);
}
