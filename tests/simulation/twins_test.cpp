#include "plan/meanwhile.hpp"
#include "support/graphs.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
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

TEST_CASE("lists that lag once a run knows of its twins hide none of them") {
    const auto project = project_of_three();
    World alone;
    test::check_done(alone.apply(project));
    for (std::size_t lagging = 1; lagging <= 12; ++lagging) {
        INFO("list ", lagging, " after the last write lags");
        World world;
        bool outer = true;
        bool has_begun = false;
        std::size_t lists = 0;
        world.prepare = [&](test::InProcessTransport& transport) {
            if (!std::exchange(outer, false)) {
                return;
            }
            transport.draw_fault =
                [&](const http::Request& request) -> std::optional<emulator::Fault> {
                if (request.method == http::Method::post &&
                    request.url.find("/ims/") == std::string::npos) {
                    if (!std::exchange(has_begun, true)) {
                        test::check_done(world.apply(project));
                    }
                    lists = 0;
                }
                if (request.method != http::Method::get || !has_begun ||
                    request.url.find('?') == std::string::npos || ++lists != lagging) {
                    return std::nullopt;
                }
                emulator::Fault fault;
                fault.list_lag = Milliseconds{3'600'000};
                return fault;
            };
        };
        const auto run = world.apply(project);
        CHECK_FALSE(run.twins.error);
        CHECK(world.managed_state("acme") == alone.managed_state("acme"));
    }
}

TEST_CASE("once a run is interrupted it starts nothing more about what another one made") {
    const auto project = test::small_project();
    const auto starts_something = [](const http::Request& request) {
        return request.method != http::Method::get &&
               request.url.find("/ims/") == std::string::npos;
    };
    std::size_t cut_off = 0; // interrupted while it had twins to delete
    for (std::size_t at = 1;; ++at) {
        INFO("request ", at);
        World world;
        world.options.parallelism = 1;
        std::size_t requests = 0;
        bool interrupted = false;
        bool has_begun = false;
        bool outer = true;
        std::vector<std::string> started_later;
        std::size_t lists_later = 0;
        world.prepare = [&](test::InProcessTransport& transport) {
            if (!outer) {
                return;
            }
            outer = false;
            transport.intercept =
                [&](const http::Request& request) -> std::optional<http::Response> {
                if (interrupted && starts_something(request)) {
                    started_later.push_back(request.url);
                }
                // Lists before the first write are the plan's.
                if (interrupted && has_begun && request.url.find('?') != std::string::npos) {
                    ++lists_later;
                }
                if (!has_begun && starts_something(request)) {
                    has_begun = true;
                    auto mine = std::exchange(world.options.interrupted, {});
                    test::check_done(world.apply(project));
                    world.options.interrupted = std::move(mine);
                }
                ++requests;
                interrupted = interrupted || requests == at;
                return std::nullopt;
            };
        };
        world.options.interrupted = [&] { return interrupted; };
        const auto run = world.apply(project);
        if (!interrupted) {
            CHECK_FALSE(run.twins.plan.steps.empty());
            break;
        }
        CHECK(started_later.empty());
        // Four are on their way together.
        CHECK(lists_later <= (run.report.interrupted ? 0U : 3U));
        CHECK((!run.report.interrupted || (run.twins.plan.steps.empty() && !run.twins.error)));
        cut_off += run.twins.report.interrupted ? 1U : 0U;
        world.prepare = {};
        world.options.interrupted = {};
        world.clock.advance(Milliseconds{plan::run_at_work}); // no run seems to be at work
        test::check_done(world.apply(project));
        test::check_unchanged(world.plan(project));
    }
    CHECK(cut_off > 3);
}

TEST_CASE("who interrupts a run does not wait for lists that lag") {
    World world;
    world.prepare = [](test::InProcessTransport& transport) {
        transport.draw_fault = [](const http::Request&) -> std::optional<emulator::Fault> {
            emulator::Fault fault;
            fault.list_lag = Milliseconds{3'600'000};
            return fault;
        };
    };
    const auto project = test::small_project();
    const auto start = world.clock.now();
    const auto patient = world.apply(project);
    REQUIRE(patient.twins.error);
    CHECK(patient.twins.error->kind == ErrorKind::unavailable);
    const auto end = start + Milliseconds{3'000};
    REQUIRE(world.clock.now() > end);

    World hasty;
    hasty.prepare = world.prepare;
    hasty.options.interrupted = [&] { return hasty.clock.now() > end; };
    const auto run = hasty.apply(project);
    CHECK_FALSE(run.report.interrupted);
    REQUIRE(run.twins.error);
    CHECK(run.twins.error->kind == ErrorKind::interrupted);
    CHECK(hasty.clock.now() - end < Milliseconds{2'500});
}
