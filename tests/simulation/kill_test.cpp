#include "support/graphs.hpp"
#include "support/world.hpp"

#include <doctest/doctest.h>

#include <cstddef>

using namespace penstock;
using test::World;

namespace {

/// Kills an apply of `project` after its first request, then after its second in a world of its
/// own, and so on; each time the next apply must end where an undisturbed one ends.
std::size_t check_every_kill(const World& start, const manifest::Manifests& project) {
    const auto fresh = [&](World& world) {
        world.clock.set(start.clock.now());
        world.platform.load(start.platform.save());
    };
    World undisturbed;
    fresh(undisturbed);
    (void)undisturbed.apply(project);
    const auto wanted = undisturbed.state();

    for (std::size_t requests = 1; requests < 2000; ++requests) {
        INFO("killed after ", requests, " requests");
        World world;
        fresh(world);
        if (!world.apply(project, requests).stopped) {
            return requests;
        }
        const auto repaired = world.apply(project);
        CHECK_FALSE(repaired.error);
        CHECK(repaired.plan.notes.empty());
        REQUIRE(repaired.report.count(execute::StepStatus::done) == repaired.plan.steps.size());
        REQUIRE(world.state() == wanted);
        REQUIRE(world.plan(project).plan.empty());
    }
    FAIL("the apply never ends");
    return 0;
}

} // namespace

TEST_CASE("killed after any request of a first apply of all examples, the next one finishes it") {
    const World empty;
    const auto project = test::example_project();
    const auto requests = check_every_kill(empty, project);
    CHECK(requests > 2 * (project.accounts.size() + 3 * project.datasets.size()));
}

TEST_CASE("a dataflow that a killed run left enabled is unfinished work, not drift") {
    auto project = test::small_project();
    project.datasets[0].enabled = false;
    bool seen = false;
    for (std::size_t requests = 1; requests < 40; ++requests) {
        World world;
        if (!world.apply(project, requests).stopped) {
            break;
        }
        for (const auto& change : world.plan(project).plan.changes) {
            seen = seen || (change.key.kind == model::EntityKind::flow &&
                            change.action == plan::Action::update);
            CHECK((change.cause == plan::Cause::git || change.action == plan::Action::create));
        }
    }
    CHECK(seen);
}

TEST_CASE("killed after any request of a change of everything, the next one finishes it") {
    World start;
    auto project = test::small_project();
    project.datasets.push_back(test::dataset_export("moved"));
    project.datasets.push_back(test::dataset_export("removed"));
    project.accounts.push_back(project.accounts[0]);
    project.accounts.back().metadata.name = "s3-other";
    REQUIRE(start.apply(project).report.count(execute::StepStatus::failed) == 0);

    project.datasets.pop_back();
    project.datasets[1].account = "s3-other";
    project.datasets[0].datasets.pop_back();
    project.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
    project.datasets[0].destination["compression"] = "NONE";
    project.datasets[0].enabled = false;
    check_every_kill(start, project);
}
