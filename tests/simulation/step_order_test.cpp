#include "plan/meanwhile.hpp"
#include "support/graphs.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace penstock;
using test::World;

namespace {

/// What a run did at a time.
struct Pace {
    std::size_t most = 0; ///< steps under way at once
    Milliseconds took{0};
};

/// Tells a step from the others of its plan.
std::string label(const plan::Step& step) {
    return fmt::format("{}, operation {}", plan::title(step), step.operation.index());
}

Pace pace_of(std::size_t parallelism, int exports) {
    emulator::Settings settings;
    settings.patch_duration = Milliseconds{20'000};
    World world(settings);
    world.options.parallelism = parallelism;
    Pace pace;
    std::size_t now = 0;
    world.started = [&](const plan::Step& /*step*/) { pace.most = std::max(pace.most, ++now); };
    world.finished = [&](const plan::Step& /*step*/) { --now; };
    const auto begin = world.clock.now();
    test::check_done(world.apply(test::segment_project_of(exports)));
    pace.took = std::chrono::duration_cast<Milliseconds>(world.clock.now() - begin);
    return pace;
}

} // namespace

TEST_CASE("steps that wait for the service's own work hold up no others, but for a limit") {
    const auto few = pace_of(4, 4);
    const auto many = pace_of(4, 32);
    CHECK(many.took < 2 * few.took);
    CHECK(many.most > 4);
    CHECK(many.most <= 32);
    const auto too_many = pace_of(4, 64);
    CHECK(too_many.most == 32);
    CHECK(too_many.took > many.took + Milliseconds{20'000});
}

TEST_CASE("with one step at a time nothing is begun while it waits") {
    const auto one = pace_of(1, 4);
    CHECK(one.most == 1);
    CHECK(one.took >= 4 * Milliseconds{20'000});
}

TEST_CASE("of steps that make things those with the longest chain behind them come first") {
    World world;
    auto project = test::segment_project_of(3);
    project.datasets = {test::dataset_export("a"), test::dataset_export("z")};
    const auto plan = world.plan(project).plan;
    const std::function<std::size_t(std::size_t)> length = [&](std::size_t step) {
        std::size_t longest = 0;
        for (std::size_t i = 0; i < plan.steps.size(); ++i) {
            const auto& after = plan.steps[i].after;
            if (std::any_of(after.begin(), after.end(),
                            [&](const auto& before) { return before.step == step; })) {
                longest = std::max(longest, length(i));
            }
        }
        return longest + 1;
    };
    std::map<std::string, std::size_t> lengths;
    std::set<std::string> finishing;
    std::map<std::string, std::vector<std::string>> waits_for;
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        const auto name = label(plan.steps[i]);
        lengths[name] = length(i);
        if (std::holds_alternative<plan::CompleteEntity>(plan.steps[i].operation)) {
            finishing.insert(name);
        }
        for (const auto& before : plan.steps[i].after) {
            waits_for[name].push_back(label(plan.steps[before.step]));
        }
    }
    REQUIRE(lengths.size() == plan.steps.size());

    std::vector<std::string> order;
    world.options.parallelism = 1;
    world.started = [&](const plan::Step& step) { order.push_back(label(step)); };
    test::check_done(world.apply(project));
    REQUIRE(order.size() == plan.steps.size());
    for (auto next = order.begin(); next != order.end(); ++next) {
        const auto has_started = [&](const auto& step) {
            return std::find(order.begin(), next, step) != next;
        };
        for (auto later = next; later != order.end(); ++later) {
            const auto& before = waits_for[*later];
            if (std::all_of(before.begin(), before.end(), has_started)) {
                INFO(*next, " before ", *later);
                CHECK((finishing.contains(*next) ||
                       (!finishing.contains(*later) && lengths[*later] <= lengths[*next])));
            }
        }
    }
}

namespace {

/// The most dataflows that were, at any time of an apply of `project`, made and not yet as the
/// manifests want them.
template <class Finishing>
std::size_t most_unfinished(const manifest::Manifests& project, Milliseconds patch_duration) {
    emulator::Settings settings;
    settings.patch_duration = patch_duration;
    World world(settings);
    world.options.parallelism = 4;
    std::size_t now = 0;
    std::size_t most = 0;
    world.finished = [&](const plan::Step& step) {
        if (std::holds_alternative<plan::CreateEntity>(step.operation) &&
            step.key.kind == model::EntityKind::flow) {
            most = std::max(most, ++now);
        }
        now -= std::holds_alternative<Finishing>(step.operation) ? 1U : 0U;
    };
    test::check_done(world.apply(project));
    CHECK(now == 0);
    return most;
}

} // namespace

TEST_CASE("what is made and not yet as the manifests want it is finished before more is made") {
    auto project = test::segment_project_of(60);
    const auto at_once = Milliseconds{0};
    const auto waits = Milliseconds{1'500};
    CHECK(most_unfinished<plan::CompleteEntity>(project, at_once) <= 4);
    CHECK(most_unfinished<plan::CompleteEntity>(project, waits) <= 32);
    for (auto& document : project.segments) {
        document.enabled = false;
    }
    CHECK(most_unfinished<plan::SetEnabled>(project, at_once) <= 4);
    CHECK(most_unfinished<plan::SetEnabled>(project, waits) <= 32);
}

TEST_CASE("what is wanted no more goes after all that is made") {
    for (const std::size_t parallelism : {1U, 2U, 8U}) {
        for (const int exports : {1, 6, 20}) {
            CAPTURE(parallelism);
            CAPTURE(exports);
            World world;
            world.options.parallelism = parallelism;
            test::check_done(world.apply(test::segment_project_of(exports, 'a')));
            std::size_t being_made = 0;
            std::size_t made = 0;
            std::size_t removed = 0;
            const auto removes = [](const plan::Step& step) {
                return std::holds_alternative<plan::DeleteEntity>(step.operation);
            };
            world.started = [&](const plan::Step& step) {
                if (removes(step)) {
                    CHECK(being_made == 0);
                    ++removed;
                } else {
                    INFO(label(step));
                    CHECK(removed == 0);
                    ++being_made;
                }
            };
            world.finished = [&](const plan::Step& step) {
                being_made -= removes(step) ? 0U : 1U;
                made += removes(step) ? 0U : 1U;
            };
            test::check_done(world.apply(test::segment_project_of(exports, 'b')));
            CHECK(made >= static_cast<std::size_t>(3 * exports));
            CHECK(removed >= static_cast<std::size_t>(2 * exports));
        }
    }
}

TEST_CASE("what something else took the place of goes before more is made") {
    World world;
    world.options.parallelism = 1;
    auto project = test::small_project();
    for (int i = 0; i < 5; ++i) {
        project.datasets.push_back(test::dataset_export(fmt::format("e{}", i)));
    }
    test::check_done(world.apply(project));
    project.accounts.push_back(project.accounts.front());
    project.accounts.back().metadata.name = "another";
    for (auto& document : project.datasets) {
        document.account = "another";
    }
    std::size_t doubled = 0;
    std::size_t most = 0;
    world.finished = [&](const plan::Step& step) {
        if (step.key.kind == model::EntityKind::flow) {
            if (std::holds_alternative<plan::CreateEntity>(step.operation)) {
                most = std::max(most, ++doubled);
            } else if (std::holds_alternative<plan::DeleteEntity>(step.operation)) {
                --doubled;
            }
        }
    };
    test::check_done(world.apply(project));
    CHECK(most == 1);
    CHECK(doubled == 0);
}

namespace {

/// A project with `exports` exports through one account, and the same through another one.
std::pair<manifest::Manifests, manifest::Manifests> moved_project(int exports) {
    auto before = test::small_project();
    before.datasets.clear();
    for (int i = 0; i < exports; ++i) {
        before.datasets.push_back(test::dataset_export(fmt::format("e{}", i)));
    }
    before.accounts.push_back(before.accounts.front());
    before.accounts.back().metadata.name = "another";
    auto after = before;
    for (auto& document : after.datasets) {
        document.account = "another";
    }
    return {before, after};
}

std::optional<http::Response> refused(const http::Request& request, http::Method method,
                                      std::string_view path) {
    if (request.method == method && request.url.find(path) != std::string::npos) {
        return http::Response{400, {}, R"({"errorCode":"1000-400","errorMessage":"not now"})"};
    }
    return std::nullopt;
}

} // namespace

TEST_CASE("what an earlier run has put something in the place of goes before more is made") {
    World world;
    auto [before, after] = moved_project(5);
    test::check_done(world.apply(before));
    world.prepare = [](test::InProcessTransport& transport) {
        transport.intercept = [](const http::Request& request) {
            return refused(request, http::Method::del, "/flows/");
        };
    };
    REQUIRE(world.apply(after).report.count(execute::StepStatus::failed) == 5);
    world.prepare = {};
    world.clock.advance(Milliseconds{plan::run_at_work}); // no run seems to be at work
    for (int i = 0; i < 5; ++i) {
        after.datasets.push_back(test::dataset_export(fmt::format("new{}", i)));
    }
    world.options.parallelism = 1;
    std::size_t removed = 0;
    std::size_t made = 0;
    world.finished = [&](const plan::Step& step) {
        removed += std::holds_alternative<plan::DeleteEntity>(step.operation) ? 1U : 0U;
        if (std::holds_alternative<plan::CreateEntity>(step.operation)) {
            CHECK(removed == 10);
            ++made;
        }
    };
    test::check_done(world.apply(after));
    CHECK(made == 15);
    CHECK(removed == 10);
}

TEST_CASE("what fails to be made holds up no deletion but those that depend on it") {
    World world;
    world.options.parallelism = 8;
    auto project = test::segment_project_of(20, 'a');
    auto [before, after] = moved_project(1);
    project.accounts.insert(project.accounts.end(), before.accounts.begin(), before.accounts.end());
    project.datasets = before.datasets;
    test::check_done(world.apply(project));
    auto next = test::segment_project_of(1, 'b');
    next.accounts = project.accounts;
    next.datasets = after.datasets;
    world.prepare = [](test::InProcessTransport& transport) {
        transport.intercept = [](const http::Request& request) {
            return refused(request, http::Method::post, "/flows");
        };
    };
    std::size_t removing = 0;
    std::size_t most = 0;
    std::set<std::string> removed;
    const auto removes = [](const plan::Step& step) {
        return std::holds_alternative<plan::DeleteEntity>(step.operation);
    };
    world.started = [&](const plan::Step& step) {
        most = std::max(most, removing += removes(step) ? 1U : 0U);
    };
    world.finished = [&](const plan::Step& step) { removing -= removes(step) ? 1U : 0U; };
    const auto run = world.apply(next);
    CHECK(most >= 8);
    for (std::size_t i = 0; i < run.plan.steps.size(); ++i) {
        const auto& step = run.plan.steps[i];
        if (removes(step)) {
            INFO(label(step));
            CHECK((run.report.steps[i].status == execute::StepStatus::done) ==
                  (step.key.name != "e0"));
            removed.insert(step.key.name);
        }
    }
    CHECK(removed.size() == 21);
}
