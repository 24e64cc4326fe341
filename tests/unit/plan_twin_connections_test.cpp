#include "support/graphs.hpp"
#include "support/segments.hpp"
#include "support/twin_scene.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace penstock;
using test::check_twins;
using test::Scene;
using test::two_runs;

using Lines = std::vector<std::string>;

namespace {

/// Two exports of accounts of their own that share the Profile Store.
manifest::Manifests sharing_project() {
    auto project = test::segment_project_for("oracle-eloqua");
    project.accounts.push_back(project.accounts[0]);
    project.accounts[1].metadata.name = "second";
    project.segments.push_back(project.segments[0]);
    project.segments[1].metadata.name = "other";
    project.segments[1].account = "second";
    return project;
}

} // namespace

TEST_CASE("twins: connections that this run has made and nobody uses go") {
    SUBCASE("where a plan keeps others") {
        auto scene = two_runs(2);
        scene.lose("devices.flow#2");
        check_twins(scene, Lines{"delete devices.target#2", "delete devices.source#2",
                                 "delete s3.base#2 after 0"});
        scene.know("#2");
        check_twins(scene, {});
    }
    SUBCASE("not those of another run, which may be about to use them") {
        auto scene = two_runs(1);
        scene.lose("devices.flow#2");
        check_twins(scene, {});
    }
    SUBCASE("not those that a plan would use") {
        auto scene = two_runs(2);
        scene.lose("#1");
        scene.lose("devices.flow#2");
        check_twins(scene, {});
    }
}

TEST_CASE("twins: a source of before goes with the dataflow if only this run has used it") {
    for (const int ours : {1, 2}) {
        CAPTURE(ours);
        auto scene = two_runs(ours);
        scene.add_run(0, scene.desired, "devices.source");
        scene.know("#0");
        scene.lose("devices.source#2");
        scene.lead("devices.flow#2", "sourceConnectionIds", "devices.source#0");
        Lines steps{"delete devices.flow#2", "delete devices.target#2 after 0"};
        if (ours == 2) {
            steps.emplace_back("delete devices.source#0 after 0");
        }
        steps.emplace_back("delete s3.base#2 after 1");
        check_twins(scene, steps);
    }
}

TEST_CASE("twins: so do the target and the account of before that only it was led through") {
    auto scene = two_runs(2);
    scene.add_run(0, scene.desired, "devices.target");
    scene.add_run(0, scene.desired, "s3.base");
    scene.know("#0");
    scene.lose("devices.target#2");
    scene.lose("s3.base#2");
    scene.lead("devices.flow#2", "targetConnectionIds", "devices.target#0");
    check_twins(scene, {"delete devices.flow#2", "delete devices.target#0 after 0",
                        "delete devices.source#2 after 0", "delete s3.base#0 after 1"});
}

TEST_CASE("twins: a source is ours also where its account is gone and it has no description") {
    for (const int ours : {1, 2}) {
        CAPTURE(ours);
        Scene scene(sharing_project());
        scene.add_run(1);
        scene.add_run(2);
        scene.lose("ProfileStore.base#2");
        for (const char* id : {"ProfileStore.source#1", "ProfileStore.source#2"}) {
            scene.at(id).marker.reset();
        }
        scene.make(fmt::format("#{}", ours));
        check_twins(scene, {"delete loyalty.flow#2", "delete other.flow#2",
                            "delete loyalty.target#2 after 0", "delete other.target#2 after 1",
                            "delete ProfileStore.source#2 after 0 1", "delete s3.base#2 after 2",
                            "delete second.base#2 after 3"});
    }
}

TEST_CASE("twins: dataflows of before that runs have led to a source of each end with one") {
    for (const int ours : {1, 2}) {
        CAPTURE(ours);
        Scene scene(sharing_project());
        scene.add_run(0);
        scene.lose("ProfileStore.source#0");
        scene.lose("ProfileStore.base#0");
        scene.know("#0");
        for (const int number : {1, 2}) {
            scene.add_run(number, scene.desired, "ProfileStore");
        }
        scene.lead("loyalty.flow#0", "sourceConnectionIds", "ProfileStore.source#1");
        scene.lead("other.flow#0", "sourceConnectionIds", "ProfileStore.source#2");
        scene.make(fmt::format("#{}", ours));
        Lines steps{"patch other.flow /sourceConnectionIds,/description",
                    "delete ProfileStore.source#2 after 0", "delete ProfileStore.base#2 after 1"};
        check_twins(scene, steps);
    }
}

TEST_CASE("twins: a source that exports share and both runs have made is left, then removed") {
    SUBCASE("each run has made the older of one dataflow") {
        for (const int ours : {1, 2}) {
            CAPTURE(ours);
            Scene scene(sharing_project());
            scene.add_run(1);
            scene.add_run(2);
            scene.at("other.flow#1").audit.created_at += 5;
            scene.make(fmt::format("#{}", ours));
            check_twins(scene,
                        {"delete loyalty.flow#2",
                         "patch other.flow /sourceConnectionIds,/description",
                         "delete other.flow#1 after 1", "delete loyalty.target#2 after 0",
                         "delete other.target#1 after 2", "delete ProfileStore.source#2 after 0 1",
                         "delete ProfileStore.base#2 after 5", "delete s3.base#2 after 3",
                         "delete second.base#1 after 4"});
        }
    }
    SUBCASE("each run has made one dataflow") {
        Scene scene(sharing_project());
        scene.add_run(1);
        scene.add_run(2);
        for (const char* id : {"other.flow#1", "other.target#1", "second.base#1", "loyalty.flow#2",
                               "loyalty.target#2", "s3.base#2"}) {
            scene.lose(id);
        }
        SUBCASE("the older source stays, and the run that made it does nothing") {
            scene.make("#1");
            check_twins(scene, {});
        }
        SUBCASE("the younger goes with the run that made it") {
            scene.make("#2");
            check_twins(scene, {"patch other.flow /sourceConnectionIds,/description",
                                "delete ProfileStore.source#2 after 0",
                                "delete ProfileStore.base#2 after 1"});
        }
        SUBCASE("a dataflow that lacks more is left to plans") {
            scene.make("#2");
            scene.at("other.flow#2").description = "edited";
            scene.document("other.flow#2")["description"] = "edited";
            check_twins(scene, {});
        }
    }
}
