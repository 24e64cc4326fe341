#include "json/text.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>

using namespace penstock;
using execute::StepStatus;
using test::World;

namespace {

constexpr const char* selectors = "/transformations/0/params/segmentSelectors/selectors/";

/// Lets `act` happen once, just before the first PATCH.
void before_patch(World& world, std::function<void()> act) {
    auto done = std::make_shared<bool>(false);
    world.prepare = [act = std::move(act), done](test::InProcessTransport& transport) {
        transport.intercept =
            [act, done](const http::Request& request) -> std::optional<http::Response> {
            if (!*done && request.method == http::Method::patch) {
                *done = true;
                act();
            }
            return std::nullopt;
        };
    };
}

std::string removal_of(std::size_t index) {
    return fmt::format(R"([{{"op":"remove","path":"{}{}","value":{{}}}}])", selectors, index);
}

/// The ids of the stored selectors.
std::vector<std::string> segments(const World& world) {
    const auto& flow = world.platform.store().entities().at(world.id_of("flow", "loyalty"));
    const auto params = json::Value(flow.body)["transformations"].as_array().at(0)["params"];
    std::vector<std::string> ids;
    for (const auto& selector : params["segmentSelectors"]["selectors"].as_array()) {
        ids.push_back(selector["value"]["id"].as_string());
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

/// Somebody adds enrichment attributes to the first segment of the export.
void enrich_first_segment(World& world) {
    const auto flow = "/flows/" + world.id_of("flow", "loyalty");
    const auto shown = *json::parse(world.as_somebody(http::Method::get, flow).body);
    auto selector = shown["items"]
                        .as_array()
                        .at(0)["transformations"]
                        .as_array()
                        .at(0)["params"]["segmentSelectors"]["selectors"]
                        .as_array()
                        .at(0);
    selector.make_object()["value"].make_object()["enrichmentInfo"] =
        json::Object{{"enabled", true},
                     {"sourceType", "AUDIENCE_DATASET"},
                     {"mappingSet", json::Object{{"id", "m1"}, {"version", 0}}}};
    const auto patch = fmt::format(R"([{{"op":"replace","path":"{}0","value":{}}}])", selectors,
                                   json::write(selector));
    REQUIRE(world.as_somebody(http::Method::patch, flow, patch).status == 200);
}

manifest::Manifests five_segments() {
    auto project = test::segment_project();
    project.segments[0].segments.clear();
    for (int n = 1; n <= 5; ++n) {
        project.segments[0].segments.push_back(test::segment(n));
    }
    return project;
}

} // namespace

TEST_CASE("indexes that a foreign removal has shifted are never used") {
    World world;
    auto project = five_segments();
    test::check_done(world.apply(project));
    const auto flow = "/flows/" + world.id_of("flow", "loyalty");
    // Git removes the fourth; meanwhile somebody removes the first, so that what was the fourth
    // index is another segment now.
    auto& list = project.segments[0].segments;
    list.erase(list.begin() + 3);
    before_patch(world, [&] { (void)world.as_somebody(http::Method::patch, flow, removal_of(0)); });
    const auto run = world.apply(project);
    INFO(test::complaints(run));
    CHECK(run.report.count(StepStatus::failed) == 0);
    CHECK(run.report.steps.at(0).note ==
          "segment Segment 1 (" + test::segment(1).id +
              ") was changed meanwhile, by somebody@techacct.adobe.com through somebody, and left "
              "alone; ");
    CHECK(segments(world) ==
          std::vector<std::string>{test::segment(2).id, test::segment(3).id, test::segment(5).id});
    // The first is the next plan's business: it is drift.
    const auto next = world.plan(project);
    REQUIRE(next.plan.changes.size() == 1);
    CHECK(next.plan.changes[0].fields.size() == 1);
    CHECK(next.plan.changes[0].fields[0].pointer == "/segments/" + test::segment(1).id);
    CHECK(next.plan.changes[0].cause == plan::Cause::drift);
}

TEST_CASE("a foreign change of the segment that git changes stops that export") {
    World world;
    auto project = five_segments();
    test::check_done(world.apply(project));
    const auto flow = "/flows/" + world.id_of("flow", "loyalty");
    project.segments[0].segments[2].schedule.frequency = "ONCE";
    project.segments[0].segments[2].schedule.end_date.clear();
    before_patch(world, [&] { (void)world.as_somebody(http::Method::patch, flow, removal_of(2)); });
    const auto run = world.apply(project);
    REQUIRE(run.report.count(StepStatus::failed) == 1);
    const auto& error = *run.report.steps.at(0).error;
    CHECK(error.kind == ErrorKind::stale);
    CHECK(error.message.find("segment Segment 3 (" + test::segment(3).id + ") was") !=
          std::string::npos);
    CHECK(error.message.find("somebody") != std::string::npos);
    CHECK(segments(world).size() == 4);
}

TEST_CASE("a key is not made of an attribute that somebody has just dropped") {
    World world;
    auto project = test::segment_project_for("oracle-eloqua");
    auto& wanted = project.segments[0];
    wanted.attributes = {"identityMap.Email", "person.name.lastName", "person.name.firstName"};
    test::check_done(world.apply(project));
    const auto flow = "/flows/" + world.id_of("flow", "loyalty");
    const auto shown = *json::parse(world.as_somebody(http::Method::get, flow).body);
    const auto all = shown["items"]
                         .as_array()
                         .at(0)["transformations"]
                         .as_array()
                         .at(0)["params"]["profileSelectors"]["selectors"]
                         .as_array();
    const auto dropped = std::find_if(all.begin(), all.end(), [](const auto& selector) {
        return selector["value"]["path"].as_string() == "person.name.lastName";
    });
    REQUIRE(dropped != all.end());
    before_patch(world, [&] {
        const auto patch = fmt::format(R"([{{"op":"remove","path":"{}{}","value":{}}}])",
                                       "/transformations/0/params/profileSelectors/selectors/",
                                       dropped - all.begin(), json::write(*dropped));
        REQUIRE(world.as_somebody(http::Method::patch, flow, patch).status == 200);
    });
    SUBCASE("that git wants as a key: the export stops") {
        wanted.mandatory_fields = {"person.name.lastName"};
        const auto run = world.apply(project);
        REQUIRE(run.report.count(StepStatus::failed) == 1);
        const auto& error = *run.report.steps.at(0).error;
        CHECK(error.kind == ErrorKind::stale);
        CHECK(error.message.find("attribute person.name.lastName was") != std::string::npos);
        CHECK(error.message.find("somebody") != std::string::npos);
        CHECK(test::bodies(run, "PATCH", "flowservice/flows").size() == 1);
    }
    SUBCASE("that no key names: the rest goes on") {
        wanted.mandatory_fields = {"identityMap.Email"};
        const auto run = world.apply(project);
        INFO(test::complaints(run));
        CHECK(run.report.count(StepStatus::failed) == 0);
        CHECK(run.report.steps.at(0).note.find("attribute person.name.lastName") == 0);
    }
}

TEST_CASE("a key is not made of a column that somebody has just unmapped") {
    World world;
    auto project = test::segment_project();
    project.segments[0].mandatory_fields.clear();
    project.segments[0].deduplication_keys.clear();
    test::check_done(world.apply(project));
    const auto flow = "/flows/" + world.id_of("flow", "loyalty");
    const auto column = project.segments[0].mapping[0].destination;
    before_patch(world, [&] {
        const auto patch = std::string(
            R"([{"op":"replace","path":"/transformations/0/params/profileMapping","value":{}}])");
        REQUIRE(world.as_somebody(http::Method::patch, flow, patch).status == 200);
    });
    project.segments[0].mandatory_fields = {column};
    const auto run = world.apply(project);
    REQUIRE(run.report.count(StepStatus::failed) == 1);
    const auto& error = *run.report.steps.at(0).error;
    INFO(error.message);
    CHECK(error.kind == ErrorKind::stale);
    CHECK(error.message.find("column " + column) != std::string::npos);
    CHECK(test::bodies(run, "PATCH", "flowservice/flows").size() == 1);
}

TEST_CASE("what others put into a selector survives its replacement") {
    World world;
    auto project = test::segment_project();
    test::check_done(world.apply(project));
    enrich_first_segment(world);
    world.clock.advance(Milliseconds{10'000});
    test::check_unchanged(world.apply(project));

    project.segments[0].segments[0].filename_template = "%SEGMENT_ID%_%TIMESTAMP%";
    const auto run = world.apply(project);
    test::check_done(run);
    const auto patches = test::bodies(run, "PATCH", "flowservice/flows");
    REQUIRE(patches.size() == 1);
    CHECK(patches[0].find("enrichmentInfo") != std::string::npos);
    CHECK(patches[0].find("createTime") == std::string::npos);
    test::check_unchanged(world.apply(project));
}

TEST_CASE("a segment that stands twice is brought back to one") {
    World world;
    emulator::Settings settings;
    const auto project = test::segment_project();
    test::check_done(world.apply(project));
    // The emulator refuses a second selector for one segment, so the answer is made up.
    const auto flow = world.id_of("flow", "loyalty");
    const auto twice = [](std::string body) {
        auto document = *json::parse(body);
        auto& list = document.make_object()["items"]
                         .make_array()
                         .at(0)
                         .make_object()["transformations"]
                         .make_array()
                         .at(0)
                         .make_object()["params"]
                         .make_object()["segmentSelectors"]
                         .make_object()["selectors"]
                         .make_array();
        list.push_back(list.front());
        return json::write(document);
    };
    world.prepare = [&](test::InProcessTransport& transport) {
        transport.intercept = [&](const http::Request& request) -> std::optional<http::Response> {
            if (request.method != http::Method::get ||
                request.url.find("/flows?") == std::string::npos) {
                return std::nullopt;
            }
            auto answer = world.as_somebody(http::Method::get, "/flows");
            answer.body = twice(answer.body);
            return answer;
        };
    };
    const auto run = world.plan(project);
    REQUIRE(run.plan.steps.size() == 1);
    const auto& update = std::get<plan::UpdateEntity>(run.plan.steps[0].operation);
    const auto& first = update.request.body.as_array().at(0);
    CHECK(first["op"].as_string() == "remove");
    CHECK(first["path"].as_string() == std::string(selectors) + "2");
}

TEST_CASE("enrichment outlives a dataflow that is made anew") {
    World world;
    auto project = test::segment_project();
    test::check_done(world.apply(project));
    enrich_first_segment(world);
    world.clock.advance(Milliseconds{10'000});
    project.accounts.push_back(project.accounts[0]);
    project.accounts[1].metadata.name = "another";
    project.segments[0].account = "another";
    const auto run = world.apply(project);
    test::check_done(run);
    const auto patches = test::bodies(run, "PATCH", "flowservice/flows");
    REQUIRE(patches.size() == 1);
    CHECK(patches[0].find("enrichmentInfo") != std::string::npos);
    test::check_unchanged(world.apply(project));
}

TEST_CASE("our own change whose answer was lost is nobody's conflict") {
    World world;
    auto project = five_segments();
    test::check_done(world.apply(project));
    const auto flow = world.id_of("flow", "loyalty");
    project.segments[0].segments[2].filename_template = "%SEGMENT_ID%_%TIMESTAMP%";
    // The PATCH is done, its answer is lost; before it is sent again, somebody removes another.
    bool lost = false;
    world.prepare = [&](test::InProcessTransport& transport) {
        transport.intercept = [&](const http::Request& request) -> std::optional<http::Response> {
            if (lost || request.method != http::Method::patch) {
                return std::nullopt;
            }
            lost = true;
            (void)world.platform.handle(request);
            world.clock.advance(Milliseconds{10'000});
            (void)world.as_somebody(http::Method::patch, "/flows/" + flow, removal_of(0));
            http::Response unavailable;
            unavailable.status = 503;
            return unavailable;
        };
    };
    const auto run = world.apply(project);
    INFO(test::complaints(run));
    CHECK(run.report.count(StepStatus::failed) == 0);
    CHECK(segments(world).size() == 4);
}
