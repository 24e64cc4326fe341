#include "plan/planner.hpp"
#include "support/graphs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace penstock;
using test::applied;
using test::desired_of;

using Lines = std::vector<std::string>;

namespace {

/// What the plan made at `now`, in seconds, says of a dataflow; nothing if it does not change.
std::optional<Lines> effects_at(std::int64_t now, const manifest::Manifests& manifests,
                                const model::LiveGraph& live, const std::string& name) {
    plan::Options options;
    options.now = now * 1000;
    const auto plan =
        plan::make(desired_of(manifests), live, catalogue::Catalogue::embedded(), options);
    const auto found =
        std::find_if(plan.changes.begin(), plan.changes.end(), [&](const auto& change) {
            return change.key == model::EntityKey{model::EntityKind::flow, name};
        });
    return found == plan.changes.end() ? std::nullopt : std::optional(found->effects);
}

/// 2027-01-01T00:00:00Z, before which nothing of these tests is past.
constexpr std::int64_t new_year = 1'798'761'600;
constexpr std::int64_t hour = 60 * 60;
constexpr std::int64_t day = 24 * hour;

manifest::Manifests datasets(std::int64_t start, std::optional<std::int64_t> end) {
    auto project = test::small_project();
    project.datasets[0].schedule.start_time = start;
    project.datasets[0].schedule.end_time = end;
    return project;
}

const model::LiveGraph nothing{"acme", {}};

/// One segment of this schedule, `AFTER_SEGMENT_EVAL` without a time.
manifest::Manifests segments(const std::string& start_date, const std::string& start_time,
                             const std::string& end_date) {
    auto project = test::segment_project();
    auto& all = project.segments[0].segments;
    all.resize(1);
    all[0].schedule.start_date = start_date;
    all[0].schedule.start_time = start_time;
    all[0].schedule.end_date = end_date;
    return project;
}

} // namespace

TEST_CASE("a new export of datasets tells that its start or its end is past") {
    const auto start = new_year + day;
    const auto end = new_year + 30 * day;
    struct Row {
        std::int64_t now;
        Lines effects;
    };
    for (const auto& row : {
             Row{new_year, {}},
             Row{start, {}},
             Row{start + 1, {"its start time, 2027-01-02T00:00:00Z, is past"}},
             Row{end, {"its start time, 2027-01-02T00:00:00Z, is past"}},
             Row{end + 1, {"its end time, 2027-01-31T00:00:00Z, is past: nothing is exported"}},
         }) {
        CAPTURE(row.now - new_year);
        CHECK(effects_at(row.now, datasets(start, end), nothing, "devices") == row.effects);
    }
    // Where nobody knows what time it is, none is past.
    const auto plan = test::plan_of(desired_of(datasets(1, 2)), nothing);
    CHECK(plan.changes.back().effects.empty());
}

TEST_CASE("a schedule that stays says nothing of times that have passed since") {
    auto project = datasets(new_year, new_year + 30 * day);
    const auto live = applied(desired_of(project));
    CHECK(effects_at(new_year + 90 * day, project, live, "devices") == std::nullopt);
    project.datasets[0].description = "other";
    CHECK(effects_at(new_year + 90 * day, project, live, "devices") == Lines{});
}

TEST_CASE("another start time is told of where the one before has passed") {
    const auto live = applied(desired_of(datasets(new_year, new_year + 30 * day)));
    const auto later = datasets(new_year + 20 * day, new_year + 30 * day);
    CHECK(effects_at(new_year, later, live, "devices") == Lines{});
    CHECK(effects_at(new_year + day, later, live, "devices") ==
          Lines{"its start time, 2027-01-01T00:00:00Z, has passed: the platform may refuse "
                "another one"});
    const auto ended = datasets(new_year, new_year + day);
    CHECK(effects_at(new_year + 2 * day, ended, live, "devices") ==
          Lines{"its end time, 2027-01-02T00:00:00Z, is past: nothing is exported"});
}

TEST_CASE("new segments tell that their start or their end date is past") {
    const std::string started = "the start of 1 segment is past";
    const std::string ended = "the end date of 1 segment is past: not exported";
    struct Row {
        std::int64_t now;
        const char* start_time;
        Lines effects;
    };
    for (const auto& row : {
             Row{new_year + 5 * hour, "06:00", {}}, Row{new_year + 6 * hour, "06:00", {started}},
             Row{new_year + day - 1, "", {}}, // the day is not over
             Row{new_year + day, "", {started}}, Row{new_year + 2 * day - 1, "06:00", {started}},
             Row{new_year + 2 * day, "06:00", {ended}}, // the first day without an export
         }) {
        CAPTURE(row.now - new_year);
        CHECK(effects_at(row.now, segments("2027-01-01", row.start_time, "2027-01-03"), nothing,
                         "loyalty") == row.effects);
    }
}

TEST_CASE("only segments that are new or scheduled anew tell that a time is past") {
    auto project = test::segment_project();
    auto& segments = project.segments[0].segments;
    for (auto& segment : segments) {
        segment.schedule.start_date = "2027-01-01";
        segment.schedule.start_time = "";
        segment.schedule.end_date = "";
    }
    const auto live = applied(desired_of(project));
    const auto now = new_year + 9 * day;
    project.segments[0].description = "other";
    CHECK(effects_at(now, project, live, "loyalty") == Lines{});
    segments[0].schedule.start_date = "2027-01-02";
    CHECK(effects_at(now, project, live, "loyalty") ==
          Lines{"the next run comes by the new schedule", "the start of 1 segment is past"});
    segments.push_back(test::segment(9));
    segments.back().schedule.start_date = "2026-12-01";
    CHECK(effects_at(now, project, live, "loyalty") ==
          Lines{"the next run comes by the new schedule", "the start of 2 segments is past"});
}

TEST_CASE("a change tells what of the next files is other than before") {
    const auto live = applied(desired_of(test::segment_project()));
    const auto effects = [&](auto edit) {
        auto project = test::segment_project();
        edit(project.segments[0]);
        return effects_at(new_year - 3650 * day, project, live, "loyalty");
    };
    using Export = manifest::SegmentExport;
    CHECK(effects([](Export& segments) { segments.mapping[0].source = "person.name.lastName"; }) ==
          Lines{"files of the next run have the new columns"});
    CHECK(effects([](Export& segments) {
              segments.segments[0].filename_template = "%SEGMENT_ID%-%DATETIME(YYYYMMdd_HHmmss)%";
          }) == Lines{"files of the next run have new names"});
    CHECK(effects([](Export& segments) {
              segments.mandatory_fields = {segments.mapping[1].destination};
          }) == Lines{"the next run may hold other profiles"});
    CHECK(effects([](Export& segments) { segments.enabled = false; }) == Lines{"the export stops"});
}

TEST_CASE("an export stops with its last dataflow, not with a twin of it") {
    const auto project = test::small_project();
    auto live = applied(desired_of(project));
    auto twin = test::live_at(live, "devices.flow");
    twin.id += "-2";
    twin.audit.created_at += 1;
    twin.document.make_object()["id"] = twin.id;
    live.entities.push_back(twin);
    CHECK(effects_at(new_year, project, live, "devices") == Lines{});

    auto without = project;
    without.datasets.clear();
    CHECK(effects_at(new_year, without, live, "devices") == Lines{"the export stops"});
}
