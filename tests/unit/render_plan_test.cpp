#include "json/text.hpp"
#include "model/marker.hpp"
#include "plan/planner.hpp"
#include "render/plan_json.hpp"
#include "render/plan_reader.hpp"
#include "render/plan_text.hpp"
#include "support/golden.hpp"
#include "support/graphs.hpp"
#include "support/report_examples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace penstock;
using test::applied;
using test::check_golden;
using test::dataset_export;
using test::desired_of;
using test::live_at;
using test::mixed_plan;
using test::plan_of;
using test::small_project;

namespace {

render::Style style(bool colour = false) {
    return test::example_style(colour);
}

/// Somebody edits an entity by hand.
void edit(model::LiveGraph& live, const std::string& address, const char* by) {
    auto& entity = live_at(live, address);
    entity.audit.updated_by = by;
    entity.audit.updated_client = "exc_app";
    entity.audit.updated_at = 1'793'491'200'000;
}

plan::Plan created() {
    return plan_of(desired_of(small_project()), {"acme", {}});
}

std::string json_text(const json::Object& document) {
    return json::write_pretty(document) + "\n";
}

} // namespace

TEST_CASE("a plan that creates everything") {
    check_golden("render/plan_create.txt", render::plan_text(created(), style()));
    check_golden("render/plan_create.json", json_text(render::plan_json(created(), "1.2.3")));
}

TEST_CASE("a plan with every kind of change") {
    check_golden("render/plan_mixed.txt", render::plan_text(mixed_plan(), style()));
    check_golden("render/plan_mixed_colour.txt", render::plan_text(mixed_plan(), style(true)));
    check_golden("render/plan_mixed.json", json_text(render::plan_json(mixed_plan(), "1.2.3")));
}

TEST_CASE("what a plan's JSON says is shown as the plan was") {
    for (const auto& plan : {created(), mixed_plan()}) {
        const auto document = render::plan_json(plan, "1.2.3");
        auto read = render::read_plan_json(document);
        REQUIRE(read);
        CHECK(render::plan_text(*read, style()) == render::plan_text(plan, style()));
        read->steps = plan.steps; // of which only the number counts
        CHECK(json::Value(render::plan_json(*read, "1.2.3")) == json::Value(document));
    }
}

TEST_CASE("drift names who, when and what, as git has it and as it was found") {
    check_golden("render/drift.txt", test::drift_text(mixed_plan(), style()));
    check_golden("render/drift.json", test::drift_json(mixed_plan()));
}

TEST_CASE("an empty plan says so in one line") {
    const auto desired = desired_of(small_project());
    auto plan = plan_of(desired, applied(desired));
    CHECK(render::plan_text(plan, style()) ==
          "No changes. 1 export and 1 account match the sandbox.\n");
    CHECK(test::drift_text(plan, style()) ==
          "No drift. 1 export and 1 account match the sandbox.\n");
    const auto document = render::plan_json(plan, "1.2.3");
    CHECK_FALSE(document.find("applyable")->as_bool(true));
    CHECK(document.find("complete")->as_bool());

    plan.notes.push_back({Severity::error, "name-taken", "devices", "taken", ""});
    CHECK(render::plan_text(plan, style()) ==
          "Error: devices: taken [name-taken]\n\n"
          "Nothing can be changed before the errors above are solved.\n");
}

TEST_CASE("a replaced dataflow does not list the connections that are new with it") {
    auto project = small_project();
    const auto live = applied(desired_of(project));
    auto other = project.accounts.front();
    other.metadata.name = "other";
    project.accounts.push_back(other);
    project.datasets.front().account = "other";
    project.datasets.front().datasets.pop_back();
    const auto text = render::plan_text(plan_of(desired_of(project), live), style());
    INFO(text);
    CHECK(text.find("-/+ devices.flow  dataflow  will be replaced") != std::string::npos);
    CHECK(text.find("account: s3 -> other") != std::string::npos);
    CHECK(text.find("relinked") == std::string::npos);
}

TEST_CASE("a dataflow that is gone is drift; one that lost its marker too") {
    const auto desired = desired_of(small_project());
    auto live = applied(desired);
    live.entities.erase(std::find_if(live.entities.begin(), live.entities.end(), [](auto& entity) {
        return entity.kind == model::EntityKind::flow;
    }));
    const auto gone = plan_of(desired, live);
    CHECK(test::drift_text(gone, style()) ==
          "export devices\n"
          "  ! devices.flow  dataflow  is gone from the platform\n\n"
          "Drift: 1 entity differs from git.\n");

    auto unmarked = applied(desired);
    auto& flow = live_at(unmarked, "devices.flow");
    flow.marker.reset();
    flow.key.reset();
    const auto plan = plan_of(desired, unmarked);
    CHECK(test::drift_text(plan, style()).find("Drift: 1 entity differs from git.") !=
          std::string::npos);
}

TEST_CASE("text from outside can neither colour nor break a line") {
    auto project = small_project();
    auto live = applied(desired_of(project));
    edit(live, "devices.target", "eve\x1b[31m\nPlan: 9 to add");
    live_at(live, "devices.target").document.make_object()["params"].make_object()["compression"] =
        "\x1b]0;x\x07\r\nNo changes.";
    const auto plan = plan_of(desired_of(project), live);
    for (const auto& text : {render::plan_text(plan, style()), test::drift_text(plan, style())}) {
        CHECK(text.find('\x1b') == std::string::npos);
        CHECK(text.find('\r') == std::string::npos);
        CHECK(text.find("\nNo changes.") == std::string::npos);
        CHECK(text.find("\nPlan: 9") == std::string::npos);
    }
}
