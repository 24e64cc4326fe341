#include "json/text.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"
#include "support/tool_run.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::World;

namespace {

constexpr std::string_view sets_path = "/data/foundation/conversion/mappingSets";

/// How often a run asked for the list of mapping sets, and for single ones.
struct Asked {
    std::size_t pages = 0;
    std::size_t sets = 0;

    bool operator==(const Asked&) const = default;
};

std::ostream& operator<<(std::ostream& stream, const Asked& asked) {
    return stream << asked.pages << " pages, " << asked.sets << " sets";
}

Asked asked_by(const test::Run& run) {
    Asked asked;
    for (const auto& request : run.requests) {
        asked.pages += request.path == sets_path ? 1U : 0U;
        asked.sets += request.path.starts_with(std::string(sets_path) + "/") ? 1U : 0U;
    }
    return asked;
}

/// Of a plan, which has to find nothing to do.
Asked asked_by_plan(World& world, const manifest::Manifests& project) {
    const auto run = world.plan(project);
    test::check_done(run);
    test::check_unchanged(run);
    return asked_by(run);
}

/// Which of a run's requests was the last to that path.
std::ptrdiff_t last_request(const test::Run& run, std::string_view path) {
    const auto last = std::find_if(run.requests.rbegin(), run.requests.rend(),
                                   [&](const auto& request) { return request.path == path; });
    return run.requests.rend() - last;
}

http::Response as_somebody(World& world, http::Method method, std::string_view path,
                           const json::Value& body) {
    http::Request request;
    request.method = method;
    request.url = fmt::format("http://127.0.0.1{}{}", sets_path, path);
    request.headers.add("Authorization", "Bearer " + world.platform.issue_token("somebody"));
    request.headers.add("x-api-key", "somebody");
    request.headers.add("x-gw-ims-org-id", test::scope().organization);
    request.headers.add("x-sandbox-name", test::scope().sandbox);
    request.headers.add("Content-Type", "application/json");
    request.body = json::write(body);
    return world.platform.handle(request);
}

json::Value body_of_any(const World& world) {
    return world.platform.data_prep().mapping_sets().begin()->second.versions.front().body;
}

void make_others(World& world, int sets) {
    auto body = body_of_any(world);
    world.clock.advance(Milliseconds{1000});
    for (int i = 0; i < sets; ++i) {
        body.make_object()["name"] = fmt::format("theirs {}", i);
        REQUIRE(as_somebody(world, http::Method::post, "", body).status == 200);
    }
}

void replace(std::string& text, std::string_view from, std::string_view to) {
    if (const auto place = text.find(from); place != std::string::npos) {
        text.replace(place, from.size(), to);
    }
}

/// From now on requests of the tool for the list of mapping sets arrive changed.
void alter_lists(World& world, std::function<void(std::string& url)> alter) {
    world.prepare = [alter = std::move(alter)](test::InProcessTransport& transport) {
        transport.alter = [alter](http::Request& request) {
            if (request.url.find("/mappingSets?orderBy") != std::string::npos) {
                alter(request.url);
            }
        };
    };
}

} // namespace

TEST_CASE("many mapping sets are read from their list, few by their ids") {
    World world;
    const auto project = test::segment_project_of(10);
    test::check_done(world.apply(project));
    CHECK(asked_by_plan(world, project) == Asked{1, 0});
    auto fewer = project;
    fewer.segments.pop_back();
    test::check_done(world.apply(fewer));
    CHECK(asked_by_plan(world, fewer) == Asked{0, 9});
}

TEST_CASE("the list of mapping sets is read while dataflows are still listed") {
    World world;
    const auto project = test::segment_project_of(210);
    test::check_done(world.apply(project));
    const auto run = world.plan(project);
    test::check_done(run);
    test::check_unchanged(run);
    CHECK(asked_by(run) == Asked{3, 0});
    CHECK(last_request(run, sets_path) < last_request(run, "/data/foundation/flowservice/flows"));
}

TEST_CASE("a list of others' mapping sets alone is not read on for exports that are new") {
    World world;
    test::check_done(world.apply(test::segment_project_of(10)));
    make_others(world, 300);
    auto project = test::segment_project_of(210, 'n');
    project.project.metadata.name = "another";
    const auto run = world.plan(project);
    CHECK(run.plan.steps.size() > 210);
    CHECK(asked_by(run) == Asked{1, 0});
}

TEST_CASE("a list of mapping sets is used as far as it shows them as a GET does") {
    World world;
    const auto project = test::segment_project_of(30);
    test::check_done(world.apply(project));
    const auto with = [&](std::string_view assignment) {
        INFO(std::string(assignment));
        REQUIRE(emulator::set_switch(world.platform.settings(), assignment));
        return asked_by_plan(world, project);
    };
    CHECK(with("mapping_set_list=full") == Asked{1, 0});
    CHECK(with("mapping_set_list=no_mappings") == Asked{1, 30});
    CHECK(with("mapping_set_list=empty_mappings") == Asked{1, 30});
    CHECK(with("mapping_set_list=no_names") == Asked{1, 30});
    CHECK(with("mapping_set_name=omit") == Asked{1, 1}); // one GET shows that it has no name there
    CHECK(with("mapping_set_list=full") == Asked{1, 1});
    CHECK(with("mapping_version_default=latest") == Asked{1, 1});
}

TEST_CASE("a mapping set of which the list shows another version is got by its id") {
    World world;
    const auto project = test::segment_project_of(30);
    test::check_done(world.apply(project));
    const auto id = world.platform.data_prep().mapping_sets().begin()->first;
    REQUIRE(as_somebody(world, http::Method::put, "/" + id, body_of_any(world)).status == 200);
    CHECK(asked_by_plan(world, project) == Asked{1, 1});
}

TEST_CASE("mapping sets of others cost few pages, however many there are") {
    World world;
    const auto project = test::segment_project_of(30);
    test::check_done(world.apply(project));
    make_others(world, 99);
    CHECK(asked_by_plan(world, project) == Asked{2, 0});
    make_others(world, 150);
    CHECK(asked_by_plan(world, project) == Asked{2, 30});
}

TEST_CASE("a list of mapping sets that is none, or goes in circles, loses nothing") {
    World world;
    const auto project = test::segment_project_of(120);
    test::check_done(world.apply(project));
    CHECK(asked_by_plan(world, project) == Asked{2, 0});

    alter_lists(world, [](std::string& url) { replace(url, "start=100", "start=0"); });
    CHECK(asked_by_plan(world, project) == Asked{2, 20});
    alter_lists(world, [](std::string& url) { replace(url, "limit=100", "limit=50"); });
    CHECK(asked_by_plan(world, project) == Asked{3, 0}); // pages that the service makes smaller
    alter_lists(world, [](std::string& url) { replace(url, "orderBy", "sortBy"); });
    CHECK(asked_by_plan(world, project) == Asked{2, 0});
    alter_lists(world, [](std::string& url) { replace(url, "limit=100", "limit=0"); });
    CHECK(asked_by_plan(world, project) == Asked{1, 120}); // which answers 400

    // One example of the documents prints a single object in the place of the array.
    world.prepare = [](test::InProcessTransport& transport) {
        transport.answered = [](const http::Request& request,
                                std::optional<http::Response>& response) {
            if (request.url.find("/mappingSets?orderBy") != std::string::npos) {
                auto body = json::parse(response->body).value();
                auto& data = body.make_object()["data"];
                const auto first = data.as_array().at(0);
                data = first;
                response->body = json::write(body);
            }
        };
    };
    CHECK(asked_by_plan(world, project) == Asked{1, 120});
}
