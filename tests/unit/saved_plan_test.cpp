#include "json/text.hpp"
#include "plan/approved.hpp"
#include "plan/saved.hpp"
#include "render/apply_report.hpp"
#include "render/plan_json.hpp"
#include "render/saved_plan.hpp"
#include "support/golden.hpp"
#include "support/graphs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace penstock;
using plan::Staleness;
using test::applied;
using test::check_golden;
using test::dataset_export;
using test::desired_of;
using test::live_at;
using test::plan_of;
using test::small_project;

namespace {

constexpr const char* version = "1.2.3";

plan::SavedPlan saved_of(const plan::Plan& plan, const model::LiveGraph& live) {
    plan::SavedPlan saved;
    saved.shown = render::plan_json(plan, version);
    saved.origin = {"acme", "prod", "https://platform.adobe.io", "5555@AdobeOrg", "prod"};
    saved.narrowing = {{"exports"}, {"team=crm"}, {"devices"}};
    saved.allowed_deletes = 7;
    saved.manifests = {{"penstock.yaml", "kind: Project\n"}, {"exports/a.yaml", "kind: \"x\"\n"}};
    saved.created_at = "2026-12-01T00:00:00Z";
    for (const auto& entity : live.entities) {
        if (entity.key) {
            saved.pins.push_back(plan::pin_of(entity, true));
        }
    }
    return saved;
}

/// Two exports with a change each, and what an edit of somebody leaves of their plan.
struct Scene {
    manifest::Manifests project = small_project();
    model::LiveGraph live;
    plan::SavedPlan saved;

    Scene() {
        project.datasets.push_back(dataset_export("other"));
        live = applied(desired_of(project));
        for (auto& document : project.datasets) {
            document.destination["path"] = "elsewhere";
            document.description = "Described anew";
        }
        saved = saved_of(planned(), live);
    }

    [[nodiscard]] plan::Plan planned() const { return plan_of(desired_of(project), live); }

    [[nodiscard]] plan::Approved keep() const {
        auto plan = planned();
        const auto shown = render::plan_json(plan, version);
        return plan::keep_approved(std::move(plan), shown.find("resource_changes")->as_array(),
                                   saved, live);
    }

    /// By somebody, in what manifests do not know.
    model::LiveEntity& edited(const std::string& address) {
        auto& entity = touched(address);
        entity.document.make_object()["enterpriseClassification"] = "C1";
        return entity;
    }

    model::LiveEntity& touched(const std::string& address) {
        auto& entity = live_at(live, address);
        entity.etag += "-2";
        auto& document = entity.document.make_object();
        document["etag"] = entity.etag;
        document["version"] = entity.etag;
        document["updatedBy"] = "alice@example.com";
        entity.audit.updated_by = "alice@example.com";
        entity.audit.updated_client = "exc_app";
        entity.audit.updated_at = 1'793'491'200'000;
        return entity;
    }
};

plan::SavedPlan sample() {
    return Scene().saved;
}

json::Value document_of(const plan::SavedPlan& saved) {
    return json::parse(plan::write_saved(saved)).value();
}

/// With a digest that fits: what somebody may have made who knows how.
std::string forged(json::Value document) {
    document.make_object().erase("digest");
    document.make_object()["digest"] = json::full_digest(document);
    return json::write(document);
}

void check_refused(const std::string& text, std::string_view part) {
    const auto read = plan::read_saved(text);
    REQUIRE_FALSE(read);
    INFO(read.error().message);
    CHECK(read.error().kind == ErrorKind::refused);
    CHECK(read.error().message.find(part) != std::string::npos);
}

} // namespace

TEST_CASE("a saved plan is read as it was written") {
    const auto saved = sample();
    const auto text = plan::write_saved(saved);
    const auto read = plan::read_saved(text);
    REQUIRE(read);
    CHECK(json::Value(read->shown) == json::Value(saved.shown));
    CHECK(read->origin == saved.origin);
    CHECK(read->narrowing == saved.narrowing);
    CHECK(read->allowed_deletes == saved.allowed_deletes);
    CHECK(read->manifests == saved.manifests);
    CHECK(read->pins == saved.pins);
    CHECK(read->created_at == saved.created_at);
    CHECK(plan::write_saved(*read) == text);
}

TEST_CASE("names that are no text are written so that they can be read") {
    auto saved = sample();
    saved.manifests.push_back({"caf\xe9.yaml", "a: \x1b[2J\u2028\n"});
    const auto read = plan::read_saved(plan::write_saved(saved));
    REQUIRE(read);
    CHECK(read->manifests.back().text == saved.manifests.back().text);
}

TEST_CASE("a plan file that was tampered with is refused, whichever member it was") {
    const auto document = document_of(sample());
    std::size_t members = 0;
    for (const auto& member : document.as_object()) {
        const auto& name = member.first;
        const auto& value = member.second;
        CAPTURE(name);
        ++members;
        auto changed = document;
        changed.make_object()[name] = value.is_string() ? json::Value(value.as_string() + "0")
                                      : value.is_bool() ? json::Value(!value.as_bool())
                                                        : json::Value(json::Array{});
        auto removed = document;
        removed.make_object().erase(name);
        for (const auto& tampered : {changed, removed}) {
            if (tampered == document) {
                continue; // it was an empty list
            }
            const auto read = plan::read_saved(json::write(tampered));
            REQUIRE_FALSE(read);
            CHECK(read.error().kind == ErrorKind::refused);
        }
    }
    CHECK(members == 22);
    auto added = document;
    added.make_object()["more"] = 1;
    check_refused(json::write(added), "changed after it was written");
    CHECK(plan::read_saved(json::write(document))); // how it is laid out does not matter
}

TEST_CASE("members of wrong types are refused or shown, digest or not") {
    const auto document = document_of(sample());
    const std::vector<json::Value> values{
        nullptr, true, 7, 0.5, "\x1b[2J", json::Array{1, json::Object{}}, json::Object{{"a", 1}}};
    for (const auto& member : document.as_object()) {
        const auto& name = member.first;
        for (const auto& value : values) {
            CAPTURE(name);
            auto wrong = document;
            wrong.make_object()[name] = value;
            const auto read = plan::read_saved(forged(wrong));
            if (!read) {
                CHECK(read.error().kind == ErrorKind::refused);
                continue;
            }
            if (const auto text = render::saved_plan_text(*read, {})) {
                CHECK(text->find('\x1b') == std::string::npos);
            }
        }
    }
}

TEST_CASE("what is no plan file gets a clear error") {
    check_refused("", "no plan");
    check_refused("[]", "no saved plan");
    check_refused("{}", "no saved plan");
    check_refused(R"({"digest":"x","format_version":"9.0"})", "format");
    check_refused(R"({"digest":"x","digest":"y"})", "stands twice");
    check_refused("{\"a\":\"\xff\"}", "invalid JSON");
    check_refused(std::string(300'000, '['), "nested deeper");
    check_refused(std::string(std::size_t{65} * 1024 * 1024, ' '), "bytes");
}

TEST_CASE("a plan of another version or another place is refused") {
    const auto saved = sample();
    CHECK(plan::check_version(saved, version));
    const auto other = plan::check_version(saved, "9.9.9");
    REQUIRE_FALSE(other);
    CHECK(other.error().hint == "plan again");
    CHECK(plan::check_origin(saved, saved.origin));
    for (const auto member :
         {&plan::Origin::project, &plan::Origin::environment, &plan::Origin::endpoint,
          &plan::Origin::organization, &plan::Origin::sandbox}) {
        auto here = saved.origin;
        here.*member = "foreign";
        const auto checked = plan::check_origin(saved, here);
        REQUIRE_FALSE(checked);
        CHECK(checked.error().kind == ErrorKind::refused);
        CHECK(checked.error().message.find("foreign") != std::string::npos);
    }
}

TEST_CASE("what nobody touched is carried out as it was approved") {
    const Scene scene;
    const auto kept = scene.keep();
    CHECK(kept.stale.empty());
    CHECK_FALSE(kept.applied_already);
    CHECK(test::steps_of(kept.plan) == test::steps_of(scene.planned()));
    CHECK(kept.plan.steps.size() == 4);
}

TEST_CASE("an edit between plan and apply stops its own export, whichever entity it is in") {
    for (const std::string kind : {"source", "target", "flow"}) {
        CAPTURE(kind);
        Scene scene;
        scene.edited("devices." + kind);
        const auto kept = scene.keep();
        REQUIRE(kept.stale.size() == 1);
        CHECK(model::address(kept.stale[0].key) == "devices." + kind);
        CHECK(kept.stale[0].why == Staleness::changed);
        REQUIRE(kept.plan.steps.size() == 2);
        for (std::size_t i = 0; i < kept.plan.steps.size(); ++i) {
            CHECK(kept.plan.steps[i].key.name == "other");
            for (const auto& before : kept.plan.steps[i].after) {
                CHECK(before.step < i);
            }
        }
        CHECK(kept.plan.changes.size() == 2);
    }
}

TEST_CASE("what the service refreshes in a dataflow by itself stops nothing") {
    Scene scene;
    auto& document = scene.touched("devices.flow").document.make_object();
    document["lastRunDetails"] = json::Object{{"state", "success"}};
    document["updatedAt"] = std::int64_t{1'793'491'200'000};
    const auto kept = scene.keep();
    CHECK(kept.stale.empty());
    CHECK(kept.plan.steps.size() == 4);
    // Credentials that somebody has sent anew leave no other trace in a connection.
    scene.touched("devices.target");
    CHECK(scene.keep().stale.size() == 1);
}

TEST_CASE("a moved field is told with its value then and now, and by whom") {
    Scene scene;
    scene.edited("devices.target").document.make_object()["params"].make_object()["compression"] =
        "NONE";
    const auto kept = scene.keep();
    REQUIRE(kept.stale.size() == 1);
    REQUIRE(kept.stale[0].fields.size() == 1);
    CHECK(kept.stale[0].fields[0].pointer == "/params/compression");
    CHECK(kept.stale[0].fields[0].after == json::Value("NONE"));
    CHECK(kept.stale[0].audit.updated_by == "alice@example.com");
}

TEST_CASE("what went and what came makes an export stale") {
    Scene gone;
    std::erase_if(gone.live.entities, [](const auto& entity) {
        return entity.key && model::address(*entity.key) == "devices.flow";
    });
    auto kept = gone.keep();
    REQUIRE(kept.stale.size() == 1);
    CHECK(kept.stale[0].why == Staleness::gone);
    CHECK(kept.plan.steps.size() == 2);

    Scene came;
    auto twin = live_at(came.live, "devices.source");
    twin.id = "devices.source#2";
    came.live.entities.push_back(twin);
    kept = came.keep();
    REQUIRE(kept.stale.size() == 1);
    CHECK(kept.stale[0].why == Staleness::appeared);
    CHECK(kept.plan.steps.size() == 2);
}

TEST_CASE("an edit where nothing is to be done stops nothing") {
    Scene scene;
    scene.edited("s3.base");
    const auto kept = scene.keep();
    CHECK(kept.stale.empty());
    CHECK(kept.plan.steps.size() == 4);
}

TEST_CASE("a stale account stops what depends on it, as a whole") {
    auto project = small_project();
    project.accounts.push_back(project.accounts[0]);
    project.accounts.back().metadata.name = "s3-other";
    model::LiveGraph live{"acme", {}};
    auto plan = plan_of(desired_of(project), live);
    const auto saved = saved_of(plan, live);
    auto shown = render::plan_json(plan, version).find("resource_changes")->as_array();
    for (auto& change : shown) { // what is planned for the account is not what was approved
        if (change["address"] == json::Value("s3.base")) {
            change.make_object()["cause"] = "drift";
        }
    }
    const auto kept = plan::keep_approved(std::move(plan), shown, saved, live);
    REQUIRE(kept.stale.size() == 2);
    CHECK(model::address(kept.stale[0].key) == "devices.target");
    CHECK(kept.stale[0].why == Staleness::needs);
    CHECK(kept.stale[0].needed == "s3.base");
    CHECK(kept.stale[1].why == Staleness::differs);
    REQUIRE(kept.plan.steps.size() == 1);
    CHECK(kept.plan.steps[0].key.name == "s3-other");
}

TEST_CASE("a plan whose changes are all there was applied already") {
    Scene scene;
    scene.live = applied(desired_of(scene.project));
    CHECK(scene.keep().applied_already);
    // An export that is blocked has no changes either, and proves nothing.
    live_at(scene.live, "devices.flow").marker.reset();
    live_at(scene.live, "devices.flow").key.reset();
    CHECK_FALSE(scene.keep().applied_already);
}

TEST_CASE("an empty plan that still holds has nothing stale") {
    Scene scene;
    scene.live = applied(desired_of(scene.project));
    scene.saved = saved_of(scene.planned(), scene.live);
    const auto kept = scene.keep();
    CHECK_FALSE(kept.applied_already);
    CHECK(kept.stale.empty());
    CHECK(kept.plan.empty());
}

TEST_CASE("a saved plan is shown with what it is for") {
    const auto text = render::saved_plan_text(sample(), {});
    REQUIRE(text);
    check_golden("render/show.txt", *text);
    check_golden("render/show.json", json::write_pretty(render::saved_plan_json(sample())) + "\n");
}

TEST_CASE("a run tells what of a saved plan is stale, and who did it") {
    Scene scene;
    scene.edited("devices.target").document.make_object()["params"].make_object()["compression"] =
        "NONE";
    auto& flow = scene.edited("other.flow");
    flow.document.make_object()["scheduleParams"].make_object()["interval"] = 12;
    auto kept = scene.keep();
    kept.stale.push_back({{model::EntityKind::source, "gone"}, Staleness::gone, "s-1", {}});
    model::Audit maker;
    maker.created_by = "bob@example.com";
    maker.created_client = "exc_app";
    maker.created_at = 1'793'491'200'000;
    kept.stale.push_back({{model::EntityKind::flow, "twin"}, Staleness::appeared, "f-2", maker});
    kept.stale.push_back({{model::EntityKind::base, "s3"}, Staleness::differs, "b-1", {}});
    kept.stale.push_back(
        {{model::EntityKind::target, "web"}, Staleness::needs, {}, {}, "s3\x1b[2J.base"});
    render::ApplyReport report;
    report.stale = kept.stale;
    check_golden("render/stale.txt", render::apply_text(report, {}));
    check_golden("render/stale.json",
                 json::write_pretty(render::apply_json(report, version)) + "\n");
}

TEST_CASE("reports of a saved plan point at the documents of what it makes") {
    auto desired = desired_of(small_project());
    for (auto& entity : desired.entities) {
        entity.position = [&](std::string_view) {
            return SourcePosition{"exports/all.yaml", entity.key.name == "s3" ? 3U : 20U, 1};
        };
    }
    const model::LiveGraph nothing{"acme", {}};
    const auto report =
        render::saved_plan_report(saved_of(plan_of(desired, nothing), nothing), {}, {});
    REQUIRE(report);
    CHECK(report->scope.units.at("account s3") == SourcePosition{"exports/all.yaml", 3, 1});
    CHECK(report->scope.units.at("export devices") == SourcePosition{"exports/all.yaml", 20, 1});
    CHECK(report->findings.at(0).position.line != 0);

    auto live = applied(desired);
    live_at(live, "devices.target").document.make_object()["params"].make_object()["path"] = "x";
    auto saved = saved_of(plan_of(desired, live), live);
    for (auto& pin : saved.pins) {
        pin.stays = true;
    }
    const auto changed = render::saved_plan_report(saved, {}, {});
    REQUIRE(changed);
    CHECK(changed->scope.units.at("export devices").line == 20);
    CHECK(changed->scope.units.at("account s3").line == 0); // a plan file has no place for it
}
