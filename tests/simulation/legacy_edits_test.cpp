#include "catalogue/catalogue.hpp"
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

using Keys = std::vector<manifest::DeduplicationKey>;

emulator::Settings with(const std::vector<std::string>& switches) {
    emulator::Settings settings;
    for (const auto& given : switches) {
        REQUIRE(emulator::set_switch(settings, given));
    }
    return settings;
}

/// An export to Oracle Eloqua of these attributes, without keys.
manifest::Manifests project_of(const std::vector<std::string>& attributes) {
    auto project = test::segment_project_for("oracle-eloqua");
    auto& document = project.segments[0];
    document.attributes = attributes;
    document.mandatory_fields.clear();
    document.deduplication_keys.clear();
    return project;
}

/// What git alone has changed is nobody else's doing.
void check_by_git_alone(const test::Run& run) {
    INFO(test::complaints(run));
    for (const auto& change : run.plan.changes) {
        INFO(model::address(change.key));
        CHECK(change.cause == plan::Cause::git);
    }
}

} // namespace

TEST_CASE("legacy: an export moves between any two destinations under its name") {
    const auto& all = catalogue::Catalogue::embedded().all();
    for (const auto& from : all) {
        for (const auto& to : all) {
            INFO(from.slug << " to " << to.slug);
            World world;
            test::check_done(world.apply(test::segment_project_for(from.slug)));
            const auto project = test::segment_project_for(to.slug);
            check_by_git_alone(world.plan(project));
            test::check_done(world.apply(project));
            CHECK(world.count(emulator::Kind::flow) == 1);
            CHECK(world.count(emulator::Kind::target_connection) == 1);
            test::check_unchanged(world.plan(project));
        }
    }
}

TEST_CASE("legacy: attributes come and go, several at once, whatever the service shows of them") {
    const std::vector<std::vector<std::string>> steps{
        {"person.name.firstName", "identityMap.Email", "person.name.lastName",
         "personalEmail.address", "person.birthDate"},
        {"identityMap.Email", "personalEmail.address", "homeAddress.city"}, // three go, one comes
        {"identityMap.ECID", "homeAddress.city"},
        {"identityMap.ECID", "identityMap.Phone_E//.164"},
        {"identityMap.Phone_E//.164", "person.name.lastName"},
        {"person.name.lastName"},
        {},
        {"identityMap.Email"}};
    for (const char* dedup : {"automatic_dedup=absent", "automatic_dedup=injected"}) {
        for (const char* path : {"identity_path=kept", "identity_path=namespace"}) {
            for (const char* order : {"selector_order=kept", "selector_order=shuffled"}) {
                World world(with({dedup, path, order}));
                for (const auto& attributes : steps) {
                    INFO(dedup << " " << path << " " << order << " "
                               << fmt::format("{}", fmt::join(attributes, ", ")));
                    const auto project = project_of(attributes);
                    check_by_git_alone(world.plan(project));
                    test::check_done(world.apply(project));
                    test::check_unchanged(world.plan(project));
                }
            }
        }
    }
}

TEST_CASE("legacy: a user name that somebody changes by hand is drift, however answers spell it") {
    for (const char* spelling : {"user_name_on_get=returned_as", "user_name_on_get=as_sent"}) {
        INFO(spelling);
        World world(with({spelling}));
        const auto project = test::segment_project_for("sftp-legacy");
        test::check_done(world.apply(project));
        const auto path = "/connections/" + world.id_of("base", "s3");
        const auto answer = world.as_somebody(
            http::Method::patch, path,
            R"([{"op":"replace","path":"/auth/params","value":{"domain":"acme-value",
                 "host":"acme-value","username":"somebody-else","password":"p"}}])");
        INFO(answer.body);
        REQUIRE(answer.status < 300);
        const auto run = world.plan(project);
        INFO(test::complaints(run));
        REQUIRE(run.plan.changes.size() == 1);
        CHECK(run.plan.changes[0].cause == plan::Cause::drift);
        REQUIRE(run.plan.changes[0].fields.size() == 1);
        CHECK(run.plan.changes[0].fields[0].pointer == "/auth/params/username");
    }
}

TEST_CASE(
    "legacy: an attribute that somebody adds meanwhile is left alone, the others are written") {
    World world;
    auto project = project_of({"person.name.firstName"});
    test::check_done(world.apply(project));
    const auto flow = "/flows/" + world.id_of("flow", "loyalty");
    bool done = false;
    world.prepare = [&](test::InProcessTransport& transport) {
        transport.intercept = [&](const http::Request& request) -> std::optional<http::Response> {
            if (request.method == http::Method::patch && !done) {
                done = true;
                (void)world.as_somebody(
                    http::Method::patch, flow,
                    R"([{"op":"add","path":"/transformations/0/params/profileSelectors/selectors/-",
                         "value":{"type":"JSON_PATH","value":{"path":"person.birthDate"}}}])");
            }
            return std::nullopt;
        };
    };
    project.segments[0].attributes.emplace_back("person.name.lastName");
    const auto run = world.apply(project);
    world.prepare = {};
    INFO(test::complaints(run));
    CHECK(run.report.count(execute::StepStatus::failed) == 0);
    CHECK(run.report.steps.at(0).note.starts_with("attribute person.birthDate was changed"));
    test::check_done(world.apply(project));
    test::check_unchanged(world.plan(project));
}
