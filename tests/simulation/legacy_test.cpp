#include "catalogue/catalogue.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace penstock;
using test::World;

namespace {

std::vector<const catalogue::Destination*> legacy_destinations() {
    std::vector<const catalogue::Destination*> found;
    for (const auto& destination : catalogue::Catalogue::embedded().all()) {
        if (destination.columns == catalogue::Columns::profile_selectors) {
            found.push_back(&destination);
        }
    }
    return found;
}

/// Somebody edits a dataflow's selectors in the platform.
void edit(World& world, const std::string& op, const std::string& selector,
          const json::Value& value) {
    const auto path = "/flows/" + world.id_of("flow", "loyalty");
    const json::Value patch = json::Array{json::Object{
        {"op", op}, {"path", "/transformations/0/params/" + selector}, {"value", value}}};
    const auto answer = world.as_somebody(http::Method::patch, path, json::write(patch));
    INFO(answer.body);
    REQUIRE(answer.status < 300);
}

void rename_files_of_first_segment(World& world) {
    const auto answer =
        world.as_somebody(http::Method::get, "/flows/" + world.id_of("flow", "loyalty"));
    const auto document = json::parse(answer.body);
    REQUIRE(document);
    const auto* selector =
        json::find(*document, "/items/0/transformations/0/params/segmentSelectors/selectors/0");
    REQUIRE(selector != nullptr);
    json::Value edited = *selector;
    auto& value = edited.make_object()["value"].make_object();
    value.erase("fileNameTemplate");
    value["filenameTemplate"] = "%DESTINATION_NAME%_%SEGMENT_ID%_by-hand";
    edit(world, "replace", "segmentSelectors/selectors/0", edited);
}

/// The first change of a plan that has no other.
const plan::EntityChange& only_change(const test::Run& run) {
    INFO(test::complaints(run));
    REQUIRE(run.plan.changes.size() == 1);
    return run.plan.changes.front();
}

std::vector<std::string> allowed_notes(const emulator::Settings& settings) {
    std::vector<std::string> codes;
    if (settings.description_connection == emulator::Description::drop) {
        codes.emplace_back("credentials-not-checked");
    }
    if (settings.campaign_flow_spec == emulator::CampaignFlowSpec::unnamed) {
        codes.emplace_back("other-flow-spec");
    }
    return codes;
}

void check_drift(World& world, const manifest::Manifests& project, const std::string& pointer,
                 const emulator::Settings& settings) {
    const auto run = world.plan(project);
    const auto& change = only_change(run);
    CHECK(model::address(change.key) == "loyalty.flow");
    // Without a marker nobody can say whose change it is.
    const bool marked = settings.description_flow == emulator::Description::keep;
    CHECK(change.cause == (marked ? plan::Cause::drift : plan::Cause::unknown));
    CHECK(std::any_of(change.fields.begin(), change.fields.end(),
                      [&](const auto& field) { return field.pointer.starts_with(pointer); }));
    test::check_done(world.apply(project), allowed_notes(settings));
    test::check_unchanged(world.apply(project));
}

/// From an empty sandbox through drift of every kind of selector to an empty one.
void check_life(const manifest::Manifests& project, const emulator::Settings& settings = {}) {
    World world(settings);
    test::check_done(world.apply(project), allowed_notes(settings));
    CHECK(world.count(emulator::Kind::connection) == 2); // the account's and the Profile Store's
    CHECK(world.count(emulator::Kind::source_connection) == 1);
    test::check_unchanged(world.apply(project));
    const auto applied = world.state();

    rename_files_of_first_segment(world);
    check_drift(world, project, "/segments/", settings);
    edit(
        world, "add", "profileSelectors/selectors/-",
        json::Object{{"type", "JSON_PATH"}, {"value", json::Object{{"path", "person.birthDate"}}}});
    check_drift(world, project, "/attributes/", settings);
    CHECK(world.state() == applied);

    test::check_done(world.apply(model::DesiredGraph{project.project.metadata.name, {}, {}}));
    CHECK(world.state().empty());
}

} // namespace

TEST_CASE("legacy: every destination, every auth spec, from apply through drift to destroy") {
    std::size_t accounts = 0;
    for (const auto* destination : legacy_destinations()) {
        for (const auto& auth_spec : test::auth_specs_of(*destination)) {
            INFO(destination->slug << " " << auth_spec);
            check_life(test::segment_project_for(destination->slug, auth_spec));
            ++accounts;
        }
    }
    CHECK(legacy_destinations().size() == 7);
    CHECK(accounts == 14);
}

TEST_CASE("legacy: every side of every switch of the emulator") {
    std::size_t sides = 0;
    for (const auto& choice : emulator::switches()) {
        for (const auto& value : choice.values) {
            const auto given = fmt::format("{}={}", choice.name, value);
            INFO(given);
            emulator::Settings settings;
            REQUIRE(emulator::set_switch(settings, given));
            for (const char* slug : {"adobe-campaign", "oracle-responsys", "sftp-legacy"}) {
                check_life(test::segment_project_for(slug), settings);
            }
            ++sides;
        }
    }
    CHECK(sides > 80);
}
