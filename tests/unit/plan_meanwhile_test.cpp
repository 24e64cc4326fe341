#include "plan/meanwhile.hpp"
#include "plan/planner.hpp"
#include "support/graphs.hpp"
#include "support/twin_scene.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

using namespace penstock;
using test::desired_of;
using test::Scene;

using Lines = std::vector<std::string>;

namespace {

/// When run 1 of a scene made its dataflow.
constexpr std::int64_t beginning = 1'790'000'000'001;

constexpr std::int64_t seconds = 1000;
constexpr std::int64_t minutes = 60 * seconds;

/// What another commit says: the account has another name, and no dataflow moves to another one.
model::DesiredGraph other_account() {
    auto project = test::small_project();
    project.accounts[0].metadata.name = "old";
    project.datasets[0].account = "old";
    return desired_of(project);
}

/// What ends so was made so much later.
void postpone(Scene& scene, const std::string& ending, std::int64_t by) {
    for (auto& entity : scene.live.entities) {
        entity.audit.created_at += entity.id.ends_with(ending) ? by : 0;
    }
}

/// What a run of the small project does `age` after run 1, and what it tells.
void check(const Scene& scene, std::int64_t age, const Lines& steps, const Lines& notes) {
    plan::Options options;
    options.now = beginning + age;
    const auto plan =
        plan::make(scene.desired, scene.live, catalogue::Catalogue::embedded(), options);
    const auto found = test::steps_of(plan);
    INFO(fmt::format("{}", fmt::join(found, "\n")));
    CHECK(found == steps);
    Lines codes;
    for (const auto& note : plan.notes) {
        codes.push_back(fmt::format("{}{} {}", note.severity == Severity::error ? "! " : "",
                                    note.code, note.address));
    }
    INFO(fmt::format("{}", fmt::join(codes, "\n")));
    CHECK(codes == notes);
}

} // namespace

TEST_CASE("a later dataflow of other manifests stays while its run may be at work") {
    Scene scene(test::small_project());
    scene.add_run(1);
    scene.add_run(2, other_account());
    check(scene, 4 * seconds, {}, {"made-meanwhile devices.flow", "still-in-use old.base"});
    check(scene, 10 * minutes, {}, {"made-meanwhile devices.flow", "still-in-use old.base"});
}

TEST_CASE("then a still later one takes the place of both") {
    Scene scene(test::small_project());
    scene.add_run(1);
    scene.add_run(2, other_account());
    check(scene, 10 * minutes + 1,
          {"create devices.flow", "delete devices.flow#1 after 0",
           "delete devices.flow#2 after 0 1", // as long as it stands, the new one counts
           "delete devices.target#2 after 0 2", "delete devices.source#2 after 0 2",
           "delete old.base#2 after 3"},
          {});
}

TEST_CASE("what took the place of both goes on, whatever of them is left and whenever one looks") {
    Scene scene(test::small_project());
    scene.add_run(1);
    scene.add_run(2, other_account());
    scene.add_run(3);
    postpone(scene, "#3", 10 * minutes);
    const auto check_always = [&](const Lines& steps) {
        for (const auto age : {11 * minutes, 60 * minutes}) {
            CAPTURE(age);
            check(scene, age, steps, {});
        }
    };
    const Lines rest{"delete devices.flow#2", "delete devices.target#2 after 0",
                     "delete devices.source#2 after 0", "delete old.base#2 after 1"};
    SUBCASE("nothing has gone") {
        check_always({"delete devices.flow#1", "delete devices.flow#2 after 0",
                      "delete devices.target#1 after 0", "delete devices.target#2 after 1",
                      "delete devices.source#1 after 0", "delete devices.source#2 after 1",
                      "delete old.base#2 after 3", "delete s3.base#1 after 2"});
    }
    SUBCASE("the oldest has gone") {
        scene.lose("#1");
        check_always(rest);
    }
    SUBCASE("its connections are those of the oldest") {
        scene.lose("source#3");
        scene.lose("target#3");
        scene.lose("base#3");
        scene.lead("devices.flow#3", "sourceConnectionIds", "devices.source#1");
        scene.lead("devices.flow#3", "targetConnectionIds", "devices.target#1");
        scene.lose("devices.flow#1");
        check_always(rest);
    }
    SUBCASE("another run has made one more at the same time") {
        scene.lose("#1");
        scene.add_run(4);
        postpone(scene, "#4", 10 * minutes);
        check_always({"delete devices.flow#2", "delete devices.flow#4",
                      "delete devices.target#2 after 0", "delete devices.target#4 after 1",
                      "delete devices.source#2 after 0", "delete devices.source#4 after 1",
                      "delete old.base#2 after 2", "delete s3.base#4 after 3"});
    }
}

TEST_CASE(
    "of what two commits made at the same time the older one is changed, whenever one looks") {
    auto project = test::small_project();
    project.datasets[0].description = "as the other commit has it";
    Scene scene(test::small_project());
    scene.add_run(1, desired_of(project));
    check(scene, 11 * minutes, {"patch devices.flow /description"}, {});
    scene.add_run(2);
    for (const auto age : {4 * seconds, 10 * minutes - 1, 10 * minutes + 2, 60 * minutes}) {
        CAPTURE(age);
        check(scene, age,
              {"patch devices.flow /description", "delete devices.flow#2 after 0",
               "delete devices.target#2 after 0 1", "delete devices.source#2 after 0 1",
               "delete s3.base#2 after 2"},
              {});
    }
}

TEST_CASE("what others made long ago and moments ago stays for the run that may be at work") {
    Scene scene(test::small_project());
    scene.add_run(1);
    scene.add_run(2, other_account());
    scene.add_run(3, other_account());
    postpone(scene, "#3", 30 * minutes);
    check(scene, 31 * minutes, {},
          {"made-meanwhile devices.flow", "made-meanwhile devices.flow",
           "still-in-use devices.target", "still-in-use devices.source", "still-in-use old.base",
           "still-in-use old.base"});
}

TEST_CASE("how a dataflow that stays for another run is told of") {
    Scene scene(test::small_project());
    scene.add_run(1);
    scene.add_run(2, other_account());
    plan::Options options;
    options.now = beginning + 40 * seconds;
    const auto plan =
        plan::make(scene.desired, scene.live, catalogue::Catalogue::embedded(), options);
    REQUIRE(!plan.notes.empty());
    CHECK(plan.notes[0].message ==
          "dataflow devices.flow#2 was made 39 seconds ago of other manifests or with other "
          "secrets, after devices.flow#1: a run that is at work may keep it, so both stand and "
          "export");
    CHECK(plan.notes[0].hint ==
          "apply again when no other run is at work; from ten minutes after it was made, one new "
          "dataflow takes the place of both");
}

TEST_CASE("an earlier dataflow of other manifests goes at once: no run keeps it for its own") {
    Scene scene(test::small_project());
    scene.add_run(1, other_account());
    scene.add_run(2);
    check(scene, 4 * seconds,
          {"delete devices.flow#1", "delete devices.target#1 after 0",
           "delete devices.source#1 after 0", "delete old.base#1 after 1"},
          {});
}

TEST_CASE("a later dataflow of the same manifests goes at once: every run chooses the same") {
    Scene scene(test::small_project());
    scene.add_run(1);
    scene.add_run(2);
    const Lines all{"delete devices.flow#2", "delete devices.target#2 after 0",
                    "delete devices.source#2 after 0", "delete s3.base#2 after 1"};
    check(scene, 4 * seconds, all, {});
    SUBCASE("unless its account holds other secrets") {
        scene.held_by({"s3.base#1"});
        plan::Options options;
        options.now = beginning + 4 * seconds;
        options.credentials = scene.credentials;
        const auto plan =
            plan::make(scene.desired, scene.live, catalogue::Catalogue::embedded(), options);
        CHECK(plan.steps.empty());
        CHECK(plan.doubled);
    }
    SUBCASE("also where no answer has a description") {
        for (auto& entity : scene.live.entities) {
            entity.marker.reset();
        }
        check(scene, 4 * seconds, all, {});
    }
}

TEST_CASE("connections that nobody uses yet stay while their run may be at work") {
    Scene scene(test::small_project());
    scene.add_run(1);
    scene.add_run(2);
    scene.lose("flow#2");
    check(scene, 4 * seconds, {},
          {"made-moments-ago devices.target", "made-moments-ago devices.source"});
    check(scene, 11 * minutes,
          {"delete devices.target#2", "delete devices.source#2", "delete s3.base#2 after 0"}, {});
}

TEST_CASE("what is wanted no more goes, however late it was made") {
    Scene scene(test::small_project());
    scene.add_run(1);
    scene.desired.entities.clear();
    check(scene, 4 * seconds,
          {"delete devices.flow#1", "delete devices.target#1 after 0",
           "delete devices.source#1 after 0", "delete s3.base#1 after 1"},
          {});
}
