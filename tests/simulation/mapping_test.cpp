#include "json/text.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

using namespace penstock;
using execute::StepStatus;
using test::World;

namespace {

constexpr const char* data_prep = "/data/foundation/conversion/";

std::size_t written(const test::Run& run) {
    return test::bodies(run, "POST", data_prep).size() + test::bodies(run, "PUT", data_prep).size();
}

} // namespace

TEST_CASE("schemas are made once in a run and used again by later ones") {
    World world;
    auto project = test::segment_project();
    for (int i = 2; i <= 5; ++i) {
        project.segments.push_back(test::segment_export(fmt::format("loyalty-{}", i)));
    }
    test::check_done(world.apply(project));
    CHECK(world.platform.data_prep().schemas().size() == 2);
    CHECK(world.platform.data_prep().mapping_sets().size() == 5);

    SUBCASE("a new export with the same columns needs no schema") {
        project.segments.push_back(test::segment_export("loyalty-6"));
        test::check_done(world.apply(project));
        CHECK(world.platform.data_prep().schemas().size() == 2);
    }
    SUBCASE("another source for a column is another version, and no schema") {
        project.segments[0].mapping[0].source = "person.name.lastName";
        const auto run = world.apply(project);
        test::check_done(run);
        CHECK(test::bodies(run, "PUT", data_prep).size() == 1);
        CHECK(test::bodies(run, "PATCH", "flowservice/flows").size() == 1);
        CHECK(world.platform.data_prep().schemas().size() == 2);
        CHECK(world.platform.data_prep().mapping_sets().size() == 5);
    }
    SUBCASE("a new column is a new output schema") {
        project.segments[0].mapping.push_back({"person.name.lastName", "lastName"});
        test::check_done(world.apply(project));
        CHECK(world.platform.data_prep().schemas().size() == 3);
    }
    SUBCASE("what has nothing to do with the mapping asks Data Prep for nothing") {
        project.segments[0].segments.pop_back();
        const auto run = world.apply(project);
        test::check_done(run);
        CHECK(written(run) == 0);
    }
    test::check_unchanged(world.apply(project));
}

TEST_CASE("columns that the profile does not have are refused before a dataflow is made") {
    World world;
    auto project = test::segment_project();
    project.segments[0].mapping[0].source = "person.nmae.firstName";
    const auto run = world.apply(project);
    CHECK(world.count(emulator::Kind::flow) == 0);
    CHECK(world.count(emulator::Kind::source_connection) == 0);
    CHECK(world.count(emulator::Kind::target_connection) == 0);
    std::optional<Error> error;
    for (const auto& step : run.report.steps) {
        error = step.error ? step.error : error;
    }
    REQUIRE(error);
    CHECK(error->message.find("person.nmae.firstName -> firstName") != std::string::npos);
    CHECK(error->exchange->path == "/data/foundation/conversion/mappingSets/validate");

    project.segments[0].mapping[0].source = "person.name.firstName";
    test::check_done(world.apply(project));
    test::check_unchanged(world.apply(project));
}

TEST_CASE("the mapping set of an interrupted run is used, not made again") {
    World world;
    const auto project = test::segment_project();
    const auto all = World().apply(project).requests.size();
    bool seen = false;
    for (std::size_t requests = 1; requests < all; ++requests) {
        World interrupted;
        (void)interrupted.apply(project, requests);
        const bool made = !interrupted.platform.data_prep().mapping_sets().empty();
        seen = seen || made;
        test::check_done(interrupted.apply(project));
        CHECK(interrupted.platform.data_prep().mapping_sets().size() == 1);
    }
    CHECK(seen);
}

TEST_CASE("a mapping set that somebody else made gets no version of ours") {
    World world;
    auto project = test::segment_project();
    project.segments.push_back(test::segment_export("other"));
    test::check_done(world.apply(project));
    const auto& sets = world.platform.data_prep().mapping_sets();
    // Somebody points the one dataflow to the other's mapping set.
    const auto of = [&](const char* name) {
        const auto& flow = world.platform.store().entities().at(world.id_of("flow", name));
        return json::Value(flow.body)["transformations"].as_array().at(
            0)["params"]["profileMapping"];
    };
    const auto others = of("other");
    const auto patch = fmt::format(
        R"([{{"op":"add","path":"/transformations/0/params/profileMapping","value":{}}}])",
        json::write(others));
    REQUIRE(
        world.as_somebody(http::Method::patch, "/flows/" + world.id_of("flow", "loyalty"), patch)
            .status == 200);
    world.clock.advance(Milliseconds{10'000});
    project.segments[0].mapping[0].source = "person.name.lastName";
    test::check_done(world.apply(project));
    CHECK(sets.at(others["mappingId"].as_string()).versions.size() == 1);
    CHECK(of("loyalty")["mappingId"] != others["mappingId"]);
    test::check_unchanged(world.apply(project));
}

TEST_CASE("a dataflow whose mapping set is gone gets one again") {
    World world;
    const auto project = test::segment_project();
    test::check_done(world.apply(project));
    world.prepare = [](test::InProcessTransport& transport) {
        auto once = std::make_shared<bool>(false);
        transport.intercept =
            [once](const http::Request& request) -> std::optional<http::Response> {
            if (*once || request.method != http::Method::get ||
                request.url.find("/mappingSets/") == std::string::npos) {
                return std::nullopt;
            }
            *once = true;
            http::Response gone;
            gone.status = 404;
            gone.body = R"({"title":"not found"})";
            return gone;
        };
    };
    const auto run = world.apply(project);
    test::check_done(run, {"mapping-set-missing"});
    REQUIRE(run.plan.changes.size() == 1);
    CHECK(run.plan.changes[0].fields.at(0).pointer == "/mapping");
    world.prepare = {};
    test::check_unchanged(world.apply(project));
}

TEST_CASE("an export without columns has no mapping set, and loses one that it had") {
    World world;
    auto project = test::segment_project();
    project.segments[0].mapping.clear();
    project.segments[0].mandatory_fields.clear();
    project.segments[0].deduplication_keys.clear();
    test::check_done(world.apply(project));
    CHECK(world.platform.data_prep().mapping_sets().empty());
    test::check_unchanged(world.apply(project));

    auto mapped = test::segment_project();
    test::check_done(world.apply(mapped));
    test::check_unchanged(world.apply(mapped));
    test::check_done(world.apply(project));
    test::check_unchanged(world.apply(project));
}

namespace {

/// Lets the first requests of that method whose URL ends so be answered by `answer`; they are
/// carried out first if `carried_out`.
void answer_first(World& world, int times, http::Method method, std::string ending,
                  http::Response answer, bool carried_out) {
    auto left = std::make_shared<int>(times);
    world.prepare = [=, &world](test::InProcessTransport& transport) {
        transport.intercept =
            [=, &world](const http::Request& request) -> std::optional<http::Response> {
            const bool meant = request.method == method && request.url.ends_with(ending);
            if (!meant || --*left < 0) {
                return std::nullopt;
            }
            if (carried_out) {
                (void)world.platform.handle(request);
            }
            return answer;
        };
    };
}

} // namespace

TEST_CASE("a mapping set whose create was not answered is found, not made twice") {
    World world;
    http::Response unavailable;
    unavailable.status = 503;
    answer_first(world, 1, http::Method::post, "/mappingSets", unavailable, true);
    const auto project = test::segment_project();
    test::check_done(world.apply(project));
    CHECK(world.platform.data_prep().mapping_sets().size() == 1);
    test::check_unchanged(world.apply(project));
}

TEST_CASE("runs that fail after the mapping leave no version behind for each try") {
    World world;
    auto project = test::segment_project();
    test::check_done(world.apply(project));
    project.segments[0].mapping[0].source = "person.name.lastName";
    http::Response refused;
    refused.status = 400;
    refused.body = R"({"message":"no"})";
    answer_first(world, 3, http::Method::patch, world.id_of("flow", "loyalty"), refused, false);
    for (int i = 0; i < 3; ++i) {
        CHECK(world.apply(project).report.count(StepStatus::failed) == 1);
    }
    test::check_done(world.apply(project));
    const auto& sets = world.platform.data_prep().mapping_sets();
    REQUIRE(sets.size() == 1);
    CHECK(sets.begin()->second.versions.size() == 2);
}

TEST_CASE("a destination without a partner schema gets no mapping") {
    World world;
    const auto* s3 = catalogue::Catalogue::embedded().find("amazon-s3");
    http::Response bare;
    bare.status = 200;
    bare.body = R"({"items":[{"id":")" + s3->connection_spec_id + R"("}]})";
    answer_first(world, 1, http::Method::get, "/connectionSpecs/" + s3->connection_spec_id, bare,
                 false);
    const auto run = world.apply(test::segment_project());
    CHECK(run.report.count(StepStatus::failed) == 1);
    CHECK(test::complaints(run).find("has no partner schema") != std::string::npos);
    CHECK(world.platform.data_prep().schemas().empty());
}
