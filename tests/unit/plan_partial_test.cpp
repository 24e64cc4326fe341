#include "plan/partial.hpp"
#include "support/graphs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace penstock;
using test::applied;
using test::desired_of;
using test::live_at;
using test::plan_of;

namespace {

manifest::Manifests project_of_two() {
    auto project = test::small_project();
    project.segments = test::segment_project().segments;
    return project;
}

} // namespace

TEST_CASE("a plan on a part holds for all if it changes targets and dataflows where they are") {
    struct Row {
        const char* name;
        std::function<void(manifest::Manifests&)> change;
        bool holds;
    };
    const std::vector<Row> rows{
        {"nothing", [](auto&) {}, true},
        {"a description", [](auto& p) { p.datasets[0].description = "New"; }, true},
        {"a path", [](auto& p) { p.datasets[0].destination["path"] = "new"; }, true},
        {"disabled", [](auto& p) { p.datasets[0].enabled = false; }, true},
        {"a segment", [](auto& p) { p.segments[0].segments.pop_back(); }, true},
        {"a column", [](auto& p) { p.segments[0].mapping[0].source = "person.name.lastName"; },
         false},
        {"datasets", [](auto& p) { p.datasets[0].datasets.pop_back(); }, false},
        {"a new export", [](auto& p) { p.datasets.push_back(test::dataset_export("new")); }, false},
        {"an export less", [](auto& p) { p.datasets.clear(); }, false},
        {"an account's description", [](auto& p) { p.accounts[0].description = "New"; }, false},
    };
    const auto live = applied(desired_of(project_of_two()));
    for (const auto& row : rows) {
        CAPTURE(row.name);
        auto project = project_of_two();
        row.change(project);
        const auto plan = plan_of(desired_of(project), live);
        CHECK(plan.empty() == (row.name == rows[0].name));
        CHECK(plan::holds_for_all(plan) == row.holds);
    }
}

TEST_CASE(
    "a plan on a part with an error, a twin or a base connection that changes does not hold") {
    const auto desired = desired_of(project_of_two());
    auto unread = applied(desired);
    live_at(unread, "loyalty.flow").mapping_set_unread = "not allowed";
    CHECK(plan_of(desired, unread).blocked());
    CHECK_FALSE(plan::holds_for_all(plan_of(desired, unread)));

    auto plan = plan_of(desired, applied(desired));
    CHECK(plan::holds_for_all(plan));
    plan.doubled = true;
    CHECK_FALSE(plan::holds_for_all(plan));

    auto renamed = applied(desired);
    live_at(renamed, "s3.base").name = "By hand";
    live_at(renamed, "s3.base").document.make_object()["name"] = "By hand";
    plan = plan_of(desired, renamed);
    CHECK(plan.changes.size() == 1);
    CHECK_FALSE(plan::holds_for_all(plan));
}
