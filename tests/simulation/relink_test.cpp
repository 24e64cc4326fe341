#include "json/text.hpp"
#include "support/graphs.hpp"
#include "support/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace penstock;
using test::World;

namespace {

const manifest::Dataset devices{"5ef3e3259ad2a1191ab7dd7d", "AAM Devices Data"};
const manifest::Dataset profiles{"5ef3e324052581191aa6a466", "AAM Authenticated Profiles"};
const manifest::Dataset realtime{"5ef3e328582424191b1beb44", "AAM Realtime"};
const manifest::Dataset renamed{"5ef3e3259ad2a1191ab7dd7d", "Devices"};

/// Follows every request and fails if a flow ever points to a source connection that is gone.
void check_flow_always_has_its_source(World& world, const manifest::Manifests& project) {
    const auto flow = world.id_of("flow", "devices");
    const auto total = world.plan(project).requests.size();
    for (std::size_t requests = total; requests < 200; ++requests) {
        World copy;
        copy.clock.set(world.clock.now());
        copy.platform.load(world.platform.save());
        const auto run = copy.apply(project, requests);
        const auto& entities = copy.platform.store().entities();
        const auto found = entities.find(flow);
        REQUIRE(found != entities.end());
        for (const auto& id : found->second.body.find("sourceConnectionIds")->as_array()) {
            INFO("after ", requests, " requests");
            CHECK(entities.contains(id.as_string()));
        }
        if (!run.stopped) {
            return;
        }
    }
    FAIL("the apply never ends");
}

} // namespace

TEST_CASE("a changed dataset list: the flow keeps its id, gets a new source, the old one goes") {
    const std::vector<std::pair<const char*, std::vector<manifest::Dataset>>> lists{
        {"added", {devices, profiles, realtime}},
        {"removed", {devices}},
        {"renamed", {renamed, profiles}},
        {"swapped", {realtime, profiles}},
    };
    for (const auto& list : lists) {
        INFO(list.first);
        World world;
        auto project = test::small_project();
        project.datasets[0].datasets = {devices, profiles};
        REQUIRE(world.apply(project).plan.steps.size() == 4);
        const auto flow = world.id_of("flow", "devices");
        const auto source = world.id_of("source", "devices");

        project.datasets[0].datasets = list.second;
        check_flow_always_has_its_source(world, project);
        const auto run = world.apply(project);
        CHECK(run.report.count(execute::StepStatus::done) == 3);
        CHECK(world.id_of("flow", "devices") == flow);
        CHECK(world.id_of("source", "devices") != source);
        CHECK_FALSE(world.platform.store().entities().contains(source));

        const auto patches = std::count_if(run.requests.begin(), run.requests.end(),
                                           [](const auto& sent) { return sent.method == "PATCH"; });
        CHECK(patches == 1);
        CHECK(world.plan(project).plan.empty());
    }
}

TEST_CASE("the order in which datasets are listed is no change") {
    World world;
    auto project = test::small_project();
    project.datasets[0].datasets = {devices, profiles};
    (void)world.apply(project);
    project.datasets[0].datasets = {profiles, devices};
    CHECK(world.plan(project).plan.empty());
}
