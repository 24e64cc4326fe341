#include "base/text.hpp"
#include "support/graphs.hpp"
#include "support/world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

using namespace penstock;
using test::World;

namespace {

void check_done(const test::Run& run) {
    INFO(test::complaints(run));
    CHECK_FALSE(run.error);
    for (const auto& note : run.plan.notes) {
        // Where accounts come back without their description, nothing is known of their secrets;
        // of two flow specs for segments the one is used that the sandbox offers.
        CHECK((note.code == "credentials-not-checked" || note.code == "other-project" ||
               note.code == "other-flow-spec"));
    }
    CHECK(run.report.count(execute::StepStatus::done) == run.plan.steps.size());
}

void check_unchanged(const test::Run& run) {
    INFO(test::complaints(run));
    CHECK_FALSE(run.error);
    for (const auto& change : run.plan.changes) {
        FAIL_CHECK(model::address(change.key), " would ", std::string(plan::name(change.action)));
    }
    CHECK(run.plan.steps.empty());
}

/// How many exports take profiles from the source connection that the project shares.
std::size_t sharing(const manifest::Manifests& project) {
    return static_cast<std::size_t>(
        std::count_if(project.segments.begin(), project.segments.end(),
                      [](const auto& document) { return !document.attributes.empty(); }));
}

} // namespace

TEST_CASE("the examples: everything is made once, and a second plan is empty") {
    World world;
    const auto project = test::example_project();
    const auto first = world.apply(project);
    check_done(first);
    CHECK(world.count(emulator::Kind::connection) == project.accounts.size() + 1); // Profile Store
    CHECK(world.count(emulator::Kind::flow) == project.datasets.size() + project.segments.size());
    check_unchanged(world.apply(project));
}

TEST_CASE("both sides of every switch end in an empty second plan") {
    const auto project = test::example_project();
    for (const auto& option : emulator::switches()) {
        for (const auto& value : option.values) {
            const std::string assignment = fmt::format("{}={}", option.name, value);
            if (assignment == "connection_patch=disabled" || assignment == "json_none=reject") {
                continue; // nothing of theirs is reached: no account changes, JSON is always GZIP
            }
            if (assignment == "encryption_place=target") {
                continue; // the catalogue says where encryption belongs
            }
            INFO(assignment);
            emulator::Settings settings;
            REQUIRE(emulator::set_switch(settings, assignment));
            World world(settings);
            check_done(world.apply(project));
            check_unchanged(world.apply(project));

            auto changed = project;
            changed.datasets[0].schedule.start_time += 86'400;
            changed.datasets[0].destination["compression"] = "GZIP";
            changed.datasets[0].datasets[0].id = "5ef3e325582424191b1beb42";
            changed.datasets.pop_back();
            check_done(world.apply(changed));
            check_unchanged(world.apply(changed));
            const auto exports = changed.datasets.size() + changed.segments.size();
            CHECK(world.count(emulator::Kind::flow) == exports);
            CHECK(world.count(emulator::Kind::source_connection) == exports - sharing(changed) + 1);
        }
    }
}

TEST_CASE("an unchanged plan asks for lists, mapping sets and a token") {
    World world;
    const auto project = test::example_project();
    check_done(world.apply(project));
    const auto again = world.plan(project);
    // Four lists, and of Adobe Campaign, whose flow spec is looked up by its name, one more.
    const std::size_t lists = 5;
    const std::size_t flow_specs = 1;
    const std::size_t mapping_sets = project.segments.size() - sharing(project);
    CHECK(again.requests.size() == 1 + lists + flow_specs + mapping_sets);
    for (const auto& request : again.requests) {
        CHECK((request.method == "GET" || request.path == "/ims/token/v3"));
    }
}

TEST_CASE("destroying leaves an empty sandbox") {
    World world;
    const auto project = test::example_project();
    check_done(world.apply(project));
    const auto gone = world.apply(model::DesiredGraph{project.project.metadata.name, {}, {}});
    check_done(gone);
    CHECK(world.state().empty());
}

TEST_CASE("entities of others are never touched") {
    World world;
    auto project = test::small_project();
    auto theirs = test::small_project();
    theirs.project.metadata.name = "other-team";
    check_done(world.apply(theirs));
    const auto before = world.state();
    check_done(world.apply(project));
    check_done(world.apply(model::DesiredGraph{project.project.metadata.name, {}, {}}));
    CHECK(world.state() == before);
}

TEST_CASE("a rotated secret is sent once, an unchanged one never") {
    World world;
    const auto project = test::small_project();
    check_done(world.apply(project));
    world.secrets.values["environment variable S3_SECRET"] = std::string(40, 'B');
    const auto rotated = world.apply(project);
    check_done(rotated);
    REQUIRE(rotated.plan.steps.size() == 1);
    CHECK(rotated.plan.changes[0].sent == std::vector<std::string>{"s3SecretKey"});
    check_unchanged(world.apply(project));
}

TEST_CASE("a secret that cannot be resolved stops an apply of its account, not a plan") {
    World world;
    const auto project = test::small_project();
    world.secrets.resolve_all = false;
    CHECK(world.plan(project).plan.steps.size() == 4);
    const auto failed = world.apply(project);
    CHECK(failed.report.count(execute::StepStatus::failed) == 1);
    CHECK(failed.report.count(execute::StepStatus::skipped) == 2);
    CHECK(world.count(emulator::Kind::connection) == 0);

    world.secrets.resolve_all = true;
    check_done(world.apply(project));
    world.secrets.resolve_all = false;
    const auto later = world.plan(project);
    CHECK(later.plan.steps.empty());
    REQUIRE(later.plan.notes.size() == 1);
    CHECK(later.plan.notes[0].code == "credentials-not-checked");
}

TEST_CASE("a change behind git's back is drift with a name on it, and is repaired") {
    World world;
    const auto project = test::small_project();
    check_done(world.apply(project));
    const auto flow = world.id_of("flow", "devices");
    const auto edited = world.as_somebody(
        http::Method::patch, "/flows/" + flow,
        R"([{"op":"replace","path":"/scheduleParams","value":{"timeUnit":"day","interval":1,"startTime":1796083200,"endTime":1827619200}}])");
    REQUIRE(edited.status == 200);
    const auto drift = world.apply(project);
    check_done(drift);
    REQUIRE(drift.plan.changes.size() == 1);
    CHECK(drift.plan.changes[0].cause == plan::Cause::drift);
    CHECK(drift.plan.changes[0].audit.updated_by == "somebody@techacct.adobe.com");
    check_unchanged(world.apply(project));
}

TEST_CASE("an end about six months ahead is an end like any other") {
    World world;
    auto project = test::small_project();
    const auto now = world.clock.now().time_since_epoch().count() / 1000;
    project.datasets[0].schedule.end_time = now + 181 * 86'400;
    check_done(world.apply(project));
    check_unchanged(world.apply(project));

    project.datasets[0].schedule.end_time.reset();
    check_done(world.apply(project));
    check_unchanged(world.apply(project));

    project.datasets[0].schedule.end_time = now + 181 * 86'400;
    const auto again = world.apply(project);
    check_done(again);
    check_unchanged(world.apply(project));
}

TEST_CASE("a disabled flow that takes no patch is left as it is, with a way out") {
    emulator::Settings settings;
    settings.disabled_flow_patch = emulator::DisabledFlowPatch::refuse;
    World world(settings);
    auto project = test::small_project();
    project.datasets[0].enabled = false;
    check_done(world.apply(project));
    const auto before = world.state();

    project.datasets[0].schedule.start_time += 3600;
    const auto refused = world.apply(project);
    REQUIRE(refused.report.count(execute::StepStatus::failed) == 1);
    CHECK(refused.report.steps[0].error->hint.find("enabled: true") != std::string::npos);
    CHECK(world.state() == before);

    project.datasets[0].enabled = true;
    check_done(world.apply(project));
    check_unchanged(world.apply(project));
}

TEST_CASE("accounts that take no patch say so, and exports go on") {
    emulator::Settings settings;
    settings.connection_patch = emulator::ConnectionPatch::disabled;
    World world(settings);
    auto project = test::small_project();
    check_done(world.apply(project));
    project.accounts[0].description = "Changed";
    project.datasets[0].description = "Changed too";
    const auto run = world.apply(project);
    CHECK(run.report.count(execute::StepStatus::failed) == 1);
    CHECK(run.report.count(execute::StepStatus::done) == 1);
}
