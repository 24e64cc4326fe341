#include "plan/planner.hpp"
#include "render/drift_report.hpp"
#include "support/graphs.hpp"
#include "support/report_examples.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using namespace penstock;
using plan::Cause;
using test::applied;
using test::desired_of;
using test::plan_of;

namespace {

constexpr std::int64_t later = 1'810'000'000;

/// What somebody changes in the dataflow of the small project, bit by bit of `which`.
model::LiveGraph edited_in_platform(unsigned which) {
    auto live = applied(desired_of(test::small_project()));
    auto& document = test::live_at(live, "devices.flow").document.make_object();
    if ((which & 1U) != 0) {
        document["scheduleParams"].make_object()["startTime"] = later;
    }
    if ((which & 2U) != 0) {
        document["scheduleParams"].make_object()["endTime"] = later + 1000;
    }
    if ((which & 4U) != 0) {
        test::live_at(live, "devices.flow").state = "disabled";
    }
    return live;
}

/// The same in git.
model::DesiredGraph edited_in_git(unsigned which) {
    auto project = test::small_project();
    auto& datasets = project.datasets[0];
    if ((which & 1U) != 0) {
        datasets.schedule.start_time = later + 1;
    }
    if ((which & 2U) != 0) {
        datasets.schedule.end_time = later + 1001;
    }
    if ((which & 4U) != 0) {
        datasets.enabled = false;
    }
    if ((which & 8U) != 0) {
        datasets.description = "Described anew";
    }
    return desired_of(project);
}

unsigned bit_of(const std::string& pointer) {
    return pointer == "/schedule/startTime" ? 1U
           : pointer == "/schedule/endTime" ? 2U
           : pointer == "/enabled"          ? 4U
                                            : 8U;
}

} // namespace

TEST_CASE("where git and the platform changed other fields, each is told apart") {
    for (unsigned platform = 1; platform < 8; ++platform) {
        for (unsigned git = 1; git < 16; ++git) {
            if ((platform & git) != 0) {
                continue;
            }
            CAPTURE(platform);
            CAPTURE(git);
            const auto plan = plan_of(edited_in_git(git), edited_in_platform(platform));
            REQUIRE(plan.changes.size() == 1);
            const auto& change = plan.changes[0];
            CHECK(change.cause == Cause::both);
            REQUIRE(change.field_causes.size() == change.fields.size());
            for (std::size_t i = 0; i < change.fields.size(); ++i) {
                const auto bit = bit_of(change.fields[i].pointer);
                CAPTURE(change.fields[i].pointer);
                CHECK(((platform & bit) != 0) == (plan::cause_of_field(change, i) == Cause::drift));
                CHECK(((git & bit) != 0) == (plan::cause_of_field(change, i) == Cause::git));
            }
        }
    }
}

TEST_CASE("where both changed one field, nothing is told of any") {
    const auto plan = plan_of(edited_in_git(1U | 8U), edited_in_platform(1U));
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].cause == Cause::both);
    CHECK(plan.changes[0].field_causes.empty());
    CHECK(plan::cause_of_field(plan.changes[0], 0) == Cause::both);
}

TEST_CASE("where one side alone changed an entity, all of its fields are that side's") {
    CHECK(plan_of(edited_in_git(0), edited_in_platform(7)).changes[0].cause == Cause::drift);
    CHECK(plan_of(edited_in_git(0), edited_in_platform(7)).changes[0].field_causes.empty());
    CHECK(plan_of(edited_in_git(15), edited_in_platform(0)).changes[0].cause == Cause::git);
}

TEST_CASE("a segment that git adds is not taken for one that somebody removed") {
    auto project = test::segment_project();
    auto live = applied(desired_of(project));
    test::live_at(live, "loyalty.flow").state = "disabled";
    project.segments[0].segments.push_back(test::segment(9));
    const auto report =
        render::drift_report(plan_of(desired_of(project), live), {}, test::example_scope());
    REQUIRE(report.findings.size() == 1);
    REQUIRE(report.findings[0].fields.size() == 1);
    CHECK(report.findings[0].fields[0].name == "/enabled");
    CHECK(report.waiting == 1);
}

TEST_CASE("more fields than can be tried are told as changed on either side") {
    auto project = test::segment_project();
    auto live = applied(desired_of(project));
    test::live_at(live, "loyalty.flow").state = "disabled";
    for (int n = 10; n < 30; ++n) {
        project.segments[0].segments.push_back(test::segment(n));
    }
    const auto plan = plan_of(desired_of(project), live);
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].cause == Cause::both);
    CHECK(plan.changes[0].field_causes.empty());
}

TEST_CASE("a dataflow that our client switched off is our own work for moments only") {
    auto live = applied(desired_of(test::small_project()));
    auto& flow = test::live_at(live, "devices.flow");
    flow.state = "disabled";
    flow.audit.updated_at = 1'790'000'000'000;
    const auto cause = [&](const std::string& updated, const std::string& created,
                           std::int64_t seconds_later) {
        flow.audit.updated_client = updated;
        flow.audit.created_client = created;
        plan::Options options;
        options.client = "penstock";
        options.now = flow.audit.updated_at + seconds_later * 1000;
        const auto plan = plan::make(desired_of(test::small_project()), live,
                                     catalogue::Catalogue::embedded(), options);
        REQUIRE(plan.changes.size() == 1);
        return plan.changes[0].cause;
    };
    CHECK(cause("penstock", "penstock", 5) == Cause::git);
    CHECK(cause("penstock", "penstock", 600) == Cause::git);
    CHECK(cause("penstock", "penstock", 601) == Cause::drift);
    // A plan may be made with another client than the one that applies.
    CHECK(cause("writer", "writer", 5) == Cause::git);
    CHECK(cause("exc_app", "penstock", 5) == Cause::drift);
    CHECK(cause("", "", 5) == Cause::drift);
}
