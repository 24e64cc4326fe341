#include "catalogue/catalogue.hpp"
#include "json/text.hpp"
#include "support/files.hpp"
#include "support/graphs.hpp"
#include "support/requests.hpp"
#include "support/world.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

using namespace penstock;
using test::World;

namespace {

/// One export whose values are those of the expected requests: the account's parameters, the
/// target's parameters less the constants, one dataset, every three hours.
manifest::Manifests project_for(const json::Value& expected, test::FakeSecrets& secrets) {
    const auto& slug = expected["destination"].as_string();
    const auto* destination = catalogue::Catalogue::embedded().find(slug);
    REQUIRE(destination != nullptr);

    auto project = test::small_project();
    project.accounts[0].destination = slug;
    project.accounts[0].connection = test::account_auth(expected["connections"], secrets);
    auto& document = project.datasets[0];
    document.slug = slug;
    document.destination =
        test::manifest_parameters(expected["targetConnections"]["params"], *destination);
    document.datasets = {{"5ef3e3259ad2a1191ab7dd7d", "AAM Devices Data"}};
    document.schedule = {manifest::DatasetFrequency::every_3_hours, 1675901210, std::nullopt};
    return project;
}

} // namespace

TEST_CASE("the requests for the tutorial's values are the tutorial's requests") {
    // The tutorial's files are uncompressed JSON, which newer documents no longer allow.
    emulator::Settings settings;
    settings.json_none = emulator::JsonNone::accept;
    std::size_t destinations = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(test::test_data_folder() / "golden/requests")) {
        INFO(entry.path().filename().string());
        const auto expected = json::parse(test::read_file(entry.path()));
        REQUIRE(expected);
        World world(settings);
        const auto run = world.apply(project_for(*expected, world.secrets));
        CHECK(run.report.count(execute::StepStatus::done) == 4);
        const auto bodies = test::posted(run, world);
        CHECK(bodies.size() == 4);
        for (const auto& [collection, body] : bodies) {
            CHECK(json::write_canonical(body) == json::write_canonical((*expected)[collection]));
        }
        ++destinations;
    }
    CHECK(destinations == 8);
}

TEST_CASE("a one-time export says so, the other schedules follow from unit and interval") {
    const std::map<manifest::DatasetFrequency, std::string> params{
        {manifest::DatasetFrequency::once,
         R"({"exportMode":"DAILY_FULL_EXPORT","interval":0,"startTime":1796083200,"timeUnit":"day"})"},
        {manifest::DatasetFrequency::daily,
         R"({"interval":1,"startTime":1796083200,"timeUnit":"day"})"},
        {manifest::DatasetFrequency::every_3_hours,
         R"({"interval":3,"startTime":1796083200,"timeUnit":"hour"})"},
        {manifest::DatasetFrequency::every_6_hours,
         R"({"interval":6,"startTime":1796083200,"timeUnit":"hour"})"},
        {manifest::DatasetFrequency::every_9_hours,
         R"({"interval":9,"startTime":1796083200,"timeUnit":"hour"})"},
        {manifest::DatasetFrequency::every_12_hours,
         R"({"interval":12,"startTime":1796083200,"timeUnit":"hour"})"},
    };
    for (const auto& [frequency, expected] : params) {
        World world;
        auto project = test::small_project();
        project.datasets[0].schedule = {frequency, 1796083200, std::nullopt};
        const auto bodies = test::posted(world.apply(project), world);
        CHECK(json::write_canonical(bodies.at("flows")["scheduleParams"]) == expected);
        CHECK(world.plan(project).plan.empty());
    }
}

TEST_CASE("changes are sent as one patch with the etag as it was read") {
    World world;
    auto project = test::small_project();
    (void)world.apply(project);
    project.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
    project.datasets[0].description = "Changed";
    const auto run = world.apply(project);
    std::vector<std::string> patches;
    for (const auto& request : run.requests) {
        if (request.method == "PATCH") {
            patches.push_back(request.body);
        }
    }
    REQUIRE(patches.size() == 1);
    const auto body = json::parse(patches[0]);
    REQUIRE(body);
    REQUIRE(body->as_array().size() == 2);
    CHECK(json::write(body->as_array()[0]) ==
          R"({"op":"replace","path":"/scheduleParams","value":{"timeUnit":"day","interval":1,)"
          R"("startTime":1796083200,"endTime":1827619200}})");
    CHECK(body->as_array()[1]["path"].as_string() == "/description");
}
