#include "json/text.hpp"
#include "support/graphs.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using test::World;

namespace {

/// Exports "eloqua-a" and "eloqua-b", which share the Profile Store, "campaign", which does so too,
/// and "loyalty" to a storage destination, which does not.
manifest::Manifests project_of_four() {
    auto project = test::segment_project();
    const auto add = [&](const std::string& slug, const std::string& account,
                         const std::vector<std::string>& names) {
        const auto sample = test::segment_project_for(slug);
        project.accounts.push_back(sample.accounts[0]);
        project.accounts.back().metadata.name = account;
        for (const auto& name : names) {
            project.segments.push_back(sample.segments[0]);
            project.segments.back().metadata.name = name;
            project.segments.back().account = account;
        }
    };
    add("oracle-eloqua", "eloqua", {"eloqua-a", "eloqua-b"});
    add("adobe-campaign", "campaign", {"campaign"});
    return project;
}

void drop(manifest::Manifests& project, const std::string& name) {
    std::erase_if(project.segments,
                  [&](const auto& document) { return document.metadata.name == name; });
}

/// A change in git of every export.
void describe_anew(manifest::Manifests& project) {
    for (auto& document : project.segments) {
        document.description = "Described anew";
    }
}

std::set<std::string> changed(const test::Run& run) {
    std::set<std::string> addresses;
    for (const auto& change : run.plan.changes) {
        addresses.insert(model::address(change.key));
    }
    return addresses;
}

std::vector<std::string> errors(const test::Run& run) {
    std::vector<std::string> codes;
    for (const auto& note : run.plan.notes) {
        if (note.severity == Severity::error) {
            codes.push_back(note.code + " " + note.address);
        }
    }
    return codes;
}

void describe_by_hand(World& world, const std::string& path) {
    const auto answer =
        world.as_somebody(http::Method::patch, path,
                          R"([{"op":"replace","path":"/description","value":"Somebody's words"}])");
    REQUIRE(answer.status < 300);
}

/// Everybody who asks for flow specs is turned away.
void refuse_flow_specs(World& world) {
    world.prepare = [](test::InProcessTransport& transport) {
        transport.intercept = [](const http::Request& request) -> std::optional<http::Response> {
            if (request.url.find("/flowSpecs") == std::string::npos) {
                return std::nullopt;
            }
            http::Response response;
            response.status = 403;
            response.body = R"({"error_code":"403003","message":"not allowed"})";
            return response;
        };
    };
}

} // namespace

TEST_CASE("profile store: it is made once for all exports that need it, and not for others") {
    World world;
    auto project = test::segment_project();
    test::check_done(world.apply(project));
    CHECK(world.count(emulator::Kind::connection) == 1);
    project = project_of_four();
    const auto run = world.apply(project);
    test::check_done(run);
    CHECK(changed(run).contains("ProfileStore.base"));
    CHECK(changed(run).contains("ProfileStore.source"));
    CHECK(world.count(emulator::Kind::source_connection) == 2);
    test::check_unchanged(world.plan(project));
}

TEST_CASE("profile store: without its marker all that use it are held back, and no other") {
    for (const bool of_source : {true, false}) {
        INFO(of_source);
        World world;
        auto project = project_of_four();
        test::check_done(world.apply(project));
        const auto id = world.id_of(of_source ? "source" : "base", "ProfileStore");
        describe_by_hand(world, (of_source ? "/sourceConnections/" : "/connections/") + id);

        describe_anew(project);
        const auto run = world.apply(project);
        INFO(test::complaints(run));
        CHECK(changed(run) == std::set<std::string>{"loyalty.flow"});
        const auto codes = errors(run);
        REQUIRE(codes.size() >= 4);
        CHECK(codes[0] ==
              fmt::format("marker-lost ProfileStore.{}", of_source ? "source" : "base"));
        for (const char* name : {"eloqua-a", "eloqua-b", "campaign"}) {
            CHECK(std::find(codes.begin(), codes.end(), fmt::format("source-held-back {}", name)) !=
                  codes.end());
        }
        CHECK(world.count(emulator::Kind::source_connection) == 2);
        CHECK(world.count(emulator::Kind::connection) == 4);
    }
}

TEST_CASE("profile store: a twin goes, and its dataflows move over") {
    World world;
    auto project = project_of_four();
    test::check_done(world.apply(project));
    const auto before = world.state();
    // As two first applies at once would leave it: a second source with the marker, in use.
    const auto source = world.platform.store().entities().at(world.id_of("source", "ProfileStore"));
    const auto made = world.as_somebody(http::Method::post, "/sourceConnections",
                                        json::write(json::Value(source.body)));
    REQUIRE(made.status == 201);
    const auto twin = (*json::parse(made.body))["id"].as_string();
    const auto flow = world.id_of("flow", "eloqua-b");
    REQUIRE(world
                .as_somebody(http::Method::patch, "/flows/" + flow,
                             fmt::format(R"([{{"op":"replace","path":"/sourceConnectionIds",)"
                                         R"("value":["{}"]}}])",
                                         twin))
                .status < 300);
    const auto run = world.apply(project);
    test::check_done(run);
    CHECK(world.state() == before);
    test::check_unchanged(world.plan(project));
}

TEST_CASE("profile store: projects in one sandbox have each their own") {
    World world;
    auto ours = project_of_four();
    auto theirs = project_of_four();
    theirs.project.metadata.name = "others";
    test::check_done(world.apply(ours));
    test::check_done(world.apply(theirs), {"other-project"});
    test::check_unchanged(world.plan(ours));
    CHECK(world.count(emulator::Kind::source_connection) == 4);
    test::check_done(world.apply(model::DesiredGraph{"acme", {}, {}}));
    test::check_unchanged(world.plan(theirs));
    CHECK(world.count(emulator::Kind::flow) == 4);
}

TEST_CASE("legacy: a flow spec that is not told holds back the exports that need it") {
    World world;
    auto project = project_of_four();
    refuse_flow_specs(world);
    const auto first = world.apply(project);
    INFO(test::complaints(first));
    CHECK(world.count(emulator::Kind::flow) == 3);
    CHECK(errors(first) == std::vector<std::string>{"flow-spec-not-read campaign"});

    world.prepare = {};
    test::check_done(world.apply(project));
    CHECK(world.count(emulator::Kind::flow) == 4);
    const auto campaign = world.id_of("flow", "campaign");

    // Its dataflow cannot be seen now: it gets no twin, and nothing that it uses goes.
    refuse_flow_specs(world);
    describe_anew(project);
    const auto changed_project = world.apply(project);
    CHECK(changed(changed_project) ==
          std::set<std::string>{"eloqua-a.flow", "eloqua-b.flow", "loyalty.flow"});
    for (const char* name : {"campaign", "eloqua-a", "eloqua-b"}) {
        drop(project, name);
    }
    const auto emptied = world.apply(project);
    INFO(test::complaints(emptied));
    CHECK(emptied.report.count(execute::StepStatus::failed) == 0);
    CHECK(errors(emptied) == std::vector<std::string>{"flow-spec-not-read campaign"});
    CHECK(world.id_of("flow", "campaign") == campaign);
    CHECK(world.count(emulator::Kind::flow) == 2);

    world.prepare = {};
    test::check_done(world.apply(project));
    CHECK(world.count(emulator::Kind::flow) == 1);
    CHECK(world.count(emulator::Kind::source_connection) == 1);
}

TEST_CASE("legacy: only a sandbox with connections of such a destination is asked for its spec") {
    const auto by_name = [](const test::Run& run) {
        return std::count_if(run.requests.begin(), run.requests.end(), [](const auto& request) {
            return request.path.ends_with("/flowSpecs") &&
                   request.query.find("upsToCampaign") != std::string::npos;
        });
    };
    World world;
    auto project = project_of_four();
    auto without = project;
    drop(without, "campaign");
    std::erase_if(without.accounts,
                  [](const auto& account) { return account.metadata.name == "campaign"; });
    CHECK(by_name(world.apply(without)) == 0);
    CHECK(by_name(world.plan(project)) == 1);
    test::check_done(world.apply(project));
    CHECK(by_name(world.plan(without)) == 1); // its dataflow has to be found to be deleted
    test::check_done(world.apply(without));
    CHECK(world.count(emulator::Kind::flow) == 3);
    CHECK(by_name(world.plan(without)) == 0);
}
