#include "plan/forecast.hpp"
#include "plan/planner.hpp"
#include "support/graphs.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <optional>
#include <string>

using namespace penstock;
using test::applied;
using test::desired_of;
using test::plan_of;

namespace {

/// A project of so many exports.
manifest::Manifests exports(std::size_t count) {
    auto project = test::small_project();
    project.datasets.clear();
    for (std::size_t i = 0; i < count; ++i) {
        project.datasets.push_back(test::dataset_export(fmt::format("e{:02}", i)));
    }
    return project;
}

/// The plan that leads from one to the other, where the service counts so many dataflows.
plan::Plan forecast(std::size_t before, std::size_t after, std::optional<std::size_t> counted) {
    const auto live =
        before == 0 ? model::LiveGraph{"acme", {}} : applied(desired_of(exports(before)));
    auto plan = plan_of(desired_of(exports(after)), live);
    plan::forecast(plan, counted, live);
    return plan;
}

} // namespace

TEST_CASE("a plan that makes dataflows says how many destinations there will be") {
    const auto plan = forecast(3, 5, 95);
    REQUIRE(plan.forecast);
    CHECK(plan.forecast->now == 95);
    CHECK(plan.forecast->after == 97);
    CHECK(plan.forecast->limit == 100);
    CHECK_FALSE(plan.forecast->at_least);
    CHECK(plan.notes.empty());
}

TEST_CASE("where the service does not count, those that were read are the least") {
    const auto plan = forecast(3, 5, std::nullopt);
    REQUIRE(plan.forecast);
    CHECK(plan.forecast->now == 3);
    CHECK(plan.forecast->after == 5);
    CHECK(plan.forecast->at_least);
}

TEST_CASE("a plan that makes no dataflow has no forecast") {
    CHECK_FALSE(plan::makes_dataflows(forecast(3, 3, 250)));
    CHECK_FALSE(forecast(3, 3, 250).forecast);
    CHECK(forecast(3, 2, 250).notes.empty());
    CHECK_FALSE(forecast(3, 2, 250).forecast);
}

TEST_CASE("a plan that goes past the guardrail warns, once") {
    CHECK(forecast(0, 2, 98).notes.empty());
    const auto plan = forecast(0, 3, 98);
    REQUIRE(plan.notes.size() == 1);
    CHECK(plan.notes[0].severity == Severity::warning);
    CHECK(plan.notes[0].code == "guardrail");
    CHECK(plan.notes[0].message ==
          "101 destinations in this sandbox after apply, and the guardrail is 100");
    CHECK_FALSE(plan.blocked());
}

TEST_CASE("a plan that goes past the guardrail on its way only warns of that") {
    // A path that changes needs nothing new, another account does.
    auto project = exports(1);
    const auto live = applied(desired_of(project));
    project.accounts.push_back(project.accounts[0]);
    project.accounts.back().metadata.name = "t3";
    project.datasets[0].account = "t3";
    auto plan = plan_of(desired_of(project), live);
    REQUIRE(plan::makes_dataflows(plan));
    plan::forecast(plan, 100, live);
    REQUIRE(plan.forecast);
    CHECK(plan.forecast->after == 100);
    REQUIRE(plan.notes.size() == 1);
    CHECK(plan.notes[0].message ==
          "up to 101 destinations in this sandbox during apply, and the guardrail is 100");
}
