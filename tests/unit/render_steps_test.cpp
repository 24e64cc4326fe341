#include "json/text.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"
#include "render/steps.hpp"
#include "support/golden.hpp"
#include "support/graphs.hpp"
#include "support/report_examples.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using test::applied;
using test::check_golden;
using test::desired_of;
using test::plan_of;

namespace {

std::string steps_of(const plan::Plan& plan) {
    return render::steps_text(render::outline(plan), plan, test::example_style());
}

/// A project of datasets and segments, of which one is made disabled.
manifest::Manifests both() {
    auto project = test::small_project();
    project.segments.push_back(test::segment_export("loyalty"));
    project.segments[0].enabled = false;
    return project;
}

/// What an edit of the project has to do, once it was applied.
template <class Edit>
plan::Plan edited(Edit edit) {
    const auto live = applied(desired_of(both()));
    auto project = both();
    edit(project);
    return plan_of(desired_of(project), live);
}

} // namespace

TEST_CASE("the steps of a new project tell why they are there and what they wait for") {
    check_golden("render/steps_create.txt", steps_of(plan_of(desired_of(both()), {"acme", {}})));
}

TEST_CASE("the steps of changes tell what changed, and where it comes from") {
    check_golden("render/steps_mixed.txt", steps_of(test::mixed_plan()));
}

TEST_CASE("the steps of a replacement tell that the new stands before the old goes") {
    check_golden("render/steps_replace.txt", steps_of(edited([](manifest::Manifests& project) {
                     project.accounts.push_back(project.accounts[0]);
                     project.accounts.back().metadata.name = "t3";
                     project.datasets[0].account = "t3";
                 })));
}

TEST_CASE("the steps of another list of datasets tell of the relink") {
    check_golden("render/steps_relink.txt", steps_of(edited([](manifest::Manifests& project) {
                     project.datasets[0].datasets.pop_back();
                     project.segments[0].enabled = true;
                     project.segments[0].mapping[0].source = "person.name.lastName";
                 })));
}

TEST_CASE("the steps of a removal tell that users go first") {
    check_golden("render/steps_remove.txt", steps_of(edited([](manifest::Manifests& project) {
                     project.datasets.clear();
                     project.segments.clear();
                     project.accounts.clear();
                 })));
}

TEST_CASE("the steps of a destroy tell why, too") {
    plan::Options options;
    options.destroy = true;
    const auto live = applied(desired_of(both()));
    const auto text =
        steps_of(plan::make({"acme", {}, {}}, live, catalogue::Catalogue::embedded(), options));
    CHECK(
        text.find("   1  delete devices.flow\n        why: destroy takes away what is chosen\n") !=
        std::string::npos);
    const auto count = [&](std::string_view part) {
        std::size_t found = 0;
        for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
            ++found;
        }
        return found;
    };
    CHECK(count("  delete ") == 7);
    CHECK(count("        why: ") == 7);
}

TEST_CASE("a plan tells its steps only where that is asked for") {
    const auto plan = test::mixed_plan();
    auto style = test::example_style();
    const auto steps = steps_of(plan);
    REQUIRE_FALSE(steps.empty());
    CHECK(render::plan_text(plan, style).find(steps) == std::string::npos);
    style.explain = true;
    CHECK(render::plan_text(plan, style).find(steps) != std::string::npos);
    CHECK(render::plan_text(plan_of(desired_of(both()), applied(desired_of(both()))), style) ==
          "No changes. 2 exports and 1 account match the sandbox.\n");
}

TEST_CASE("steps are the same after they were written and read") {
    for (const auto& plan : {test::mixed_plan(), plan_of(desired_of(both()), {"acme", {}})}) {
        const auto document = render::steps_json(render::outline(plan));
        const auto read = render::read_steps(document);
        REQUIRE(read.size() == plan.steps.size());
        CHECK(render::steps_json(read) == document);
        CHECK(render::steps_text(read, plan, test::example_style()) == steps_of(plan));
    }
}

TEST_CASE("steps of a file that make no sense are not told") {
    const auto plan = test::mixed_plan();
    const auto text = json::write(render::steps_json(render::outline(plan)));
    const auto damaged = [&](const std::string& from, const std::string& to) {
        auto copy = text;
        const auto at = copy.find(from);
        REQUIRE(at != std::string::npos);
        copy.replace(at, from.size(), to);
        const auto parsed = json::parse(copy);
        REQUIRE(parsed);
        return render::read_steps(*parsed);
    };
    CHECK(damaged(R"("operation":")", R"("operation":"un)").empty());
    CHECK(damaged(R"("address":")", R"("address":"x)").size() == plan.steps.size());
    CHECK(damaged(".flow", ".stream").empty());
    // A step that waits for a later one, for itself or for none is not told to wait.
    for (const auto* number : {"99", "-1", "0", "18446744073709551615", "null"}) {
        const auto steps = damaged(R"("after":[{"step":)",
                                   R"("after":[{"step":)" + std::string(number) + R"(,"was":)");
        CHECK(steps.size() == plan.steps.size());
        CHECK_NOTHROW(render::steps_text(steps, plan, test::example_style()));
    }
    CHECK(render::read_steps(json::Value{}).empty());
}
