#include "plan/guards.hpp"
#include "plan/leave_out.hpp"
#include "plan/other_shards.hpp"
#include "plan/planner.hpp"
#include "plan/twins.hpp"
#include "support/graphs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace penstock;
using model::EntityKey;
using model::EntityKind;
using plan::Action;
using test::applied;
using test::desired_of;
using test::live_at;
using test::steps_of;

using Steps = std::vector<std::string>;

namespace {

/// Of two shards the first owns the export "clicks", the second the account "s3" and "devices".
manifest::Manifests two_exports() {
    auto project = test::small_project();
    project.datasets.push_back(test::dataset_export("clicks"));
    return project;
}

manifest::Manifests with_another_auth_spec() {
    auto project = two_exports();
    project.accounts[0].connection = manifest::AccountAuth{
        "Assumed Role", {{"s3Role", json::Value("arn:aws:iam::123456789012:role/x")}}};
    return project;
}

plan::Plan plan_of_shard(std::size_t index, const model::DesiredGraph& desired,
                         const model::LiveGraph& live, plan::Options options = {}) {
    options.shard = model::Shard{index, 2};
    return plan::make(desired, live, catalogue::Catalogue::embedded(), options);
}

/// `waits-for-shard clicks`
Steps notes_of(const plan::Plan& plan) {
    Steps notes;
    for (const auto& note : plan.notes) {
        notes.push_back((note.severity == Severity::error ? "error " : "") + note.code + " " +
                        note.address);
    }
    return notes;
}

model::LiveGraph empty() {
    model::LiveGraph live;
    live.project = "acme";
    return live;
}

/// Who is protected keeps the plan from being carried out.
Steps refusals(const plan::Plan& plan, const model::LiveGraph& live) {
    plan::Guards guards;
    guards.protection = [](const EntityKey&) { return std::string("a label"); };
    Steps codes;
    for (const auto& note : plan::refusals(plan, live, guards)) {
        codes.push_back(note.code + " " + note.address);
    }
    return codes;
}

/// A project of 21 exports that stands: "devices", and "e0" to "e19".
struct ManyExports {
    ManyExports() {
        for (int i = 0; i < 20; ++i) {
            project.datasets.push_back(test::dataset_export("e" + std::to_string(i)));
        }
        live = applied(desired_of(project));
    }

    /// "devices" and the first ones of the others are kept.
    void keep(std::size_t exports) { project.datasets.resize(exports); }

    [[nodiscard]] std::vector<plan::Note> refusals(std::size_t index) const {
        const auto desired = desired_of(project);
        auto shard_options = options;
        shard_options.shard = model::Shard{index, 2};
        const auto& catalogue = catalogue::Catalogue::embedded();
        auto all = guards;
        all.others =
            plan::OtherShards(desired, live, catalogue, shard_options).others(guards.protection);
        return plan::refusals(plan::make(desired, live, catalogue, shard_options), live, all);
    }

    manifest::Manifests project = test::small_project();
    model::LiveGraph live;
    plan::Options options;
    plan::Guards guards;
};

} // namespace

TEST_CASE("a shard makes what it owns, and waits for the account that another one makes") {
    const auto desired = desired_of(two_exports());
    CHECK(steps_of(plan_of_shard(2, desired, empty())) ==
          Steps{"create s3.base", "create devices.source", "create devices.target after 0",
                "create devices.flow after 1 2"});
    const auto waiting = plan_of_shard(1, desired, empty());
    CHECK(waiting.steps.empty());
    CHECK(waiting.changes.empty());
    CHECK_FALSE(waiting.empty());
    CHECK_FALSE(waiting.blocked());
    CHECK(notes_of(waiting) == Steps{"waits-for-shard clicks"});
    CHECK(waiting.notes[0].message == "waits for account s3 of shard 2/2, which is not there yet");
    REQUIRE(waiting.waits.size() == 1);
    CHECK(model::address(waiting.waits[0].key) == "clicks.flow");
    CHECK(model::address(waiting.waits[0].other) == "s3.base");
    CHECK(waiting.waits[0].then == Action::create);
}

TEST_CASE("a shard refers to an account of another one, and never writes it") {
    auto project = test::small_project();
    const auto live = applied(desired_of(project));
    project.datasets.push_back(test::dataset_export("clicks"));
    project.accounts[0].description = "Described anew";
    const auto desired = desired_of(project);
    plan::Options options;
    options.credentials[{{EntityKind::base, "s3"}, model::SecretUse::auth}] = {}; // all rotated
    const auto first = plan_of_shard(1, desired, live, options);
    CHECK(steps_of(first) ==
          Steps{"create clicks.source", "create clicks.target", "create clicks.flow after 0 1"});
    CHECK(first.notes.empty());
    CHECK(first.waits.empty());
    CHECK(first.bound.empty());
    REQUIRE(first.referred.size() == 1);
    CHECK(first.referred[0].second == "s3.base#1");
    const auto second = plan_of_shard(2, desired, live, options);
    REQUIRE(second.changes.size() == 1);
    CHECK(model::address(second.changes[0].key) == "s3.base");
}

TEST_CASE("an account that has to be made anew is left by all shards before the old one goes") {
    const auto old = applied(desired_of(two_exports()));
    const auto desired = desired_of(with_another_auth_spec());
    const auto owner = plan_of_shard(2, desired, old);
    CHECK(steps_of(owner) == Steps{"create s3.base", "create devices.target after 0",
                                   "create devices.flow after 1", "delete devices.flow#1 after 2",
                                   "delete devices.target#1 after 2 3"});
    CHECK(notes_of(owner) == Steps{"waits-for-shard s3.base"});
    CHECK(owner.notes[0].message == "base connection s3.base#1 goes once target connection "
                                    "clicks.target has left it, which waits for shard 1/2");
    REQUIRE(owner.waits.size() == 1);
    CHECK(owner.waits[0].then == Action::replace);
    const auto other = plan_of_shard(1, desired, old);
    CHECK(other.steps.empty());
    REQUIRE(other.waits.size() == 1);
    CHECK(other.notes[0].message == "waits for account s3 of shard 2/2, which has to be made anew");
    CHECK(other.waits[0].then == Action::replace);

    // What will be lost in a later round is a loss already in the first one.
    CHECK(refusals(owner, old) == Steps{"protected s3.base", "protected devices.flow"});
    CHECK(refusals(other, old) == Steps{"protected clicks.flow"});
    auto guarded = other;
    plan::Guards guards;
    guards.protection = [](const EntityKey&) { return std::string("a label"); };
    plan::guard(guarded, old, guards);
    CHECK(guarded.refused);
    CHECK(guarded.waits.empty());
}

TEST_CASE("an account goes when the exports of other shards have gone") {
    const auto live = applied(desired_of(two_exports()));
    auto gone = two_exports();
    gone.accounts.clear();
    gone.datasets.clear();
    const auto desired = desired_of(gone);
    CHECK(steps_of(plan_of_shard(1, desired, live)) == Steps{"delete clicks.flow#1",
                                                             "delete clicks.target#1 after 0",
                                                             "delete clicks.source#1 after 0"});
    const auto owner = plan_of_shard(2, desired, live);
    CHECK(steps_of(owner) == Steps{"delete devices.flow#1", "delete devices.target#1 after 0",
                                   "delete devices.source#1 after 0"});
    REQUIRE(owner.waits.size() == 1);
    CHECK(owner.waits[0].then == Action::remove);
    CHECK(refusals(owner, live) == Steps{"protected s3.base", "protected devices.flow"});

    SUBCASE("but not for those that will not go") {
        plan::Options options;
        options.may_delete = [](const EntityKey& key) { return key.name != "clicks"; };
        const auto narrowed = plan_of_shard(2, desired, live, options);
        CHECK(narrowed.waits.empty());
        CHECK(notes_of(narrowed) == Steps{"still-in-use s3.base"});
        options.may_delete = nullptr;
        options.destroy = true;
        auto foreign = live;
        auto& user = live_at(foreign, "clicks.target");
        user.marker.reset();
        user.key.reset();
        const auto others = plan_of_shard(2, desired, foreign, options);
        CHECK(others.waits.empty());
        CHECK(notes_of(others) == Steps{"error still-in-use s3.base"});
    }
    SUBCASE("nor without shards") {
        const auto whole = plan::make(desired, live, catalogue::Catalogue::embedded(), {});
        CHECK(whole.waits.empty());
        CHECK(whole.notes.empty());
    }
}

TEST_CASE("what is wrong is told by the shard that owns it") {
    auto live = applied(desired_of(two_exports()));
    auto& base = live_at(live, "s3.base");
    base.marker.reset();
    base.key.reset();
    const auto desired = desired_of(two_exports());
    CHECK(notes_of(plan_of_shard(1, desired, live)) == Steps{"error account-held-back clicks"});
    CHECK(notes_of(plan_of_shard(2, desired, live)) ==
          Steps{"error marker-lost s3.base", "error account-held-back devices"});
}

TEST_CASE("shards that only look tell together what one plan tells") {
    const auto old = applied(desired_of(two_exports()));
    auto project = with_another_auth_spec();
    project.datasets.push_back(test::dataset_export("orders"));
    project.datasets[0].description = "Described anew";
    const auto desired = desired_of(project);
    auto drifted = old;
    std::erase_if(drifted.entities, [](const auto& entity) { return entity.id == "s3.base#1"; });
    for (const auto& live : {old, empty(), drifted}) {
        plan::Options options;
        options.hold_back = false;
        std::multiset<std::string> parts;
        for (const std::size_t index : {1U, 2U}) {
            for (const auto& change : plan_of_shard(index, desired, live, options).changes) {
                parts.insert(model::address(change.key));
            }
        }
        std::multiset<std::string> all;
        for (const auto& change : test::plan_of(desired, live).changes) {
            all.insert(model::address(change.key));
        }
        CHECK(parts == all);
    }
}

TEST_CASE("limits on deletion count the whole project in every shard") {
    ManyExports many;
    many.keep(4);
    for (const std::size_t index : {1U, 2U}) {
        const auto notes = many.refusals(index);
        REQUIRE(notes.size() == 1);
        CHECK(notes[0].code == "too-many-deletes");
        CHECK(notes[0].message.find("17 of 21 exports would be deleted") == 0);
        CHECK(notes[0].message == many.refusals(1)[0].message);
    }
    many.guards.allowed_deletes = 16;
    CHECK(many.refusals(1).size() == 1);
    CHECK(many.refusals(2).size() == 1);
    many.guards.allowed_deletes = 17;
    CHECK(many.refusals(1).empty());
    CHECK(many.refusals(2).empty());
}

TEST_CASE("what other shards have deleted already makes no shard refuse") {
    ManyExports many;
    many.keep(15); // six of 21 go, which is less than 30 %
    CHECK(many.refusals(1).empty());
    const auto gone = [](const model::LiveEntity& entity) {
        const auto& name = entity.key->name;
        return name.size() == 3 && name >= "e14" && !model::Shard{1, 2}.owns(*entity.key);
    };
    std::erase_if(many.live.entities, gone);
    CHECK(many.refusals(1).empty());
}

TEST_CASE("every shard minds the protection of all exports") {
    ManyExports many;
    many.keep(18);
    many.guards.protection = [](const EntityKey& key) {
        return key.name == "e18" || key.name == "e19" ? std::string("its name") : "";
    };
    for (const std::size_t index : {1U, 2U}) {
        const auto notes = many.refusals(index);
        REQUIRE(notes.size() == 2);
        CHECK(notes[0].address == "e18.flow");
        CHECK(notes[1].address == "e19.flow");
    }
}

TEST_CASE("what another shard is making is no loss of it") {
    ManyExports many;
    many.guards.protection = [](const EntityKey&) { return std::string("a label"); };
    auto& flow = test::live_at(many.live, "e7.flow");
    REQUIRE(model::shard_of(*flow.key, 2).index == 1);
    // Its target was made after targets were read, and before dataflows were.
    std::erase_if(many.live.entities, [](const auto& entity) {
        return entity.key == EntityKey{EntityKind::target, "e7"};
    });
    many.options.now = test::live_at(many.live, "e7.flow").audit.created_at + 1000;
    CHECK(many.refusals(2).empty());
    *many.options.now += 600'000; // nobody is at work on it any more: its target was deleted
    REQUIRE(many.refusals(2).size() == 1);
    CHECK(many.refusals(2)[0].address == "e7.flow");
    CHECK(many.refusals(1).size() == 1);
}

TEST_CASE("a shard leaves twins of others to them") {
    const auto desired = desired_of(two_exports());
    auto live = applied(desired);
    for (const auto* address : {"clicks.flow", "clicks.target", "clicks.source"}) {
        auto twin = live_at(live, address);
        twin.id = std::string(address) + "#2";
        twin.audit.created_at += 1000;
        live.entities.push_back(std::move(twin));
    }
    CHECK(plan::has_twins(live, model::Shard{1, 2}));
    CHECK_FALSE(plan::has_twins(live, model::Shard{2, 2}));
    plan::RunIds run;
    for (const auto& entity : live.entities) {
        run.made.emplace(entity.id, *entity.key);
    }
    const auto& catalogue = catalogue::Catalogue::embedded();
    CHECK_FALSE(plan::resolve_twins(desired, live, catalogue, {}, run, model::Shard{1, 2})
                    .plan.steps.empty());
    const auto left = plan::resolve_twins(desired, live, catalogue, {}, run, model::Shard{2, 2});
    CHECK(left.plan.steps.empty());
    CHECK(left.unresolved.empty());
}

TEST_CASE("what is left out of a plan takes along what depends on it") {
    auto plan = test::plan_of(desired_of(two_exports()), empty());
    auto without_export = plan;
    plan::leave_out(without_export, [](const plan::Unit& unit) {
        return unit == plan::Unit{false, "devices"};
    });
    CHECK(steps_of(without_export) == Steps{"create s3.base", "create clicks.source",
                                            "create clicks.target after 0",
                                            "create clicks.flow after 1 2"});
    CHECK(without_export.changes.size() == 4);
    plan::leave_out(plan, [](const plan::Unit& unit) { return unit.first; });
    CHECK(plan.steps.empty());
    CHECK(plan.changes.empty());
}
