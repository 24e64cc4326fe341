#include "json/text.hpp"
#include "live/read.hpp"
#include "plan/planner.hpp"
#include "support/graphs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace penstock;
using model::EntityKind;
using test::applied;
using test::desired_of;
using test::live_at;
using test::plan_of;
using test::small_project;
using test::steps_of;

using Steps = std::vector<std::string>;

namespace {

const plan::EntityChange& change_at(const plan::Plan& plan, const std::string& address) {
    const auto found =
        std::find_if(plan.changes.begin(), plan.changes.end(),
                     [&](const auto& change) { return model::address(change.key) == address; });
    INFO(address);
    REQUIRE(found != plan.changes.end());
    return *found;
}

/// Gives `entity` a second copy with another id, made a day later.
void add_twin(model::LiveGraph& live, const std::string& address) {
    auto twin = live_at(live, address);
    twin.id = address + "#2";
    twin.document.make_object()["id"] = twin.id;
    twin.audit.created_at += 86'400'000;
    live.entities.push_back(std::move(twin));
}

} // namespace

TEST_CASE("an empty sandbox gets everything, in the order of the references") {
    const auto plan = plan_of(desired_of(small_project()), {"acme", {}});
    CHECK(steps_of(plan) == Steps{"create s3.base", "create devices.source",
                                  "create devices.target after 0",
                                  "create devices.flow after 1 2"});
    CHECK(plan::count(plan).add == 4);
}

TEST_CASE("a plan right after an apply is empty") {
    const auto desired = desired_of(small_project());
    const auto plan = plan_of(desired, applied(desired));
    CHECK(plan.empty());
    CHECK(plan.steps.empty());
    CHECK(plan.notes.empty());
}

TEST_CASE("a disabled export is created and then disabled") {
    auto project = small_project();
    project.datasets[0].enabled = false;
    const auto desired = desired_of(project);
    CHECK(steps_of(plan_of(desired, {"acme", {}})).back() == "disable devices.flow after 3");
    CHECK(plan_of(desired, applied(desired)).empty());
}

TEST_CASE("all changes of a flow travel in one patch") {
    const auto live = applied(desired_of(small_project()));
    auto project = small_project();
    project.datasets[0].description = "For everybody";
    project.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
    project.datasets[0].datasets.pop_back();
    project.datasets[0].enabled = false;
    const auto plan = plan_of(desired_of(project), live);
    CHECK(steps_of(plan) ==
          Steps{"create devices.source",
                "patch devices.flow /sourceConnectionIds,/scheduleParams,/description after 0",
                "disable devices.flow after 1", "delete devices.source#1 after 2"});
    const auto& flow = change_at(plan, "devices.flow");
    CHECK(flow.cause == plan::Cause::git);
    CHECK(flow.effects == Steps{"the next run comes by the new schedule",
                                "may export a full snapshot of 1 dataset again",
                                "the export stops"});
    const auto counts = plan::count(plan);
    CHECK(counts.add == 1);
    CHECK(counts.change == 1);
    CHECK(counts.destroy == 1);
}

TEST_CASE("renaming a dataset in git makes a new source connection") {
    const auto live = applied(desired_of(small_project()));
    auto project = small_project();
    project.datasets[0].datasets[0].name = "Devices";
    CHECK(steps_of(plan_of(desired_of(project), live)) ==
          Steps{"create devices.source",
                "patch devices.flow /sourceConnectionIds,/description after 0",
                "delete devices.source#1 after 1"});
}

TEST_CASE("a dataset that the service calls differently is no difference") {
    const auto desired = desired_of(small_project());
    auto live = applied(desired);
    auto& source = live_at(live, "devices.source");
    source.document = *json::parse(
        R"({"connectionSpec":{"id":"23598e46-f560-407b-88d5-ea6207e49db0"},"params":{"datasets":[
            {"dataSetId":"5ef3e324052581191aa6a466","name":"New name"},
            {"dataSetId":"5ef3e3259ad2a1191ab7dd7d","name":"Other name"}]}})");
    CHECK(plan_of(desired, live).empty());
}

TEST_CASE("target parameters are patched as a whole") {
    const auto live = applied(desired_of(small_project()));
    auto project = small_project();
    project.datasets[0].destination["compression"] = "NONE";
    const auto plan = plan_of(desired_of(project), live);
    CHECK(steps_of(plan) == Steps{"patch devices.target /params,/description"});
    const auto& update = std::get<plan::UpdateEntity>(plan.steps[0].operation);
    CHECK(json::write(update.request.body.as_array()[0]["value"]) ==
          R"({"bucketName":"acme-exports","path":"crm/devices","datasetFileType":"PARQUET",)"
          R"("compression":"NONE","mode":"Server-to-server"})");
    CHECK(update.etag == "\"etag-1\"");
}

namespace {

/// Of the account "s3" with one export.
void move_to_sftp(manifest::Manifests& project) {
    project.accounts[0].destination = "sftp";
    project.accounts[0].connection = manifest::AccountAuth{
        "SFTP with Password",
        {{"domain", json::Value("ftp.acme.test")},
         {"username", json::Value("u")},
         {"password", secrets::SecretReference(secrets::EnvironmentVariable{"P"})}}};
    project.datasets[0].slug = "sftp";
    project.datasets[0].destination = {
        {"remotePath", "x"}, {"datasetFileType", "PARQUET"}, {"compression", "GZIP"}};
}

} // namespace

TEST_CASE("another destination replaces everything but the source, the new before the old") {
    const auto live = applied(desired_of(small_project()));
    auto project = small_project();
    move_to_sftp(project);
    const auto plan = plan_of(desired_of(project), live);
    CHECK(steps_of(plan) == Steps{"create s3.base", "create devices.target after 0",
                                  "create devices.flow after 1", "delete devices.flow#1 after 2",
                                  "delete devices.target#1 after 2 3", "delete s3.base#1 after 4"});
    CHECK(change_at(plan, "devices.flow").action == plan::Action::replace);
    CHECK(change_at(plan, "devices.flow").cause == plan::Cause::git);
}

TEST_CASE("an account has nothing to do with an export that is called the same") {
    auto project = small_project();
    project.datasets[0] = test::dataset_export("s3");
    const auto live = applied(desired_of(project));
    move_to_sftp(project);
    CHECK(steps_of(plan_of(desired_of(project), live)) ==
          Steps{"create s3.base", "create s3.target after 0", "create s3.flow after 1",
                "delete s3.flow#1 after 2", "delete s3.target#1 after 2 3",
                "delete s3.base#1 after 4"});
}

TEST_CASE("an interrupted replacement is finished, not started again") {
    auto project = small_project();
    auto live = applied(desired_of(project));
    project.accounts.push_back(project.accounts[0]);
    project.accounts[1].metadata.name = "s3-new";
    project.datasets[0].account = "s3-new";
    const auto desired = desired_of(project);
    auto replaced = applied(desired);
    for (auto& entity : replaced.entities) {
        if (entity.kind != EntityKind::source && model::address(*entity.key) != "s3.base") {
            entity.id += "-new";
            for (const char* field : {"baseConnectionId", "targetConnectionIds"}) {
                if (auto* link = entity.document.make_object().find(field)) {
                    *link = link->is_array() ? json::Value(json::Array{"devices.target#1-new"})
                                             : json::Value("s3-new.base#1-new");
                }
            }
            live.entities.push_back(entity);
        }
    }
    CHECK(steps_of(plan_of(desired, live)) ==
          Steps{"delete devices.flow#1", "delete devices.target#1 after 0"});
}

TEST_CASE("deletion goes against the references and needs the last user gone") {
    auto project = small_project();
    project.datasets.push_back(test::dataset_export("other"));
    const auto live = applied(desired_of(project));

    project.datasets.pop_back();
    CHECK(steps_of(plan_of(desired_of(project), live)) == Steps{"delete other.flow#1",
                                                                "delete other.target#1 after 0",
                                                                "delete other.source#1 after 0"});

    project.datasets.clear();
    project.accounts.clear();
    CHECK(steps_of(plan_of(desired_of(project), live)) ==
          Steps{"delete devices.flow#1", "delete other.flow#1", "delete devices.target#1 after 0",
                "delete other.target#1 after 1", "delete devices.source#1 after 0",
                "delete other.source#1 after 1", "delete s3.base#1 after 2 3"});
}

TEST_CASE("what somebody else uses stays") {
    auto live = applied(desired_of(small_project()));
    model::LiveEntity foreign = live_at(live, "devices.target");
    foreign.id = "foreign-target";
    foreign.marker.reset();
    foreign.key.reset();
    live.entities.push_back(foreign);
    auto project = small_project();
    project.accounts.clear();
    project.datasets.clear();
    const auto plan = plan_of(desired_of(project), live);
    CHECK(steps_of(plan) == Steps{"delete devices.flow#1", "delete devices.target#1 after 0",
                                  "delete devices.source#1 after 0"});
    REQUIRE(plan.notes.size() == 1);
    CHECK(plan.notes[0].code == "still-in-use");
}

TEST_CASE("leftovers of interrupted runs are reused if they fit, and deleted otherwise") {
    const auto desired = desired_of(small_project());
    SUBCASE("a source that no flow uses is reused") {
        auto live = applied(desired);
        std::erase_if(live.entities,
                      [](const auto& entity) { return entity.kind == EntityKind::flow; });
        CHECK(steps_of(plan_of(desired, live)) == Steps{"create devices.flow"});
    }
    SUBCASE("a second source goes") {
        auto live = applied(desired);
        add_twin(live, "devices.source");
        CHECK(steps_of(plan_of(desired, live)) == Steps{"delete devices.source#2"});
    }
    SUBCASE("the one in use stays even if it is the younger") {
        auto live = applied(desired);
        add_twin(live, "devices.source");
        live_at(live, "devices.flow").document.make_object()["sourceConnectionIds"] =
            json::Array{"devices.source#2"};
        CHECK(steps_of(plan_of(desired, live)) == Steps{"delete devices.source#1"});
    }
    SUBCASE("a twin of the whole export goes, the older stays") {
        auto live = applied(desired);
        add_twin(live, "devices.flow");
        CHECK(steps_of(plan_of(desired, live)) == Steps{"delete devices.flow#2"});
    }
    SUBCASE("a new source from an interrupted relink is linked, not made again") {
        auto live = applied(desired);
        auto project = small_project();
        project.datasets[0].datasets.pop_back();
        const auto changed = desired_of(project);
        auto made = live_at(live, "devices.source");
        const auto half = applied(changed);
        for (auto entity : half.entities) {
            if (entity.kind == EntityKind::source) {
                entity.id = "devices.source#2";
                live.entities.push_back(entity);
            }
        }
        CHECK(steps_of(plan_of(changed, live)) ==
              Steps{"patch devices.flow /sourceConnectionIds,/description",
                    "delete devices.source#1 after 0"});
    }
}

TEST_CASE("a flow that lost its marker is reported and never made again") {
    const auto desired = desired_of(small_project());
    auto live = applied(desired);
    auto& flow = live_at(live, "devices.flow");
    flow.marker.reset();
    flow.key.reset();
    SUBCASE("its connections still carry theirs") {
        const auto plan = plan_of(desired, live);
        CHECK(plan.steps.empty());
        CHECK(plan.blocked());
        CHECK(plan.notes.at(0).code == "marker-lost");
        CHECK(plan.notes.at(0).hint.find("[penstock acme/flow/devices]") != std::string::npos);
    }
    SUBCASE("only its name is ours") {
        std::erase_if(live.entities, [](const auto& entity) {
            return entity.kind == EntityKind::source || entity.kind == EntityKind::target;
        });
        const auto plan = plan_of(desired, live);
        CHECK(plan.steps.empty());
        CHECK(plan.notes.at(0).code == "name-taken");
    }
}

TEST_CASE("the digest tells drift from work in git") {
    auto project = small_project();
    const auto before = desired_of(project);
    project.datasets[0].schedule.frequency = manifest::DatasetFrequency::daily;
    const auto after = desired_of(project);
    auto live = applied(before);
    auto edited = live;
    live_at(edited, "devices.flow").document.make_object()["scheduleParams"] = *json::parse(
        R"({"timeUnit":"hour","interval":12,"startTime":1796083200,"endTime":1827619200})");

    CHECK(plan_of(before, live).empty());
    CHECK(change_at(plan_of(after, live), "devices.flow").cause == plan::Cause::git);
    CHECK(change_at(plan_of(before, edited), "devices.flow").cause == plan::Cause::drift);
    CHECK(change_at(plan_of(after, edited), "devices.flow").cause == plan::Cause::both);

    live_at(edited, "devices.flow").marker->digest.clear();
    CHECK(change_at(plan_of(before, edited), "devices.flow").cause == plan::Cause::unknown);
}

TEST_CASE("an end in git where the service had filled one in is a change of git") {
    auto project = small_project();
    project.datasets[0].schedule.end_time.reset();
    auto live = applied(desired_of(project));
    auto& flow = live_at(live, "devices.flow");
    // Reference, section 6.1: the service ends what has no end after six months.
    flow.document.make_object()["scheduleParams"].make_object()["endTime"] =
        flow.audit.created_at / 1000 + std::int64_t{180} * 24 * 60 * 60;
    REQUIRE(plan_of(desired_of(project), live).empty());
    project.datasets[0].schedule.end_time = 1'900'000'000;
    CHECK(change_at(plan_of(desired_of(project), live), "devices.flow").cause == plan::Cause::git);
}

TEST_CASE("a flow that is gone while its connections stand is drift") {
    const auto desired = desired_of(small_project());
    auto live = applied(desired);
    std::erase_if(live.entities,
                  [](const auto& entity) { return entity.kind == EntityKind::flow; });
    CHECK(change_at(plan_of(desired, live), "devices.flow").cause == plan::Cause::drift);
}

TEST_CASE("credentials are sent only when their fingerprint changed") {
    const auto desired = desired_of(small_project());
    const auto live = applied(desired);
    plan::Options options;
    const auto with = [&](const plan::CredentialCheck& check) {
        options.credentials = {{{{model::EntityKind::base, "s3"}, model::SecretUse::auth}, check}};
        return plan::make(desired, live, catalogue::Catalogue::embedded(), options);
    };
    CHECK(with({"", {"s3.base#1"}}).empty());

    const auto changed = with({"", {}});
    CHECK(steps_of(changed) == Steps{"patch s3.base /auth/params,/description"});
    CHECK(change_at(changed, "s3.base").sent == Steps{"s3SecretKey"});
    CHECK(change_at(changed, "s3.base").effects == Steps{"used by 1 export"});

    const auto unchecked = with({"environment variable S3_SECRET is not set", {}});
    CHECK(unchecked.empty());
    REQUIRE(unchecked.notes.size() == 1);
    CHECK(unchecked.notes[0].message ==
          "credentials not checked: environment variable S3_SECRET is not set");
}

TEST_CASE("an account of others is used and never written") {
    auto project = small_project();
    auto live = applied(desired_of(project));
    const std::string id = "3c7dc58e-c1c4-4f0c-9b6e-4b9d4a6c2f11";
    project.accounts[0].connection = manifest::ExternalConnection{id};
    const auto desired = desired_of(project);

    SUBCASE("missing: nothing happens to the export") {
        const auto plan = plan_of(desired, {"acme", {}});
        CHECK(plan.steps.empty());
        CHECK(plan.notes.at(0).code == "base-connection-missing");
    }
    SUBCASE("there: the target refers to its id") {
        model::LiveEntity base = live_at(live, "s3.base");
        base.id = id;
        base.marker.reset();
        base.key.reset();
        const auto plan = plan_of(desired, {"acme", {base}});
        CHECK(steps_of(plan) == Steps{"create devices.source", "create devices.target",
                                      "create devices.flow after 0 1"});
        const auto& create = std::get<plan::CreateEntity>(plan.steps[1].operation);
        CHECK(create.request.body["baseConnectionId"].as_string() == id);
    }
}

TEST_CASE("what may not be deleted is left alone") {
    auto project = small_project();
    project.datasets.push_back(test::dataset_export("other"));
    const auto live = applied(desired_of(project));
    plan::Options options;
    options.may_delete = [](const model::EntityKey&) { return false; };
    CHECK(plan::make(desired_of(small_project()), live, catalogue::Catalogue::embedded(), options)
              .empty());
}
