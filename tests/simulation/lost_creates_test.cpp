#include "json/text.hpp"
#include "plan/meanwhile.hpp"
#include "support/graphs.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

using namespace penstock;
using execute::StepStatus;
using test::World;

namespace {

/// Faults by the rules of a fault file; `{0}` in them is `path`.
void set_faults(World& world, std::string_view rules, std::string_view path,
                std::function<void()> at_post = {}) {
    const auto text = json::parse(fmt::format(fmt::runtime(rules), path)).value();
    world.prepare = [text, path = std::string(path),
                     at_post = std::move(at_post)](test::InProcessTransport& transport) {
        transport.set_faults(std::move(emulator::FaultPlan::parse(text, 1).value()));
        if (at_post) {
            transport.intercept =
                [path, at_post, done = false](
                    const http::Request& request) mutable -> std::optional<http::Response> {
                if (!done && request.method == http::Method::post && request.url.ends_with(path)) {
                    done = true;
                    at_post();
                }
                return std::nullopt;
            };
        }
    };
}

constexpr std::string_view first_post_is_lost =
    R"([{{"method":"POST","path_regex":"{0}$","nth":1,"then":{{"drop":"before"}}}}])";

std::size_t posts(const test::Run& run, const std::string& path) {
    return static_cast<std::size_t>(
        std::count_if(run.requests.begin(), run.requests.end(), [&](const auto& request) {
            return request.method == "POST" && request.path.ends_with(path);
        }));
}

const execute::StepResult& created(const test::Run& run, const std::string& address) {
    for (std::size_t i = 0; i < run.plan.steps.size(); ++i) {
        if (std::holds_alternative<plan::CreateEntity>(run.plan.steps[i].operation) &&
            model::address(run.plan.steps[i].key) == address) {
            return run.report.steps.at(i);
        }
    }
    FAIL("nothing created ", address);
    return run.report.steps.front();
}

manifest::Manifests encrypted_project() {
    auto project = test::segment_project();
    auto& auth = std::get<manifest::AccountAuth>(project.accounts[0].connection);
    auth.encryption = manifest::Encryption{"PGPGPG", secrets::EnvironmentVariable{"PGP_KEY"}};
    return project;
}

struct Collection {
    std::string path;
    std::string address;
    emulator::Kind kind;
};

const Collection collections[] = {
    {"/connections", "s3.base", emulator::Kind::connection},
    {"/sourceConnections", "devices.source", emulator::Kind::source_connection},
    {"/targetConnections", "devices.target", emulator::Kind::target_connection},
    {"/flows", "devices.flow", emulator::Kind::flow},
};

} // namespace

TEST_CASE("lost creates: what the plan takes the place of is not what was made") {
    // The digest says nothing about keys, so the old account looks as the new one will.
    const auto project = encrypted_project();
    for (const bool used_by_others : {false, true}) {
        CAPTURE(used_by_others);
        World world;
        world.secrets.values["environment variable PGP_KEY"] = "key-one";
        test::check_done(world.apply(project));
        const auto old = world.id_of("base", "s3");
        if (used_by_others) {
            const auto target = world.id_of("target", "loyalty");
            const auto theirs =
                world.as_somebody(http::Method::get, "/targetConnections/" + target);
            const auto item = json::parse(theirs.body).value()["items"].as_array().at(0);
            json::Object body{{"name", "theirs"}};
            for (const char* name : {"connectionSpec", "baseConnectionId", "params"}) {
                body[name] = item[name];
            }
            REQUIRE(world
                        .as_somebody(http::Method::post, "/targetConnections",
                                     json::write(json::Value(body)))
                        .status == 201);
        }
        world.secrets.values["environment variable PGP_KEY"] = "key-two";
        set_faults(world, first_post_is_lost, "/connections");
        const auto run = world.apply(project);
        test::check_done(run, {"still-in-use"});
        CHECK(posts(run, "/connections") == 2);
        CHECK_FALSE(created(run, "s3.base").adopted);
        CHECK(created(run, "s3.base").id != old);
    }
}

TEST_CASE("lost creates: what another commit has made meanwhile is not what was made") {
    auto other = test::small_project();
    other.datasets[0].datasets.pop_back();
    other.datasets.push_back(test::dataset_export("other")); // its source is as ours will be
    World world;
    std::string theirs;
    set_faults(world, first_post_is_lost, "/sourceConnections", [&] {
        auto prepare = std::exchange(world.prepare, {});
        test::check_done(world.apply(other));
        theirs = world.id_of("source", "devices");
        world.prepare = std::move(prepare);
    });
    const auto run = world.apply(test::small_project());
    REQUIRE_FALSE(theirs.empty());
    CHECK(posts(run, "/sourceConnections") == 2);
    CHECK_FALSE(created(run, "devices.source").adopted);
    CHECK(created(run, "devices.source").id != theirs);
}

TEST_CASE("lost creates: what the same commit has made meanwhile is used") {
    World world;
    std::string theirs;
    set_faults(world, first_post_is_lost, "/sourceConnections", [&] {
        auto prepare = std::exchange(world.prepare, {});
        test::check_done(world.apply(test::small_project()));
        theirs = world.id_of("source", "devices");
        world.prepare = std::move(prepare);
    });
    const auto run = world.apply(test::small_project());
    REQUIRE_FALSE(theirs.empty());
    CHECK(posts(run, "/sourceConnections") == 1);
    CHECK(created(run, "devices.source").adopted);
    CHECK(created(run, "devices.source").id == theirs);
}

TEST_CASE("lost creates: nothing is sent again while nobody can look") {
    for (const auto& made : collections) {
        CAPTURE(made.path);
        World world;
        // The first list is the plan's, whatever comes after a create is the look for it.
        set_faults(world,
                   R"([{{"method":"POST","path_regex":"{0}$","nth":1,"then":{{"drop":"after"}}}},
                       {{"method":"GET","path_regex":"{0}$","nth":2,"then":{{"status":403}}}}])",
                   made.path);
        const auto run = world.apply(test::small_project());
        CHECK(posts(run, made.path) == 1);
        CHECK(created(run, made.address).status == StepStatus::failed);
        CHECK(world.count(made.kind) == 1);
        world.prepare = {};
        if (made.path != std::string("/flows")) {
            // Another run may be about to use it.
            world.clock.advance(Milliseconds{plan::run_at_work});
        }
        test::check_done(world.apply(test::small_project()));
        CHECK(world.platform.store().entities().size() == 4);
        test::check_unchanged(world.plan(test::small_project()));
    }
}

TEST_CASE("lost creates: of two that were made after all the older stays and is used") {
    for (const auto& made : collections) {
        CAPTURE(made.path);
        World world;
        const auto start = world.clock.now();
        // The four looks after the first create see a list of long ago, those after the second
        // the one of now.
        set_faults(world,
                   R"([{{"method":"POST","path_regex":"{0}$","nth":1,"then":{{"drop":"after"}}}},
                {{"method":"GET","path_regex":"{0}$","nth":2,"then":{{"stale_list_ms":60000}}}},
                {{"method":"GET","path_regex":"{0}$","nth":3,"then":{{"stale_list_ms":60000}}}},
                {{"method":"GET","path_regex":"{0}$","nth":4,"then":{{"stale_list_ms":60000}}}},
                {{"method":"GET","path_regex":"{0}$","nth":5,"then":{{"stale_list_ms":60000}}}}])",
                   made.path);
        const auto run = world.apply(test::small_project());
        test::check_done(run);
        CHECK(posts(run, made.path) == 2);
        CHECK(run.twins.plan.steps.empty());
        CHECK(world.platform.store().entities().size() == 4);
        const auto& id = created(run, made.address).id;
        const auto kept =
            json::parse(world.as_somebody(http::Method::get, made.path + "/" + id).body).value();
        const auto made_at = kept["items"].as_array().at(0)["createdAt"].as_integer();
        CHECK(made_at >= start.time_since_epoch().count());
        CHECK(made_at - start.time_since_epoch().count() < 10'000);
        world.prepare = {};
        test::check_unchanged(world.plan(test::small_project()));
    }
}

TEST_CASE("lost creates: lists that never catch up leave what the next run cleans up") {
    for (const auto& made : collections) {
        CAPTURE(made.path);
        World world;
        set_faults(world,
                   R"([{{"method":"POST","path_regex":"{0}$","nth":1,"then":{{"drop":"after"}}}},
                {{"method":"GET","path_regex":"{0}$","then":{{"stale_list_ms":3600000}}}}])",
                   made.path);
        const auto run = world.apply(test::small_project());
        test::check_done(run);
        CHECK(posts(run, made.path) == 2);
        world.prepare = {};
        if (made.path != std::string("/flows")) {
            // Another run may be about to use it.
            world.clock.advance(Milliseconds{plan::run_at_work});
        }
        test::check_done(world.apply(test::small_project()));
        CHECK(world.platform.store().entities().size() == 4);
        test::check_unchanged(world.plan(test::small_project()));
    }
}
