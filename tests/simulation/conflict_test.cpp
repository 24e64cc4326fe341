#include "json/text.hpp"
#include "support/graphs.hpp"
#include "support/runs.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>

using namespace penstock;
using execute::StepStatus;
using test::World;

namespace {

/// Lets `act` happen once, just before the first request of that method to a path that ends so.
void before(World& world, http::Method method, std::string ending, std::function<void()> act) {
    auto done = std::make_shared<bool>(false);
    world.prepare = [method, ending = std::move(ending), act = std::move(act),
                     done](test::InProcessTransport& transport) {
        transport.intercept = [method, ending, act, done](
                                  const http::Request& request) -> std::optional<http::Response> {
            if (!*done && request.method == method && request.url.ends_with(ending)) {
                *done = true;
                act();
            }
            return std::nullopt;
        };
    };
}

/// Answers the first request of that method to a path that holds `part`.
void answer_once(World& world, http::Method method, std::string part, http::Response answer) {
    auto done = std::make_shared<bool>(false);
    world.prepare = [=](test::InProcessTransport& transport) {
        transport.intercept = [=](const http::Request& request) -> std::optional<http::Response> {
            if (*done || request.method != method || request.url.find(part) == std::string::npos) {
                return std::nullopt;
            }
            *done = true;
            return answer;
        };
    };
}

const Error* first_error(const test::Run& run) {
    for (const auto& step : run.report.steps) {
        if (step.error) {
            return &*step.error;
        }
    }
    return nullptr;
}

const std::string by_hand =
    R"([{"op":"replace","path":"/scheduleParams","value":{"timeUnit":"day","interval":1,"startTime":1796083200,"endTime":1827619200}}])";

} // namespace

TEST_CASE("a foreign change of our fields between plan and patch stops that export, and no other") {
    World world;
    auto project = test::small_project();
    project.datasets.push_back(test::dataset_export("other"));
    REQUIRE(world.apply(project).report.count(StepStatus::done) == 7);
    const auto flow = world.id_of("flow", "devices");
    for (auto& document : project.datasets) {
        document.schedule.frequency = manifest::DatasetFrequency::every_12_hours;
    }
    world.options.parallelism = 1;
    before(world, http::Method::patch, flow,
           [&] { (void)world.as_somebody(http::Method::patch, "/flows/" + flow, by_hand); });
    const auto run = world.apply(project);
    CHECK(run.report.count(StepStatus::failed) == 1);
    CHECK(run.report.count(StepStatus::done) == 1);
    const auto* error = first_error(run);
    REQUIRE(error != nullptr);
    CHECK(error->kind == ErrorKind::stale);
    CHECK(error->message.find("schedule") != std::string::npos);
    CHECK(error->message.find("somebody@techacct.adobe.com through somebody") != std::string::npos);
}

TEST_CASE("a change that the service accepts and does not keep is an error with both values") {
    World world;
    auto project = test::small_project();
    test::check_done(world.apply(project));
    std::string id;
    std::string words;
    SUBCASE("a base connection") {
        project.accounts[0].description = "Bucket of the devices";
        id = world.id_of("base", "s3");
        words = R"(description: wanted "Bucket of the devices", has nothing)";
    }
    SUBCASE("a target connection") {
        project.datasets[0].destination["path"] = "somewhere/else";
        id = world.id_of("target", "devices");
        words = R"(params.path: wanted "somewhere/else", has "crm/devices")";
    }
    SUBCASE("a dataflow") {
        project.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
        id = world.id_of("flow", "devices");
        words =
            R"(schedule.timeUnit: wanted "day", has "hour"; schedule.interval: wanted 1, has 3)";
    }
    http::Response accepted;
    accepted.status = 200;
    accepted.headers.set("Content-Type", "application/json");
    accepted.body = R"({"id":")" + id + R"(","etag":"\"some-etag\""})";
    answer_once(world, http::Method::patch, id, accepted);
    const auto run = world.apply(project);
    const auto* error = first_error(run);
    REQUIRE(error != nullptr);
    INFO(error->message);
    CHECK(error->kind == ErrorKind::not_kept);
    CHECK(error->message.find(" did not keep it: " + words) != std::string::npos);
    // The next run does it.
    world.prepare = {};
    test::check_done(world.apply(project));
    test::check_unchanged(world.plan(project));
}

TEST_CASE("what somebody deletes under a run's hands is told as that") {
    World world;
    auto project = test::small_project();
    test::check_done(world.apply(project));
    const auto flow = world.id_of("flow", "devices");
    project.datasets[0].description = "Devices of all visitors";
    before(world, http::Method::patch, flow,
           [&] { (void)world.as_somebody(http::Method::del, "/flows/" + flow); });
    const auto run = world.apply(project);
    const auto* error = first_error(run);
    REQUIRE(error != nullptr);
    CHECK(error->kind == ErrorKind::not_found);
    CHECK(error->message.find(flow) != std::string::npos);
    CHECK(error->hint == "somebody, or another run of this project, has deleted it meanwhile: plan "
                         "again, it shows what is left to do");
}

TEST_CASE("a foreign change of other fields does not stop us, and is drift afterwards") {
    World world;
    auto project = test::small_project();
    (void)world.apply(project);
    const auto flow = world.id_of("flow", "devices");
    project.datasets[0].description = "Changed";
    before(world, http::Method::patch, flow,
           [&] { (void)world.as_somebody(http::Method::patch, "/flows/" + flow, by_hand); });
    const auto run = world.apply(project);
    INFO(test::complaints(run));
    CHECK(run.report.count(StepStatus::done) == 1);
    world.prepare = {};
    const auto later = world.plan(project);
    REQUIRE(later.plan.changes.size() == 1);
    CHECK(later.plan.changes[0].cause == plan::Cause::drift);
    for (const auto& field : later.plan.changes[0].fields) {
        CHECK(field.pointer.substr(0, 9) == "/schedule");
    }
}

TEST_CASE("a patch is sent four times in all while somebody is quicker each time") {
    for (const int times : {1, 3, 4}) {
        CAPTURE(times);
        World world;
        auto project = test::small_project();
        test::check_done(world.apply(project));
        const auto flow = world.id_of("flow", "devices");
        project.datasets[0].description = "Changed";
        int patches = 0;
        world.prepare = [&](test::InProcessTransport& transport) {
            transport.intercept =
                [&](const http::Request& request) -> std::optional<http::Response> {
                if (request.method == http::Method::patch && ++patches <= times) {
                    const auto hours =
                        fmt::format(R"("timeUnit":"hour","interval":{})", patches * 3);
                    (void)world.as_somebody(
                        http::Method::patch, "/flows/" + flow,
                        R"([{"op":"replace","path":"/scheduleParams","value":{)" + hours +
                            R"(,"startTime":1796083200,"endTime":1827619200}}])");
                }
                return std::nullopt;
            };
        };
        const auto run = world.apply(project);
        INFO(test::complaints(run));
        CHECK(patches == std::min(times + 1, 4));
        const auto* error = first_error(run);
        if (times < 4) {
            CHECK(error == nullptr);
        } else {
            REQUIRE(error != nullptr);
            CHECK(error->kind == ErrorKind::stale);
        }
        world.prepare = {};
        test::check_done(world.apply(project));
        test::check_unchanged(world.plan(project));
    }
}

TEST_CASE("describing an account sends no credentials and forgets no fingerprint") {
    World world;
    auto project = test::small_project();
    (void)world.apply(project);
    project.accounts[0].description = "Changed";
    const auto run = world.apply(project);
    CHECK(run.report.count(StepStatus::done) == 1);
    for (const auto& request : run.requests) {
        if (request.method == "PATCH") {
            CHECK(request.body.find("/auth") == std::string::npos);
        }
    }
    CHECK(world.plan(project).plan.empty());
}

TEST_CASE("a patch whose answer is lost is recognised as our own, with credentials too") {
    World world;
    auto project = test::small_project();
    (void)world.apply(project);
    project.accounts[0].description = "Changed";
    world.secrets.values["environment variable S3_SECRET"] = std::string(40, 'B');
    world.prepare = [](test::InProcessTransport& transport) {
        const auto rules = json::parse(
            R"([{"method":"PATCH","path":"/connections","nth":1,"then":{"drop":"after"}}])");
        transport.set_faults(std::move(emulator::FaultPlan::parse(*rules, 1).value()));
    };
    const auto run = world.apply(project);
    INFO(test::complaints(run));
    CHECK(run.report.count(StepStatus::done) == 1);
    world.prepare = {};
    CHECK(world.plan(project).plan.empty());
}

TEST_CASE("a create whose answer is lost is found behind a list that lags, and not made twice") {
    for (const char* path :
         {"/connections", "/sourceConnections", "/targetConnections", "/flows"}) {
        World world;
        world.prepare = [path](test::InProcessTransport& transport) {
            const auto rules = json::parse(fmt::format(
                R"([{{"method":"POST","path":"{0}","nth":1,"then":{{"drop":"after"}}}},
                    {{"method":"GET","path":"{0}?","then":{{"stale_list_ms":5000}}}}])",
                path));
            transport.set_faults(std::move(emulator::FaultPlan::parse(*rules, 1).value()));
        };
        const auto run = world.apply(test::small_project());
        INFO(path, test::complaints(run));
        CHECK(run.report.count(StepStatus::done) == 4);
        CHECK(world.platform.store().entities().size() == 4);
    }
}

TEST_CASE("a change that the service accepts and then fails to make is an error") {
    World world;
    auto project = test::small_project();
    (void)world.apply(project);
    const auto flow = world.id_of("flow", "devices");
    project.datasets[0].description = "Changed";
    const auto failed = [&](const http::Request& request) {
        http::Response answer = world.platform.handle(request);
        auto body = *json::parse(answer.body);
        auto& item = body.make_object()["items"].make_array().at(0).make_object();
        item["lastOperation"] = json::Object{
            {"status", json::Object{{"value", "FAILED"},
                                    {"errors", json::Array{json::Object{{"message", "boom"}}}}}}};
        answer.body = json::write(body);
        return answer;
    };
    world.prepare = [&](test::InProcessTransport& transport) {
        transport.intercept = [&](const http::Request& request) -> std::optional<http::Response> {
            if (request.method == http::Method::get && request.url.ends_with("/flows/" + flow)) {
                return failed(request);
            }
            return std::nullopt;
        };
    };
    const auto run = world.apply(project);
    const auto* error = first_error(run);
    REQUIRE(error != nullptr);
    CHECK(error->message.find("boom") != std::string::npos);
}

TEST_CASE("an action that the service is not ready for is tried again") {
    World world;
    auto project = test::small_project();
    (void)world.apply(project);
    project.datasets[0].enabled = false;
    answer_once(world, http::Method::post, "op=disable",
                {400, {}, R"({"errorCode":"1421-400","errorMessage":"Flow is in transition"})"});
    const auto run = world.apply(project);
    INFO(test::complaints(run));
    CHECK(run.report.count(StepStatus::failed) == 0);
    world.prepare = {};
    CHECK(world.plan(project).plan.empty());
}

TEST_CASE("a deletion waits until the service has let go of the users") {
    World world;
    auto project = test::small_project();
    (void)world.apply(project);
    answer_once(world, http::Method::del, "/targetConnections/",
                {400, {}, R"({"errorCode":"1447-400","errorMessage":"Found active flows"})"});
    const auto run = world.apply(model::DesiredGraph{"acme", {}, {}});
    INFO(test::complaints(run));
    CHECK(run.report.count(StepStatus::failed) == 0);
    CHECK(world.state().empty());
}

TEST_CASE("the old dataflow stays if the new one is gone before the old one goes") {
    const auto project = test::small_project();
    auto moved = project;
    moved.accounts[0].metadata.name = "other";
    moved.datasets[0].account = "other";
    std::ptrdiff_t last = 0; // GET of the new dataflow: the one before the deletion
    for (const bool is_gone : {false, true}) {
        CAPTURE(is_gone);
        World world;
        test::check_done(world.apply(project));
        const auto old = world.id_of("flow", "devices");
        std::ptrdiff_t asked = 0;
        world.prepare = [&](test::InProcessTransport& transport) {
            transport.intercept =
                [&](const http::Request& request) -> std::optional<http::Response> {
                if (request.method == http::Method::get &&
                    request.url.find("/flows/") != std::string::npos &&
                    request.url.find(old) == std::string::npos && ++asked == last && is_gone) {
                    return http::Response{404, {}, R"({"errorMessage":"not found"})"};
                }
                return std::nullopt;
            };
        };
        const auto run = world.apply(moved);
        last = asked;
        if (!is_gone) {
            test::check_done(run);
            continue;
        }
        const auto* error = first_error(run);
        REQUIRE(error != nullptr);
        CHECK(error->kind == ErrorKind::stale);
        CHECK(error->message.find("dataflow " + old + " stays: ") == 0);
        CHECK(world.platform.store().entities().contains(old));
    }
}

TEST_CASE("a deletion that is put off looks again whether what takes its place is there") {
    const auto project = test::small_project();
    auto moved = project;
    moved.accounts[0].metadata.name = "other";
    moved.datasets[0].account = "other";
    World world;
    test::check_done(world.apply(project));
    const auto old = world.id_of("flow", "devices");
    std::string made;
    world.prepare = [&](test::InProcessTransport& transport) {
        transport.intercept = [&](const http::Request& request) -> std::optional<http::Response> {
            if (request.method != http::Method::del || !request.url.ends_with("/flows/" + old) ||
                !made.empty()) {
                return std::nullopt;
            }
            for (const auto& [id, entity] : world.platform.store().entities()) {
                if (entity.kind == emulator::Kind::flow && id != old) {
                    made = id;
                }
            }
            CHECK(world.as_somebody(http::Method::del, "/flows/" + made).status < 300);
            return http::Response{
                400, {}, R"({"errorCode":"1421-400","errorMessage":"Flow is in transition"})"};
        };
    };
    const auto run = world.apply(moved);
    REQUIRE_FALSE(made.empty());
    const auto* error = first_error(run);
    REQUIRE(error != nullptr);
    CHECK(error->message.find(fmt::format("dataflow {} stays: dataflow {}", old, made)) == 0);
    CHECK(world.platform.store().entities().contains(old));
}
