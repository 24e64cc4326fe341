#include "support/graphs.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

using namespace penstock;
using test::World;

namespace {

/// A dataset export, one of segments with a mapping, and one that shares the Profile Store.
manifest::Manifests project_of_three() {
    auto project = test::small_project();
    auto segments = test::segment_project_for("azure-blob");
    auto legacy = test::segment_project_for("oracle-eloqua");
    segments.accounts[0].metadata.name = "blob";
    segments.segments[0].account = "blob";
    legacy.accounts[0].metadata.name = "eloqua";
    legacy.segments[0].account = "eloqua";
    legacy.segments[0].metadata.name = "leads";
    for (const auto* other : {&segments, &legacy}) {
        project.accounts.push_back(other->accounts[0]);
        project.segments.push_back(other->segments[0]);
    }
    return project;
}

/// Applies `project`, and while the request number `at` is on its way a second run applies the same
/// from beginning to end. The second run; nothing if there were fewer requests.
std::optional<test::Run> apply_two(World& world, const manifest::Manifests& project, std::size_t at,
                                   test::Run& first) {
    std::optional<test::Run> second;
    std::size_t requests = 0;
    bool outer = true;
    world.prepare = [&](test::InProcessTransport& transport) {
        if (!outer) {
            return;
        }
        outer = false;
        transport.intercept = [&](const http::Request&) -> std::optional<http::Response> {
            if (++requests == at) {
                second = world.apply(project);
            }
            return std::nullopt;
        };
    };
    first = world.apply(project);
    world.prepare = {};
    return second;
}

} // namespace

TEST_CASE("two first applies at once, one within the other, end with one set of entities") {
    const auto project = project_of_three();
    World alone;
    test::check_done(alone.apply(project));
    std::size_t made_twice = 0;
    for (std::size_t at = 1;; ++at) {
        INFO("request ", at);
        World world;
        test::Run first;
        const auto second = apply_two(world, project, at, first);
        if (!second) {
            break;
        }
        made_twice += first.twins.plan.steps.empty() ? 0U : 1U;
        CHECK_FALSE(first.error);
        CHECK_FALSE(second->error);
        CHECK(world.managed_state("acme") == alone.managed_state("acme"));
        test::check_unchanged(world.plan(project));
    }
    CHECK(made_twice > 20);
}
