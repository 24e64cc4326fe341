#include "plan/guards.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace penstock;
using model::EntityKey;
using model::EntityKind;
using plan::Action;
using Codes = std::vector<std::string>;

namespace {

std::string name_of(std::size_t number) {
    return fmt::format("e{:02}", number);
}

plan::EntityChange change(Action action, EntityKey key) {
    plan::EntityChange result;
    result.action = action;
    result.key = std::move(key);
    return result;
}

/// A project with that many exports, of which the plan deletes the first.
struct Scene {
    plan::Plan plan;
    model::LiveGraph live;
    plan::Guards guards;

    Scene(std::size_t standing, std::size_t deleted) {
        plan.project = "acme";
        for (std::size_t i = 0; i < standing; ++i) {
            const EntityKey flow{EntityKind::flow, name_of(i)};
            model::LiveEntity entity;
            entity.kind = EntityKind::flow;
            entity.id = name_of(i) + ".flow#1";
            entity.key = flow;
            live.entities.push_back(entity);
            if (i >= deleted) {
                plan.bound.emplace_back(flow, entity.id);
                continue;
            }
            for (const auto kind : {EntityKind::source, EntityKind::target, EntityKind::flow}) {
                plan.changes.push_back(change(Action::remove, {kind, name_of(i)}));
            }
            plan.steps.push_back({flow, plan::DeleteEntity{entity.id}, {}});
        }
    }

    Codes codes() const {
        Codes result;
        for (const auto& note : plan::refusals(plan, live, guards)) {
            CHECK(note.severity == Severity::error);
            CHECK_FALSE(note.hint.empty());
            result.push_back(note.code + " " + note.address);
        }
        return result;
    }
};

const Codes too_many{"too-many-deletes acme"};
const Codes emptied{"emptied-project acme"};

} // namespace

TEST_CASE("deletions are refused above both limits, and not at them") {
    struct Row {
        std::size_t standing;
        std::size_t deleted;
        bool refused;
    };
    for (const auto& row : std::vector<Row>{
             {20, 0, false},
             {20, 5, false}, // 25 %
             {10, 5, false}, // 50 %, but no more than 5
             {20, 6, false}, // exactly 30 %
             {21, 6, false}, // less
             {19, 6, true},  // more
             {20, 7, true},
             {6, 6, true},
             {5, 5, false},
             {1000, 300, false},
             {1000, 301, true},
         }) {
        CAPTURE(row.standing);
        CAPTURE(row.deleted);
        CHECK(Scene(row.standing, row.deleted).codes() == (row.refused ? too_many : Codes{}));
    }
}

TEST_CASE("a project sets its own limits") {
    Scene strict(20, 1);
    strict.guards.delete_percent = 0;
    strict.guards.delete_count = 0;
    CHECK(strict.codes() == too_many);
    Scene lax(20, 20);
    lax.guards.delete_percent = 100;
    CHECK(lax.codes().empty());
}

TEST_CASE("an allowance stands in the place of the limits, and is one itself") {
    struct Row {
        std::size_t allowed;
        bool refused;
    };
    for (const auto& row : std::vector<Row>{{0, true}, {6, true}, {7, false}, {8, false}}) {
        CAPTURE(row.allowed);
        Scene scene(20, 7);
        scene.guards.allowed_deletes = row.allowed;
        CHECK(scene.codes() == (row.refused ? too_many : Codes{}));
    }
    Scene below_limits(20, 1);
    below_limits.guards.allowed_deletes = 0;
    CHECK(below_limits.codes() == too_many);
}

TEST_CASE("a refusal names the exports and the flag that lets it through") {
    const Scene scene(20, 7);
    const auto notes = plan::refusals(scene.plan, scene.live, scene.guards);
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].message == "7 of 20 exports would be deleted, which is more than 5 and more "
                              "than 30 %: e00, e01, e02, e03 and 3 more");
    CHECK(notes[0].hint == "if all of them are to go, pass --allow-deletes 7; the limits are "
                           "`spec.guards.deletes` of penstock.yaml");
    Scene allowed(20, 7);
    allowed.guards.allowed_deletes = 5;
    const auto again = plan::refusals(allowed.plan, allowed.live, allowed.guards);
    REQUIRE(again.size() == 1);
    CHECK(again[0].message == "7 exports would be deleted, and --allow-deletes 5 lets no more go: "
                              "e00, e01, e02, e03 and 3 more");
    CHECK(again[0].hint == "if all of them are to go, pass --allow-deletes 7");
}

TEST_CASE("an emptied project is refused below the limits, too") {
    Scene scene(2, 2);
    scene.guards.no_exports = true;
    CHECK(scene.codes() == emptied);
    scene.guards.allowed_deletes = 1;
    CHECK(scene.codes() == emptied);
    scene.guards.allowed_deletes = 2;
    CHECK(scene.codes().empty());

    Scene nothing_there(0, 0);
    nothing_there.guards.no_exports = true;
    nothing_there.guards.no_accounts = true;
    CHECK(nothing_there.codes().empty());
    nothing_there.plan.changes.push_back(change(Action::remove, {EntityKind::base, "s3"}));
    CHECK(nothing_there.codes() == emptied);
    nothing_there.guards.allowed_deletes = 0;
    CHECK(nothing_there.codes() == emptied);
    nothing_there.guards.no_accounts = false; // one account of several
    CHECK(nothing_there.codes().empty());
}

TEST_CASE("what is replaced, half gone or one too many is no loss") {
    plan::Plan plan;
    plan.changes = {
        change(Action::replace, {EntityKind::flow, "new-target"}),
        change(Action::remove, {EntityKind::flow, "new-target"}), // a second old one
        change(Action::remove, {EntityKind::flow, "twins"}),
        change(Action::remove, {EntityKind::source, "leftover"}),
        change(Action::replace, {EntityKind::source, "new-datasets"}),
        change(Action::remove, {EntityKind::base, std::string(model::profile_store_name)}),
        change(Action::remove, {EntityKind::flow, "gone"}),
        change(Action::remove, {EntityKind::flow, "gone"}), // both of two
        change(Action::remove, {EntityKind::base, "gone"}),
        change(Action::replace, {EntityKind::base, "s3"}),
        change(Action::update, {EntityKind::flow, "new-datasets"}),
        change(Action::create, {EntityKind::flow, "fresh"}),
    };
    plan.bound = {{{EntityKind::flow, "twins"}, "1"}, {{EntityKind::flow, "new-datasets"}, "2"}};
    const auto found = plan::losses(plan);
    CHECK(found.deleted ==
          std::vector<EntityKey>{{EntityKind::base, "gone"}, {EntityKind::flow, "gone"}});
    CHECK(found.replaced ==
          std::vector<EntityKey>{{EntityKind::flow, "new-target"}, {EntityKind::base, "s3"}});
}

TEST_CASE("what is protected is neither deleted nor replaced, whatever is allowed") {
    for (const auto action : {Action::remove, Action::replace}) {
        Scene scene(20, 1);
        scene.plan.changes.push_back(change(action, {EntityKind::base, "s3"}));
        scene.plan.changes.push_back(change(action, {EntityKind::target, "loyalty"}));
        scene.guards.allowed_deletes = 20;
        scene.guards.protection = [](const EntityKey& key) {
            return std::string(key.name == "e01" ? "" : "its name");
        };
        CHECK(scene.codes() == (action == Action::remove
                                    ? Codes{"protected s3.base", "protected e00.flow"}
                                    : Codes{"protected e00.flow", "protected s3.base"}));
    }
}

TEST_CASE("destroy minds what is protected, and no limits") {
    Scene scene(20, 20);
    scene.guards.destroy = true;
    scene.guards.no_exports = true;
    scene.guards.no_accounts = true;
    CHECK(scene.codes().empty());
    scene.guards.protection = [](const EntityKey& key) {
        return std::string(key.name == "e07" ? "its label tier=gold" : "");
    };
    CHECK(scene.codes() == Codes{"protected e07.flow"});
}

TEST_CASE("a refused plan does nothing at all, and says so") {
    Scene scene(20, 7);
    scene.plan.notes.push_back({Severity::warning, "other", "x", "before", ""});
    plan::guard(scene.plan, scene.live, scene.guards);
    CHECK(scene.plan.refused);
    CHECK(scene.plan.blocked());
    CHECK(scene.plan.steps.empty());
    CHECK(scene.plan.notes.size() == 2);
    CHECK(scene.plan.changes.size() == 21); // still shown
    Scene fine(20, 2);
    plan::guard(fine.plan, fine.live, fine.guards);
    CHECK_FALSE(fine.plan.refused);
    CHECK(fine.plan.steps.size() == 2);
}
