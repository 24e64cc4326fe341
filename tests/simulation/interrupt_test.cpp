#include "plan/meanwhile.hpp"
#include "support/graphs.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

using namespace penstock;
using execute::StepStatus;
using test::World;

namespace {

constexpr std::size_t parallelism = 2;

bool is_write(const http::Request& request) {
    return request.method != http::Method::get && request.url.find("/ims/") == std::string::npos &&
           !request.url.ends_with("/validate");
}

/// Applies and interrupts: what was written afterwards.
struct Interruption {
    test::Run run;
    bool happened = false;
    std::size_t under_way = 0; ///< steps, when it happened
    std::vector<std::string> written_later;
};

/// `at_step` and `at_request` say when the run is interrupted.
Interruption interrupt(World& world, const manifest::Manifests& project,
                       const std::function<bool(std::size_t)>& at_step,
                       const std::function<bool(const http::Request&)>& at_request) {
    Interruption result;
    std::size_t started = 0;
    world.options.parallelism = parallelism;
    world.options.interrupted = [&] { return result.happened; };
    world.finished = [&](const plan::Step& /*step*/) {
        result.under_way -= result.happened ? 0U : 1U;
    };
    world.started = [&](const plan::Step& /*step*/) {
        CHECK_FALSE(result.happened);
        ++result.under_way;
        result.happened = at_step(++started);
    };
    world.prepare = [&](test::InProcessTransport& transport) {
        transport.intercept = [&](const http::Request& request) -> std::optional<http::Response> {
            if (result.happened && is_write(request)) {
                result.written_later.push_back(request.url);
            }
            result.happened = result.happened || at_request(request);
            return std::nullopt;
        };
    };
    result.run = world.apply(project);
    world.options.interrupted = {};
    world.started = {};
    world.finished = {};
    world.prepare = {};
    return result;
}

void check_nothing_more_was_written(World& world, const Interruption& interruption,
                                    const manifest::Manifests& project) {
    CHECK(interruption.happened);
    CHECK(interruption.written_later.empty());
    CHECK(interruption.run.report.interrupted);
    CHECK(interruption.run.report.count(StepStatus::failed) == 0);
    for (const auto& step : interruption.run.report.steps) {
        CHECK((step.status != StepStatus::skipped || step.skipped_for.empty()));
    }
    test::check_done(world.apply(project));
    test::check_unchanged(world.plan(project));
}

constexpr auto never_by_step = [](std::size_t /*step*/) { return false; };
constexpr auto never_by_request = [](const http::Request& /*request*/) { return false; };

} // namespace

TEST_CASE("steps that wait for a fingerprint write nothing once the run is interrupted") {
    World world;
    auto project = test::small_project();
    project.datasets.clear();
    for (int i = 0; i < 20; ++i) {
        auto account = project.accounts.front();
        account.metadata.name = fmt::format("account-{}", i);
        project.accounts.push_back(account);
    }
    const auto sixteen = [](std::size_t step) { return step == 8 * parallelism; };
    SUBCASE("a new connection") {
        const auto interruption = interrupt(world, project, sixteen, never_by_request);
        CHECK(interruption.run.report.count(StepStatus::done) == 0);
        check_nothing_more_was_written(world, interruption, project);
    }
    SUBCASE("a connection whose credentials are another's") {
        test::check_done(world.apply(project));
        world.secrets.values["environment variable S3_SECRET"] =
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        const auto interruption = interrupt(world, project, sixteen, never_by_request);
        CHECK(interruption.run.report.count(StepStatus::done) == 0);
        check_nothing_more_was_written(world, interruption, project);
    }
}

TEST_CASE("steps that wait for a schema write nothing once the run is interrupted") {
    World world;
    const auto project = test::segment_project_of(20);
    const auto schema = [](const http::Request& request) {
        return is_write(request) && request.url.find("/conversion/schemas") != std::string::npos;
    };
    const auto interruption = interrupt(world, project, never_by_step, schema);
    check_nothing_more_was_written(world, interruption, project);
}

TEST_CASE("a deletion that the service puts off is not sent again once the run is interrupted") {
    // Until then it has waited a while, or longer than an interrupted run would.
    for (const std::size_t attempt : {1U, 3U, 13U}) {
        for (const bool in_use : {true, false}) {
            CAPTURE(attempt);
            CAPTURE(in_use);
            World world;
            auto project = test::small_project();
            test::check_done(world.apply(project));
            project.datasets.clear();
            std::size_t sent = 0;
            world.options.interrupted = [&] { return sent >= attempt; };
            world.prepare = [&](test::InProcessTransport& transport) {
                transport.intercept =
                    [&](const http::Request& request) -> std::optional<http::Response> {
                    if (request.method != http::Method::del ||
                        request.url.find("/targetConnections/") == std::string::npos) {
                        return std::nullopt;
                    }
                    ++sent;
                    return http::Response{
                        400,
                        {},
                        in_use ? R"({"errorCode":"1447-400","errorMessage":"Found active flows"})"
                               : R"({"errorCode":"1457-400","errorMessage":"is being changed"})"};
                };
            };
            const auto run = world.apply(project);
            CHECK(sent == attempt);
            CHECK(run.report.interrupted);
            for (std::size_t i = 0; i < run.report.steps.size(); ++i) {
                INFO(plan::title(run.plan.steps[i]));
                const auto& result = run.report.steps[i];
                const bool put_off = run.plan.steps[i].key.kind == model::EntityKind::target;
                CHECK((result.status == StepStatus::skipped) ==
                      (put_off || run.plan.steps[i].key.kind == model::EntityKind::base));
                CHECK_FALSE(result.error);
                CHECK(result.skipped_for.empty());
            }
            world.options.interrupted = {};
            world.prepare = {};
            test::check_done(world.apply(project));
            test::check_unchanged(world.plan(project));
        }
    }
}

TEST_CASE(
    "a run that is interrupted at any request writes at most once more for each step under way") {
    const auto project = test::segment_project_of(4);
    std::size_t skipped = 0;
    for (std::size_t at = 1;; ++at) {
        INFO("request ", at);
        World world;
        std::size_t requests = 0;
        const auto interruption =
            interrupt(world, project, never_by_step,
                      [&](const http::Request& /*request*/) { return ++requests == at; });
        if (!interruption.happened) {
            break;
        }
        CHECK(interruption.written_later.size() <= interruption.under_way);
        CHECK(interruption.run.report.count(StepStatus::failed) == 0);
        skipped += interruption.run.report.count(StepStatus::skipped);
        world.clock.advance(Milliseconds{plan::run_at_work}); // no run seems to be at work
        test::check_done(world.apply(project));
        test::check_unchanged(world.plan(project));
    }
    CHECK(skipped > 0);
}
