#include "live/read.hpp"
#include "support/graphs.hpp"
#include "support/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace penstock;
using execute::StepStatus;
using test::World;

namespace {

const std::string landing_zone =
    R"({"name":"acme/NAME","connectionSpec":{"id":"10440537-2a7b-4583-ac39-ed38d4b848e8","version":"1.0"}})";

std::string called(const std::string& name) {
    std::string body = landing_zone;
    return body.replace(body.find("NAME"), 4, name);
}

} // namespace

TEST_CASE("a name like ours is no proof: somebody's connection is neither deleted nor taken over") {
    for (const char* name : {"Production bucket", "s3", "gone"}) {
        World world;
        REQUIRE(world.as_somebody(http::Method::post, "/connections", called(name)).status == 201);
        const auto run = world.apply(test::small_project());
        INFO(test::complaints(run));
        CHECK(run.report.count(StepStatus::done) == 4);
        CHECK(world.count(emulator::Kind::connection) == 2);
        (void)world.apply(model::DesiredGraph{"acme", {}, {}});
        CHECK(world.count(emulator::Kind::connection) == 1);
    }
}

TEST_CASE("a connection that lost its marker holds its export back and makes nothing anew") {
    const auto project = test::small_project();
    for (const auto kind :
         {model::EntityKind::base, model::EntityKind::source, model::EntityKind::target}) {
        const model::EntityKey key{kind, kind == model::EntityKind::base ? "s3" : "devices"};
        const auto desired = test::desired_of(project);
        auto live = test::applied(desired);
        auto& entity = test::live_at(live, model::address(key));
        entity.marker.reset();
        entity.key.reset();
        entity.description = "Edited by hand";
        const auto plan = test::plan_of(desired, live);
        INFO(model::address(key));
        CHECK(plan.steps.empty());
        REQUIRE_FALSE(plan.notes.empty());
        CHECK(plan.notes[0].code == "marker-lost");
        CHECK(plan.notes[0].address == model::address(key));
    }
}

TEST_CASE("a base connection named by its id is never deleted, whoever made it") {
    World world;
    auto project = test::small_project();
    project.datasets.clear();
    (void)world.apply(project);
    const auto id = world.id_of("base", "s3");
    project.accounts[0].connection = manifest::ExternalConnection{id};
    CHECK(world.apply(project).plan.steps.empty());
    CHECK(world.platform.store().entities().contains(id));

    project.datasets.push_back(test::dataset_export("devices"));
    const auto run = world.apply(project);
    INFO(test::complaints(run));
    CHECK(run.report.count(StepStatus::done) == 3);
    CHECK(world.plan(project).plan.empty());
}

TEST_CASE("a dataflow that vanishes while it is read is gone, and no error") {
    World world;
    const auto project = test::small_project();
    (void)world.apply(project);
    const auto flow = world.id_of("flow", "devices");
    world.prepare = [&](test::InProcessTransport& transport) {
        transport.intercept = [&](const http::Request& request) -> std::optional<http::Response> {
            if (request.url.ends_with("/flows/" + flow)) {
                return http::Response{404, {}, R"({"errorMessage":"flows not found with id"})"};
            }
            if (request.url.find("/flows?") == std::string::npos) {
                return std::nullopt;
            }
            auto answer = world.platform.handle(request);
            const std::string state = R"("state":"enabled")";
            answer.body.replace(answer.body.find(state), state.size(),
                                R"("state":"delete-finalizing")");
            return answer;
        };
    };
    const auto run = world.plan(project);
    CHECK_FALSE(run.error);
    REQUIRE(run.plan.steps.size() == 1);
    CHECK(std::holds_alternative<plan::CreateEntity>(run.plan.steps[0].operation));
}

TEST_CASE("states in which the service works on an entity are waited for") {
    const auto stable = [](const char* state, const char* operation) {
        model::LiveEntity entity;
        entity.state = state;
        entity.document = json::Object{
            {"lastOperation", json::Object{{"status", json::Object{{"value", operation}}}}}};
        return live::is_stable(entity);
    };
    for (const char* state : {"enabled", "disabled", "", "draft"}) {
        CHECK(stable(state, "completed"));
    }
    for (const char* state : {"initializing", "inProgress", "updating", "enabling", "disabling",
                              "enabled-finalizing", "delete-finalizing"}) {
        CHECK_FALSE(stable(state, "completed"));
    }
    for (const char* operation : {"IN_PROGRESS", "QUEUED", "SCHEDULED"}) {
        CHECK_FALSE(stable("enabled", operation));
    }
    CHECK(stable("enabled", "FAILED"));
}
