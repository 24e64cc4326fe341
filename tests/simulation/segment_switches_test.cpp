#include "catalogue/catalogue.hpp"
#include "json/text.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

using namespace penstock;
using test::World;

namespace {

/// Two exports, so that one can go while the other stays: of an incremental schedule and an
/// expression, and of an audience that was made elsewhere.
manifest::Manifests two_exports() {
    auto project = test::segment_project();
    auto& loyalty = project.segments[0];
    loyalty.segments.push_back(test::segment(3));
    loyalty.segments[1].schedule = {"FIRST_FULL_THEN_INCREMENTAL",
                                    "EVERY_6_HOURS",
                                    "SCHEDULED",
                                    "2026-12-01",
                                    "06:00",
                                    "2027-12-01"};
    loyalty.mapping.push_back({"lower(person.name.lastName)", "lastName", "EXPRESSION"});
    auto other = test::segment_export("partners");
    other.segments[0].id = "extaud9001";
    other.segments[0].system_segment_id = "979558ae-a8ba-4e6e-b6ba-95c0a523b44a";
    other.segments[0].origin = "aamSegments";
    other.segments[1].schedule = {"DAILY_FULL_EXPORT", "ONCE",  "SCHEDULED",
                                  "2026-12-01",        "06:00", ""};
    other.deduplication_keys.clear();
    project.segments.push_back(other);
    return project;
}

/// A change in git.
struct Edit {
    int stage; ///< edits of one stage are applied together where time matters
    std::string name;
    std::function<void(manifest::Manifests&)> make;
};

const std::vector<Edit>& edits() {
    static const std::vector<Edit> all{
        {1, "add a segment",
         [](auto& project) { project.segments[0].segments.push_back(test::segment(4)); }},
        {1, "remove a segment",
         [](auto& project) {
             auto& segments = project.segments[0].segments;
             segments.erase(segments.begin());
         }},
        {1, "reschedule a segment",
         [](auto& project) {
             project.segments[0].segments[0].schedule.frequency = "EVERY_12_HOURS";
         }},
        {1, "start a segment after evaluation",
         [](auto& project) {
             project.segments[1].segments[1].schedule = test::segment(1).schedule;
         }},
        {1, "rename a file",
         [](auto& project) {
             project.segments[1].segments[0].filename_template = "%SEGMENT_ID%_%TIMESTAMP%";
         }},
        {2, "change a mapping",
         [](auto& project) { project.segments[0].mapping[0].source = "person.name.lastName"; }},
        {2, "map one more column",
         [](auto& project) {
             project.segments[1].mapping.push_back(
                 {"personalEmail.address", "personalEmail_address"});
         }},
        {2, "map a column less", [](auto& project) { project.segments[0].mapping.pop_back(); }},
        {2, "change the keys",
         [](auto& project) {
             project.segments[0].mandatory_fields = {"Email"};
             project.segments[0].deduplication_keys = {
                 {manifest::DeduplicationKey::Kind::attribute_path, "firstName"}};
             project.segments[1].mandatory_fields.clear();
             project.segments[1].deduplication_keys = {
                 {manifest::DeduplicationKey::Kind::identity_namespace, "Email"}};
         }},
        {3, "take the keys away",
         [](auto& project) { project.segments[0].deduplication_keys.clear(); }},
        {3, "describe it anew", [](auto& project) { project.segments[0].description = "Changed"; }},
        {3, "rename an export",
         [](auto& project) { project.segments[1].metadata.name = "resellers"; }},
    };
    return all;
}

emulator::Settings settings_with(const std::string& assignment) {
    emulator::Settings settings;
    REQUIRE(emulator::set_switch(settings, assignment));
    return settings;
}

/// What may be said of accounts that come back without their description.
const std::vector<std::string> allowed{"credentials-not-checked"};

void check_applied(World& world, const manifest::Manifests& project) {
    const auto run = world.apply(project);
    CHECK_FALSE(run.plan.steps.empty());
    test::check_done(run, allowed);
    test::check_unchanged(world.plan(project));
    CHECK(world.count(emulator::Kind::flow) == project.segments.size());
    CHECK(world.count(emulator::Kind::source_connection) == project.segments.size());
    CHECK(world.count(emulator::Kind::target_connection) == project.segments.size());
    CHECK(world.count(emulator::Kind::connection) == 1);
}

void check_destroyed(World& world) {
    test::check_done(world.apply(model::DesiredGraph{"acme", {}, {}}), allowed);
    CHECK(world.state().empty());
}

/// Everything from the first apply to the end, a stage of the edits at a time.
void check_story(const emulator::Settings& settings) {
    World world(settings);
    auto project = two_exports();
    check_applied(world, project);
    for (std::size_t i = 0; i < edits().size(); ++i) {
        edits()[i].make(project);
        if (i + 1 == edits().size() || edits()[i].stage != edits()[i + 1].stage) {
            INFO("stage ", edits()[i].stage);
            check_applied(world, project);
        }
    }
    check_destroyed(world);
}

} // namespace

TEST_CASE("segments: each change in git is applied once, and a second plan is empty") {
    World world;
    auto project = two_exports();
    check_applied(world, project);
    for (const auto& edit : edits()) {
        INFO(edit.name);
        edit.make(project);
        check_applied(world, project);
    }
    check_destroyed(world);
}

TEST_CASE("segments: the name of a segment alone is nothing to send") {
    for (const char* names : {"kept", "refreshed"}) {
        INFO(std::string(names));
        World world(settings_with(std::string("segment_names=") + names));
        auto project = two_exports();
        check_applied(world, project);
        project.segments[0].segments[0].name = "Renamed";
        test::check_unchanged(world.plan(project));
        // It goes along with what is sent anyway.
        project.segments[0].segments[0].schedule.end_date = "2027-06-01";
        check_applied(world, project);
        const json::Value body(
            world.platform.store().entities().at(world.id_of("flow", "loyalty")).body);
        CHECK(json::write(body["transformations"]).find("Renamed") != std::string::npos);
    }
}

TEST_CASE("segments: both sides of every switch end in an empty second plan") {
    const emulator::Settings defaults;
    check_story(defaults);
    for (const auto& option : emulator::switches()) {
        for (std::size_t i = 0; i < option.values.size(); ++i) {
            if (i == option.get(defaults)) {
                continue;
            }
            INFO(option.name, "=", option.values[i]);
            emulator::Settings settings;
            option.set(settings, i);
            check_story(settings);
        }
    }
}

TEST_CASE("segments: where no entity comes back with its description, names stand in for it") {
    emulator::Settings settings;
    settings.description_connection = emulator::Description::drop;
    settings.description_source = emulator::Description::drop;
    settings.description_target = emulator::Description::drop;
    settings.description_flow = emulator::Description::drop;
    check_story(settings);

    World world(settings);
    const auto project = two_exports();
    test::check_done(world.apply(project), allowed);
    // Nothing is known of what was sent last, so the account's secrets are told to be unchecked.
    const auto again = world.plan(project);
    test::check_unchanged(again);
    REQUIRE(again.plan.notes.size() == 1);
    CHECK(again.plan.notes[0].code == "credentials-not-checked");
}

TEST_CASE("segments: where a sandbox has the datasets' flow specs, these are used with a warning") {
    for (const char* slug : {"adls-gen2", "data-landing-zone", "google-cloud-storage"}) {
        INFO(std::string(slug));
        World world(settings_with("segment_flow_specs=dataset"));
        const auto project = test::segment_project_for(slug);
        const auto first = world.apply(project);
        test::check_done(first, {"other-flow-spec"});
        REQUIRE(first.plan.notes.size() == 1);
        CHECK(first.plan.notes[0].severity == Severity::warning);
        CHECK(first.plan.notes[0].address == slug);

        const auto* destination = catalogue::Catalogue::embedded().find(slug);
        REQUIRE(destination != nullptr);
        const auto flow = world.id_of("flow", "loyalty");
        const json::Value body(world.platform.store().entities().at(flow).body);
        CHECK(body["flowSpec"]["id"].as_string() == destination->other_segment_flow_spec_id);

        const auto again = world.apply(project);
        test::check_unchanged(again);
        CHECK(again.plan.notes.empty());
        // A dataflow that is there keeps its flow spec, whatever the sandbox offers later.
        world.platform.settings().segment_flow_specs = emulator::SegmentFlowSpecs::distinct;
        test::check_unchanged(world.apply(project));
        check_destroyed(world);
    }
}

TEST_CASE("segments: the flow specs that nobody disputes are used without a word") {
    for (const char* slug : {"amazon-s3", "azure-blob", "sftp"}) {
        INFO(std::string(slug));
        World world(settings_with("segment_flow_specs=dataset"));
        const auto project = test::segment_project_for(slug);
        const auto run = world.apply(project);
        test::check_done(run);
        CHECK(run.plan.notes.empty());
        test::check_unchanged(world.apply(project));
    }
}

TEST_CASE("segments: a schedule that a sandbox refuses stops its export until git mends it") {
    struct Refusal {
        std::string assignment;
        manifest::SegmentSchedule schedule;
    };
    const std::vector<Refusal> refusals{
        {"end_date=required",
         {"DAILY_FULL_EXPORT", "DAILY", "AFTER_SEGMENT_EVAL", "2026-12-01", "", ""}},
        {"long_frequencies=refuse",
         {"DAILY_FULL_EXPORT", "WEEKLY", "SCHEDULED", "2026-12-01", "06:00", "2027-12-01"}},
    };
    for (const auto& refusal : refusals) {
        INFO(refusal.assignment);
        auto refused = two_exports();
        refused.segments[0].segments[0].schedule = refusal.schedule;
        World lenient;
        check_applied(lenient, refused);

        World world(settings_with(refusal.assignment));
        const auto run = world.apply(refused);
        CHECK(run.report.count(execute::StepStatus::failed) == 1);
        CHECK(run.report.count(execute::StepStatus::done) == run.plan.steps.size() - 1);
        CHECK(world.count(emulator::Kind::flow) == 2);

        check_applied(world, two_exports());
    }
}
