#include "catalogue/catalogue.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "support/files.hpp"
#include "support/requests.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using test::World;

namespace {

const std::filesystem::path& golden_folder() {
    static const auto folder = test::test_data_folder() / "golden/legacy_requests";
    return folder;
}

std::vector<std::string> golden_names() {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(golden_folder())) {
        names.insert(entry.path().stem().string());
    }
    return {names.begin(), names.end()};
}

/// Every request for the tutorial's values, for one destination and one way to authenticate. The
/// flow spec of Adobe Campaign is the one that the sandbox has under its name.
json::Value golden(const std::string& name, World& world) {
    auto expected = json::parse(test::read_file(golden_folder() / (name + ".json")));
    REQUIRE(expected);
    auto* spec = json::find(*expected, "/flows/flowSpec/id");
    REQUIRE(spec != nullptr);
    if (*spec == json::Value("<upsToCampaign>")) {
        const auto answer =
            world.as_somebody(http::Method::get, "/flowSpecs?property=name==upsToCampaign");
        const auto specs = json::parse(answer.body);
        REQUIRE(specs);
        REQUIRE((*specs)["items"].as_array().size() == 1);
        *spec = (*specs)["items"].as_array()[0]["id"];
    }
    return *expected;
}

void read_operation(const json::Value& operation, manifest::SegmentExport& document) {
    const auto& value = operation["value"]["value"];
    if (!value["path"].is_null()) {
        document.attributes.push_back(value["path"].as_string());
        return;
    }
    const auto& schedule = value["schedule"];
    manifest::Segment segment;
    segment.id = value["id"].as_string();
    segment.name = value["name"].as_string();
    segment.filename_template = value["filenameTemplate"].as_string();
    segment.schedule = {value["exportMode"].as_string(),     schedule["frequency"].as_string(),
                        schedule["triggerType"].as_string(), schedule["startDate"].as_string(),
                        schedule["startTime"].as_string(),   ""};
    document.segments.push_back(std::move(segment));
}

/// One export whose values are those of the expected requests.
manifest::Manifests project_for(const json::Value& expected, test::FakeSecrets& secrets) {
    const auto& slug = expected["destination"].as_string();
    const auto& destination = *catalogue::Catalogue::embedded().find(slug);
    auto project = test::segment_project_for(slug);
    const auto auth = test::account_auth(expected["connections"], secrets);
    project.accounts[0].connection = auth;
    manifest::SegmentExport document;
    document.metadata = project.segments[0].metadata;
    document.account = project.segments[0].account;
    document.slug = slug;
    document.auth_spec = auth.spec_name;
    document.destination =
        test::manifest_parameters(expected["targetConnections"]["params"], destination);
    for (const auto& operation : expected["flowPatch"].as_array()) {
        read_operation(operation, document);
    }
    project.segments[0] = document;
    return project;
}

/// The dataflow's only patch without the marker, which goes last.
json::Value patch_of(const test::Run& run) {
    const auto bodies = test::bodies(run, "PATCH", "/flows/");
    REQUIRE(bodies.size() == 1);
    CHECK(test::bodies(run, "PATCH", "").size() == 1);
    auto patch = json::parse(bodies[0]);
    REQUIRE(patch);
    auto& operations = patch->make_array();
    REQUIRE_FALSE(operations.empty());
    CHECK(operations.back()["path"].as_string() == "/description");
    operations.pop_back();
    return *patch;
}

} // namespace

TEST_CASE("legacy: the requests for the tutorial's values are the tutorial's requests") {
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& name : golden_names()) {
        INFO(name);
        World world;
        const auto expected = golden(name, world);
        const auto project = project_for(expected, world.secrets);
        const auto run = world.apply(project);
        test::check_done(run);
        auto bodies = test::posted(run, world);
        bodies["flowPatch"] = patch_of(run);
        CHECK(bodies.size() == 6);
        for (const auto& [collection, body] : bodies) {
            CHECK(json::write_canonical(body) == json::write_canonical(expected[collection]));
        }
        CHECK(test::bodies(run, "POST", "/conversion/").empty());
        seen.emplace(expected["destination"].as_string(),
                     expected["connections"]["auth"]["specName"].as_string());
        test::check_unchanged(world.apply(project));
    }
    for (const auto& destination : catalogue::Catalogue::embedded().all()) {
        for (const auto& auth : destination.auth_specs) {
            CHECK(seen.contains({destination.slug, auth.name}) ==
                  (destination.columns == catalogue::Columns::profile_selectors));
        }
    }
}

TEST_CASE("legacy: keys stand beside the attributes, as the tutorial's answer has them") {
    World world;
    auto project = project_for(golden("oracle-eloqua-password", world), world.secrets);
    auto& document = project.segments[0];
    document.attributes = {"person.name.firstName", "person.name.lastName",
                           "personalEmail.address"};
    document.mandatory_fields = {"person.name.firstName", "person.name.lastName"};
    document.deduplication_keys = {
        {manifest::DeduplicationKey::Kind::attribute_path, "personalEmail.address"}};
    const auto run = world.apply(project);
    test::check_done(run);
    const auto patch = patch_of(run);
    const auto& operations = patch.as_array();
    REQUIRE(operations.size() == 7);
    CHECK(json::write(operations[5]) ==
          R"({"op":"add","path":"/transformations/0/params/profileSelectors/mandatoryFields",)"
          R"("value":["person.name.firstName","person.name.lastName"]})");
    CHECK(json::write(operations[6]) ==
          R"({"op":"add","path":"/transformations/0/params/profileSelectors/primaryFields",)"
          R"("value":[{"fieldType":"ATTRIBUTE","attributePath":"personalEmail.address"}]})");

    document.mandatory_fields.clear();
    document.deduplication_keys.clear();
    const auto cleared = world.apply(project);
    test::check_done(cleared);
    CHECK(json::write(patch_of(cleared)) ==
          R"([{"op":"add","path":"/transformations/0/params/profileSelectors/mandatoryFields",)"
          R"("value":[]},{"op":"add",)"
          R"("path":"/transformations/0/params/profileSelectors/primaryFields","value":[]}])");
    test::check_unchanged(world.apply(project));
}
