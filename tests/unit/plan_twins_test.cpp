#include "plan/transformation.hpp"
#include "plan/twins.hpp"
#include "support/graphs.hpp"
#include "support/segments.hpp"
#include "support/twin_scene.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using model::EntityKey;
using model::EntityKind;
using test::check_twins;
using test::desired_of;
using test::Scene;
using test::two_runs;

using Lines = std::vector<std::string>;

namespace {

/// What another commit says.
model::DesiredGraph other_schedule() {
    auto project = test::small_project();
    project.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
    return desired_of(project);
}

/// The same with the account under another name.
model::DesiredGraph other_account() {
    auto project = test::small_project();
    project.accounts[0].metadata.name = "old";
    project.datasets[0].account = "old";
    return desired_of(project);
}

/// No answer has the description of a target.
void forget_targets(Scene& scene) {
    for (const char* id : {"devices.target#1", "devices.target#2"}) {
        scene.at(id).marker.reset();
    }
}

/// The steps that take away all that run `number` made of the small project.
Lines without(int number) {
    return {fmt::format("delete devices.flow#{}", number),
            fmt::format("delete devices.target#{} after 0", number),
            fmt::format("delete devices.source#{} after 0", number),
            fmt::format("delete s3.base#{} after 1", number)};
}

} // namespace

TEST_CASE("twins: of what runs made at once the older stays, whichever of them looks") {
    for (const int ours : {1, 2}) {
        CAPTURE(ours);
        const auto scene = two_runs(ours);
        check_twins(scene, without(2));
        const auto changes = scene.resolve().plan.changes;
        REQUIRE(changes.size() == 4);
        for (const auto& change : changes) {
            CHECK(change.action == plan::Action::remove);
            CHECK(test::is_of_run(change.id.value_or(""), 2));
        }
    }
}

TEST_CASE("twins: of three runs the oldest one's stays") {
    for (const int ours : {1, 2, 3}) {
        CAPTURE(ours);
        auto scene = two_runs(ours);
        scene.add_run(3);
        scene.make(fmt::format("#{}", ours));
        check_twins(scene,
                    Lines{"delete devices.flow#2", "delete devices.flow#3",
                          "delete devices.target#2 after 0", "delete devices.target#3 after 1",
                          "delete devices.source#2 after 0", "delete devices.source#3 after 1",
                          "delete s3.base#2 after 2", "delete s3.base#3 after 3"});
    }
}

TEST_CASE("twins: a run that made no dataflow which stands twice does nothing") {
    auto scene = two_runs(1);
    scene.run.made.clear();
    SUBCASE("it made nothing") {}
    SUBCASE("it made what another has deleted meanwhile") {
        scene.run.made = {{"devices.flow#3", {EntityKind::flow, "devices"}}};
    }
    SUBCASE("it made another export") {
        scene.run.made = {{"other.flow#1", {EntityKind::flow, "other"}}};
    }
    SUBCASE("all was there before") {
        scene.make("#1");
        scene.know("#1");
        scene.know("#2");
    }
    check_twins(scene, {});
}

TEST_CASE("twins: what stays is completed before the other goes") {
    SUBCASE("a dataflow of datasets that shall be off") {
        auto project = test::small_project();
        project.datasets[0].enabled = false;
        Scene scene(project);
        scene.add_run(1);
        scene.add_run(2);
        scene.at("devices.flow#1").state = "enabled";
        scene.make("#2");
        check_twins(scene, Lines{"patch devices.flow /description", "disable devices.flow after 0",
                                 "delete devices.flow#2 after 1", "delete devices.target#2 after 2",
                                 "delete devices.source#2 after 2", "delete s3.base#2 after 3"});
    }
    SUBCASE("one of segments without columns yet, behind a change that is not looked at") {
        auto project = test::segment_project();
        project.datasets = {test::dataset_export("devices")};
        auto before = project;
        before.datasets[0].description = "As it was";
        Scene scene(project);
        scene.add_run(0, desired_of(before), "devices.");
        scene.add_run(0, desired_of(before), "s3.");
        scene.know("#0");
        for (const int number : {1, 2}) {
            scene.add_run(number, scene.desired, "loyalty.");
            scene.lead(fmt::format("loyalty.target#{}", number), "baseConnectionId", "s3.base#0");
        }
        scene.at("loyalty.flow#1").mapping_set = {};
        scene.transformation("loyalty.flow#1").erase("profileMapping");
        scene.make("#2");
        CHECK(test::steps_of(test::plan_of(scene.desired, scene.live)).front() ==
              "patch devices.flow /description");
        check_twins(
            scene,
            Lines{
                "map loyalty.flow anew",
                "patch loyalty.flow /transformations/0/params/profileMapping,/description after 0",
                "delete loyalty.flow#2 after 1", "delete loyalty.target#2 after 2",
                "delete loyalty.source#2 after 2"});
    }
}

TEST_CASE("twins: what another commit or other secrets have made stands, and is told") {
    struct Row {
        std::string name;
        std::function<void(Scene&)> arrange;
    };
    const std::string other = other_schedule().find({EntityKind::flow, "devices"})->digest;
    const auto marked = [&](const char* id) {
        return [&other, id](Scene& scene) { scene.at(id).marker->digest = other; };
    };
    const auto drifted = [](Scene& scene, const char* id) {
        scene.document(id)["params"].make_object()["datasets"] = json::Array{};
    };
    const std::vector<Row> rows{
        {"the dataflow", marked("devices.flow#2")},
        {"the one that a plan would keep", marked("devices.flow#1")},
        {"its source", marked("devices.source#2")},
        {"its target", marked("devices.target#2")},
        {"its account", marked("s3.base#2")},
        {"the secrets of its account", [](auto& scene) { scene.held_by({"s3.base#1"}); }},
        {"the secrets of the older account", [](auto& scene) { scene.held_by({"s3.base#2"}); }},
        {"a source that no list shows", [](auto& scene) { scene.lose("devices.source#2"); }},
        {"what stays would need a new source",
         [&](auto& scene) {
             drifted(scene, "devices.source#1");
             drifted(scene, "devices.source#2");
         }},
        {"none can stay",
         [](auto& scene) {
             scene.document("devices.flow#1")["flowSpec"] = json::Object{{"id", "another"}};
             scene.document("devices.flow#2")["flowSpec"] = json::Object{{"id", "another"}};
         }},
        {"a target without description that holds something else, and its account is gone",
         [](auto& scene) {
             forget_targets(scene);
             scene.lose("s3.base#2");
             scene.document("devices.target#2")["params"].make_object()["path"] = "elsewhere";
         }},
        {"a target without description that is led to another account",
         [](auto& scene) {
             forget_targets(scene);
             scene.lose("s3.base#2");
             scene.add_run(7, other_account(), "old.");
             scene.lead("devices.target#2", "baseConnectionId", "old.base#7");
         }},
        {"a target without description that is led to an account of others",
         [](auto& scene) {
             forget_targets(scene);
             scene.lose("s3.base#2");
             scene.add_run(7, other_account(), "old.");
             scene.at("old.base#7").key.reset();
             scene.at("old.base#7").marker.reset();
             scene.lead("devices.target#2", "baseConnectionId", "old.base#7");
         }},
        {"a target without description that does not say which account it is led to",
         [](auto& scene) {
             forget_targets(scene);
             scene.lose("s3.base#2");
             scene.document("devices.target#2").erase("baseConnectionId");
         }},
    };
    for (const auto& row : rows) {
        for (const int ours : {1, 2}) {
            CAPTURE(row.name);
            CAPTURE(ours);
            auto scene = two_runs(ours);
            row.arrange(scene);
            check_twins(scene, {}, Lines{"devices.flow"});
        }
    }
}

TEST_CASE("twins: what only looks different goes all the same") {
    struct Row {
        std::string name;
        std::function<void(Scene&)> arrange;
        Lines steps = without(2);
    };
    const std::vector<Row> rows{
        {"the account holds the same secrets",
         [](auto& scene) {
             scene.held_by({"s3.base#1", "s3.base#2"});
         }},
        {"a marker that somebody typed",
         [](auto& scene) { scene.at("devices.flow#2").marker->digest.clear(); }},
        {"somebody has edited the younger",
         [](auto& scene) { scene.document("devices.flow#2")["name"] = "edited"; }},
        {"the service has given the source a base",
         [](auto& scene) {
             scene.add_run(7, other_account(), "old.");
             scene.at("old.base#7").marker->digest = "0123456789abcdef";
             scene.document("devices.source#2")["baseConnectionId"] = "old.base#7";
         }},
        {"an account of others",
         [](auto& scene) {
             const std::string theirs = "3c7dc58e-c1c4-4f0c-9b6e-4b9d4a6c2f11";
             scene.project.accounts[0].connection = manifest::ExternalConnection{theirs};
             scene.desired = desired_of(scene.project);
             scene.at("s3.base#1").key.reset();
             scene.at("s3.base#1").marker.reset();
             scene.at("s3.base#1").id = theirs;
             scene.lose("s3.base#2");
             for (const char* id : {"devices.target#1", "devices.target#2"}) {
                 scene.lead(id, "baseConnectionId", theirs);
                 scene.at(id).marker->digest =
                     scene.desired.find({EntityKind::target, "devices"})->digest;
             }
         },
         {"delete devices.flow#2", "delete devices.target#2 after 0",
          "delete devices.source#2 after 0"}},
        {"secrets of an account that stays are not known",
         [](auto& scene) {
             scene.lead("devices.target#2", "baseConnectionId", "s3.base#1");
             scene.lose("s3.base#2");
             scene.credentials[{{EntityKind::base, "s3"}, model::SecretUse::auth}] = {"not set",
                                                                                      {}};
         },
         {"delete devices.flow#2", "delete devices.target#2 after 0",
          "delete devices.source#2 after 0"}},
        {"another run has deleted the account meanwhile",
         [](auto& scene) { scene.lose("s3.base#2"); },
         {"delete devices.flow#2", "delete devices.target#2 after 0",
          "delete devices.source#2 after 0"}},
        {"the same, and no answer has the description of a target",
         [](auto& scene) {
             scene.lose("s3.base#2");
             forget_targets(scene);
         },
         {"delete devices.flow#2", "delete devices.target#2 after 0",
          "delete devices.source#2 after 0"}},
        {"another run has deleted the older account meanwhile",
         [](auto& scene) { scene.lose("s3.base#1"); },
         {"delete devices.flow#1", "delete devices.target#1 after 0",
          "delete devices.source#1 after 0"}},
        {"the same, and no answer has the description of a target",
         [](auto& scene) {
             scene.lose("s3.base#1");
             forget_targets(scene);
         },
         {"delete devices.flow#1", "delete devices.target#1 after 0",
          "delete devices.source#1 after 0"}},
    };
    for (const auto& row : rows) {
        for (const int ours : {1, 2}) {
            CAPTURE(row.name);
            CAPTURE(ours);
            auto scene = two_runs(ours);
            row.arrange(scene);
            check_twins(scene, row.steps);
        }
    }
}

TEST_CASE("twins: a dataflow of segments is ours as it was created, too") {
    Scene scene(test::segment_project());
    scene.add_run(1);
    scene.add_run(2);
    scene.make("#1");
    const auto* flow = scene.desired.find({EntityKind::flow, "loyalty"});
    scene.at("loyalty.flow#2").marker->digest = plan::as_created(*flow).digest;
    REQUIRE(plan::as_created(*flow).digest != flow->digest);
    CHECK(scene.resolve().plan.steps.size() == 4);
    CHECK(scene.resolve().unresolved.empty());
}

TEST_CASE("twins: one dataflow that another run has changed since is nobody's twin") {
    auto scene = two_runs(1);
    for (const char* id : {"devices.flow#2", "devices.target#2", "devices.source#2", "s3.base#2"}) {
        scene.lose(id);
    }
    scene.at("devices.flow#1").marker->digest = "0123456789abcdef";
    check_twins(scene, {});
}

TEST_CASE("twins: what the runs took the place of does not win, though it fits and still stands") {
    for (const int ours : {1, 2}) {
        CAPTURE(ours);
        auto scene = two_runs(ours);
        scene.add_run(0);
        scene.know("#0");
        check_twins(scene, without(2));
    }
}

TEST_CASE("twins: what was there before the run is left to plans") {
    // The export has moved to another account, and its old dataflow has not gone yet.
    auto scene = two_runs(1);
    scene.add_run(0, other_account());
    scene.lose("devices.source#1");
    scene.lose("devices.source#2");
    scene.lead("devices.flow#1", "sourceConnectionIds", "devices.source#0");
    scene.lead("devices.flow#2", "sourceConnectionIds", "devices.source#0");
    scene.know("#0");
    scene.at("devices.flow#0").marker->digest = "0123456789abcdef";
    const auto full = test::steps_of(test::plan_of(scene.desired, scene.live));
    CHECK(std::find(full.begin(), full.end(), "delete devices.flow#0") != full.end());
    check_twins(scene, Lines{"delete devices.flow#2", "delete devices.target#2 after 0",
                             "delete s3.base#2 after 1"});
}

TEST_CASE("twins: without descriptions content tells what the manifests ask for") {
    struct Row {
        std::string name;
        std::function<void(Scene&)> arrange;
        bool same = false;
    };
    const Row rows[] = {
        {"nothing", [](auto&) {}, true},
        {"one is not off yet", [](auto& scene) { scene.at("devices.flow#2").state = "disabled"; },
         true},
        {"the secrets of the accounts are not known",
         [](auto& scene) {
             scene.credentials[{{EntityKind::base, "s3"}, model::SecretUse::auth}] = {
                 "no descriptions", {}};
         },
         true},
        {"the schedule of the younger",
         [](auto& scene) {
             scene.document("devices.flow#2")["scheduleParams"].make_object()["interval"] = 12;
         }},
        {"the schedule of the older",
         [](auto& scene) {
             scene.document("devices.flow#1")["scheduleParams"].make_object()["interval"] = 12;
         }},
        {"the path of the target",
         [](auto& scene) {
             scene.document("devices.target#2")["params"].make_object()["path"] = "elsewhere";
         }},
        {"the auth spec of the account",
         [](auto& scene) {
             scene.document("s3.base#2")["auth"].make_object()["specName"] = "Assumed Role";
         }},
    };
    for (const auto& row : rows) {
        for (const int ours : {1, 2}) {
            CAPTURE(row.name);
            CAPTURE(ours);
            auto scene = two_runs(ours);
            for (auto& entity : scene.live.entities) {
                entity.marker.reset();
                entity.description.clear();
                entity.document.make_object().erase("description");
            }
            row.arrange(scene);
            check_twins(scene, row.same ? without(2) : Lines{},
                        row.same ? Lines{} : Lines{"devices.flow"});
        }
    }
}
