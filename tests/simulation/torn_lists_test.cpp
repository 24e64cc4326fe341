#include "support/graphs.hpp"
#include "support/runs.hpp"
#include "support/twin_scene.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

using namespace penstock;
using test::World;

namespace {

/// From now on lists below these paths show what there was so long ago.
void lag(World& world, std::vector<std::string> paths, Milliseconds time) {
    world.prepare = [paths = std::move(paths), time](test::InProcessTransport& transport) {
        transport.draw_fault =
            [paths, time](const http::Request& request) -> std::optional<emulator::Fault> {
            for (const auto& path : paths) {
                if (request.url.find(path + "?") != std::string::npos) {
                    emulator::Fault fault;
                    fault.list_lag = time;
                    return fault;
                }
            }
            return std::nullopt;
        };
    };
}

std::ptrdiff_t asked_for(const test::Run& run, const std::string& path) {
    return std::count_if(run.requests.begin(), run.requests.end(), [&](const auto& request) {
        return request.method == "GET" && request.path.ends_with(path);
    });
}

struct Torn {
    const char* name;
    std::vector<std::string> paths;
};

const std::vector<Torn>& all_torn() {
    static const std::vector<Torn> all{
        {"sources", {"/sourceConnections"}},
        {"targets", {"/targetConnections"}},
        {"accounts", {"/connections"}},
        {"targets and accounts", {"/targetConnections", "/connections"}},
        {"all connections", {"/sourceConnections", "/targetConnections", "/connections"}},
    };
    return all;
}

} // namespace

TEST_CASE("what no list shows and something of ours uses is asked for by its id") {
    for (const auto& torn : all_torn()) {
        CAPTURE(torn.name);
        World world;
        test::check_done(world.apply(test::small_project()));
        lag(world, torn.paths, Milliseconds{3'600'000});
        const auto run = world.plan(test::small_project());
        test::check_unchanged(run);
        CHECK(asked_for(run, "/flows") == 1);
        const auto shared = std::find(torn.paths.begin(), torn.paths.end(), "/sourceConnections");
        CHECK(asked_for(run, "/sourceConnections/" + world.id_of("source", "devices")) ==
              (shared == torn.paths.end() ? 0 : 1));
    }
}

TEST_CASE("a dataflow that a list still shows after all of its export has gone is not counted") {
    World world;
    const auto project = test::small_project();
    test::check_done(world.apply(project));
    const auto flow = world.id_of("flow", "devices");
    world.clock.advance(Milliseconds{60'000});
    for (const auto& [path, kind, name] : {std::tuple{"flows", "flow", "devices"},
                                           std::tuple{"targetConnections", "target", "devices"},
                                           std::tuple{"sourceConnections", "source", "devices"},
                                           std::tuple{"connections", "base", "s3"}}) {
        const auto id = world.id_of(kind, name);
        world.as_somebody(http::Method::del, fmt::format("/{}/{}", path, id));
        world.platform.settle();
    }
    CHECK(world.count(emulator::Kind::flow) == 0);
    lag(world, {"/flows"}, Milliseconds{30'000});
    const auto run = world.plan(project);
    CHECK_FALSE(run.error);
    CHECK(asked_for(run, "/flows/" + flow) == 1);
    CHECK(test::steps_of(run.plan) == std::vector<std::string>{"create s3.base",
                                                               "create devices.source",
                                                               "create devices.target after 0",
                                                               "create devices.flow after 1 2"});
}

TEST_CASE("a dataflow that a list shows with its former source is read as it is") {
    World world;
    auto project = test::small_project();
    test::check_done(world.apply(project));
    const auto former = world.id_of("source", "devices");
    project.datasets[0].datasets.pop_back();
    test::check_done(world.apply(project));
    world.platform.settle();
    const auto present = world.id_of("source", "devices");
    REQUIRE(present != former);
    world.prepare = [&](test::InProcessTransport& transport) {
        transport.answered = [&](const http::Request& request,
                                 std::optional<http::Response>& response) {
            if (response && request.url.find("/flows?") != std::string::npos) {
                response->body = test::replaced(response->body, present, former);
            }
        };
    };
    const auto run = world.plan(project);
    test::check_unchanged(run);
    CHECK(asked_for(run, "/sourceConnections/" + former) == 1);
    CHECK(asked_for(run, "/flows/" + world.id_of("flow", "devices")) == 1);
}

TEST_CASE("a dataflow whose source is gone for good gets another one") {
    World world;
    const auto project = test::small_project();
    test::check_done(world.apply(project));
    const auto source = world.id_of("source", "devices");
    world.clock.advance(Milliseconds{60'000});
    lag(world, {"/sourceConnections"}, Milliseconds{3'600'000});
    auto lagging = std::move(world.prepare);
    world.prepare = [&](test::InProcessTransport& transport) {
        lagging(transport);
        transport.intercept = [&](const http::Request& request) -> std::optional<http::Response> {
            if (request.method == http::Method::get && request.url.ends_with("/" + source)) {
                return http::Response{404, {}, R"({"errorMessage":"not found"})"};
            }
            return std::nullopt;
        };
    };
    const auto run = world.plan(project);
    CHECK_FALSE(run.error);
    CHECK(test::steps_of(run.plan) ==
          std::vector<std::string>{"create devices.source",
                                   "patch devices.flow /sourceConnectionIds,/description after 0"});
    CHECK(asked_for(run, "/sourceConnections/" + source) == 1);
}

TEST_CASE("what cannot be asked for stops the plan") {
    World world;
    const auto project = test::small_project();
    test::check_done(world.apply(project));
    const auto source = world.id_of("source", "devices");
    lag(world, {"/sourceConnections"}, Milliseconds{3'600'000});
    auto lagging = std::move(world.prepare);
    world.prepare = [&](test::InProcessTransport& transport) {
        lagging(transport);
        transport.intercept = [&](const http::Request& request) -> std::optional<http::Response> {
            if (request.method == http::Method::get && request.url.ends_with("/" + source)) {
                return http::Response{403, {}, R"({"errorMessage":"no"})"};
            }
            return std::nullopt;
        };
    };
    const auto run = world.plan(project);
    CHECK(run.error);
    CHECK(run.plan.steps.empty());
}
