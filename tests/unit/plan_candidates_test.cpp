#include "support/graphs.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

using namespace penstock;
using test::applied;
using test::dataset_export;
using test::desired_of;
using test::plan_of;
using test::small_project;
using test::steps_of;

namespace {

/// A project of two accounts with several exports each.
manifest::Manifests larger_project() {
    auto project = small_project();
    project.accounts.push_back(project.accounts[0]);
    project.accounts[1].metadata.name = "s3-too";
    project.datasets.clear();
    for (std::size_t number = 0; number < 60; ++number) {
        project.datasets.push_back(dataset_export(fmt::format("export-{}", number)));
        project.datasets.back().account = project.accounts[number % 2].metadata.name;
    }
    return project;
}

/// A second copy of everything, made a day later.
void add_twins(model::LiveGraph& live) {
    const auto once = live.entities;
    for (auto twin : once) {
        twin.id += "-twin";
        twin.document.make_object()["id"] = twin.id;
        twin.audit.created_at += 86'400'000;
        live.entities.push_back(std::move(twin));
    }
}

} // namespace

TEST_CASE("what goes on is chosen on other threads, in whatever order it was found") {
    const auto desired = desired_of(larger_project());
    auto live = applied(desired);
    add_twins(live);
    const auto plan = plan_of(desired, live);
    CHECK(plan.changes.size() == live.entities.size() / 2);
    for (const auto& change : plan.changes) {
        CAPTURE(model::address(change.key));
        CHECK(change.action == plan::Action::remove);
        CHECK(change.id.value_or("").ends_with("-twin"));
    }
    std::reverse(live.entities.begin(), live.entities.end());
    CHECK(steps_of(plan_of(desired, live)) == steps_of(plan));
}
