#include "plan/flow_specs.hpp"
#include "support/graphs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace penstock;
using test::applied;
using test::desired_of;
using test::live_at;
using test::plan_of;
using test::steps_of;

namespace {

using Steps = std::vector<std::string>;

constexpr const char* params = "/transformations/0/params/";

json::Object& transformation(model::LiveGraph& live) {
    return live_at(live, "loyalty.flow")
        .document.make_object()["transformations"]
        .make_array()
        .at(0)
        .make_object()["params"]
        .make_object();
}

json::Value spec(const std::string& id, const std::string& target, json::Array workflow) {
    return json::Object{{"id", id},
                        {"targetConnectionSpecIds", json::Array{target}},
                        {"attributes", json::Object{{"_workflow", std::move(workflow)}}}};
}

} // namespace

TEST_CASE("a new export: the mapping first, the dataflow empty, then all in one patch") {
    const auto desired = desired_of(test::segment_project());
    CHECK(steps_of(plan_of(desired, {"acme", {}})) ==
          Steps{"map loyalty.flow anew", "create s3.base", "create loyalty.source after 0",
                "create loyalty.target after 0 1", "create loyalty.flow after 0 2 3",
                "complete loyalty.flow after 4"});
    CHECK(plan_of(desired, applied(desired)).empty());
}

TEST_CASE("a disabled export is disabled once it is complete") {
    auto project = test::segment_project();
    project.segments[0].enabled = false;
    const auto steps = steps_of(plan_of(desired_of(project), {"acme", {}}));
    REQUIRE(steps.size() == 7);
    CHECK(steps[6] == "disable loyalty.flow after 5");
}

TEST_CASE("an export that a run left empty is unfinished work, not drift") {
    const auto desired = desired_of(test::segment_project());
    auto live = applied(desired);
    auto& flow = live_at(live, "loyalty.flow");
    const auto plan = plan_of(desired, {"acme", {}});
    for (const auto& step : plan.steps) {
        if (const auto* create = std::get_if<plan::CreateEntity>(&step.operation);
            create != nullptr && step.key.kind == model::EntityKind::flow) {
            flow.document.make_object()["transformations"] =
                create->request.body["transformations"];
            flow.marker->digest = create->desired.digest;
            flow.mapping_set = {};
        }
    }
    const auto next = plan_of(desired, live);
    REQUIRE(next.changes.size() == 1);
    CHECK(next.changes[0].cause == plan::Cause::git);
}

TEST_CASE("selectors are replaced, then removed from the last on, then added, by their ids") {
    auto project = test::segment_project();
    project.segments[0].segments = {test::segment(1), test::segment(2), test::segment(3),
                                    test::segment(4)};
    const auto live = applied(desired_of(project));
    auto& segments = project.segments[0].segments;
    segments[2].filename_template = "%SEGMENT_ID%_%TIMESTAMP%";
    segments.push_back(test::segment(5));
    segments.erase(segments.begin() + 3);
    segments.erase(segments.begin());
    std::reverse(segments.begin(), segments.end());
    const auto plan = plan_of(desired_of(project), live);
    REQUIRE(plan.steps.size() == 1);
    const auto& update = std::get<plan::UpdateEntity>(plan.steps[0].operation);
    Steps operations;
    for (const auto& operation : update.request.body.as_array()) {
        operations.push_back(operation["op"].as_string() + " " + operation["path"].as_string());
    }
    const std::string list = std::string(params) + "segmentSelectors/selectors/";
    CHECK(operations == Steps{"replace " + list + "2", "remove " + list + "3",
                              "remove " + list + "0", "add " + list + "-", "replace /description"});
}

TEST_CASE("what the service does to selectors by itself is no change") {
    const auto desired = desired_of(test::segment_project());
    auto live = applied(desired);
    auto& selectors =
        transformation(live)["segmentSelectors"].make_object()["selectors"].make_array();
    std::reverse(selectors.begin(), selectors.end());
    for (auto& selector : selectors) {
        auto& value = selector.make_object()["value"].make_object();
        value["createTime"] = "1668548786";
        value["updateTime"] = "1668614587";
        value["description"] = "";
        value["name"] = "Renamed by somebody";
        value["namespace"] = "ups";
        value["schedule"].make_object().erase("triggerType");
        const json::Value file = value["filenameTemplate"];
        value.erase("filenameTemplate");
        value["fileNameTemplate"] = file;
    }
    CHECK(plan_of(desired, live).empty());
}

TEST_CASE("a changed mapping is the next version of the set, which the patch names") {
    auto project = test::segment_project();
    const auto live = applied(desired_of(project));
    project.segments[0].mapping[0].source = "person.name.lastName";
    const auto plan = plan_of(desired_of(project), live);
    CHECK(steps_of(plan) ==
          Steps{"map loyalty.flow map#1", std::string("patch loyalty.flow ") + params +
                                              "profileMapping,/description after 0"});
    const auto& mapping = std::get<plan::WriteMapping>(plan.steps[0].operation);
    CHECK(mapping.input_schemas == Steps{"input#1"});
    CHECK(mapping.output_schemas == Steps{"output#1"});
}

TEST_CASE("keys that go are set to nothing") {
    auto project = test::segment_project();
    project.segments[0].deduplication_keys = {
        {manifest::DeduplicationKey::Kind::attribute_path, "firstName"}};
    const auto live = applied(desired_of(project));
    project.segments[0].mandatory_fields.clear();
    project.segments[0].deduplication_keys.clear();
    const auto plan = plan_of(desired_of(project), live);
    REQUIRE(plan.steps.size() == 1);
    const auto& body = std::get<plan::UpdateEntity>(plan.steps[0].operation).request.body;
    CHECK(body.as_array().at(0)["op"].as_string() == "add");
    CHECK(body.as_array().at(0)["value"].as_array().empty());
    CHECK(body.as_array().at(1)["path"].as_string() == std::string(params) + "primaryFields");
}

TEST_CASE("the only identity as a key is what the service does without one") {
    auto project = test::segment_project();
    const auto live = applied(desired_of(project)); // its key is the identity Email
    project.segments[0].deduplication_keys.clear();
    CHECK(plan_of(desired_of(project), live).empty());
}

TEST_CASE("datasets that become segments of the same name are another dataflow and target") {
    auto before = test::small_project();
    before.datasets[0].metadata.name = "loyalty";
    const auto live = applied(desired_of(before));
    const auto plan = plan_of(desired_of(test::segment_project()), live);
    for (const auto& change : plan.changes) {
        CHECK(change.action == plan::Action::replace);
    }
    CHECK(plan.changes.size() == 3);
}

TEST_CASE("flow specs: what the sandbox offers decides, and what exists stays") {
    auto project = test::segment_project_for("adls-gen2");
    const auto desired = desired_of(project);
    const auto& adls = *catalogue::Catalogue::embedded().find("adls-gen2");
    const auto& usual = adls.segment_flow_spec_id;
    const auto& other = adls.other_segment_flow_spec_id;
    const auto& target = adls.connection_spec_id;
    const auto planned = [&](model::LiveGraph live) {
        const auto plan = plan_of(desired, live);
        std::string result = plan.notes.empty() ? "" : plan.notes[0].code + " ";
        for (const auto& change : plan.changes) {
            if (change.key.kind == model::EntityKind::flow) {
                result += (*change.after)["flowSpec"].as_string();
            }
        }
        return result;
    };
    model::LiveGraph empty{"acme", {}};
    CHECK(planned(empty) == usual); // nobody asked
    empty.flow_specs = {spec(usual, target, {"SEGMENTS"}), spec(other, target, {"DATASETS"})};
    CHECK(planned(empty) == usual);
    empty.flow_specs = {spec(other, target, {"DATASETS", "SEGMENTS"})};
    CHECK(planned(empty) == "other-flow-spec " + other);
    empty.flow_specs = {spec(other, target, {"DATASETS"})};
    CHECK(planned(empty) == "flow-spec-missing " + usual);
    empty.flow_specs = {spec(usual, "another-destination", {"SEGMENTS"})};
    CHECK(planned(empty) == "flow-spec-missing " + usual);
    empty.flow_specs.reset();
    empty.flow_specs_unknown = "HTTP 403";
    CHECK(planned(empty) == "flow-specs-not-checked " + usual);

    auto live = applied(desired);
    live.flow_specs = {spec(other, target, {"DATASETS", "SEGMENTS"})};
    CHECK(plan_of(desired, live).empty()); // a dataflow that works is not made anew
}

TEST_CASE("flow specs: a sandbox is asked for those of dataflows that do not stand yet") {
    const auto& catalogue = catalogue::Catalogue::embedded();
    const auto& adls = *catalogue.find("adls-gen2");
    const std::vector<std::string> both = [&] {
        std::vector<std::string> ids{adls.segment_flow_spec_id, adls.other_segment_flow_spec_id};
        std::sort(ids.begin(), ids.end());
        return ids;
    }();
    const auto desired = desired_of(test::segment_project_for("adls-gen2"));
    CHECK(plan::flow_specs_to_ask(desired, {"acme", {}}, catalogue) == both);
    auto live = applied(desired);
    CHECK(plan::flow_specs_to_ask(desired, live, catalogue).empty());
    auto& flow = live_at(live, "loyalty.flow").document.make_object();
    flow["flowSpec"].make_object()["id"] = adls.other_segment_flow_spec_id;
    CHECK(plan::flow_specs_to_ask(desired, live, catalogue).empty());
    flow["flowSpec"].make_object()["id"] = "of-another-destination";
    CHECK(plan::flow_specs_to_ask(desired, live, catalogue) == both);

    auto moved = applied(desired);
    live_at(moved, "loyalty.target").document.make_object()["connectionSpec"].make_object()["id"] =
        "of-another-destination";
    CHECK(plan::flow_specs_to_ask(desired, moved, catalogue) == both);
    auto lost = applied(desired);
    live_at(lost, "loyalty.flow").key.reset();
    CHECK(plan::flow_specs_to_ask(desired, lost, catalogue) == both);

    const auto datasets = desired_of(test::small_project());
    CHECK(plan::flow_specs_to_ask(datasets, {"acme", {}}, catalogue).empty());
    const auto campaign = desired_of(test::segment_project_for("adobe-campaign"));
    const auto& other = catalogue.find("adobe-campaign")->other_segment_flow_spec_id;
    CHECK(plan::flow_specs_to_ask(campaign, {"acme", {}}, catalogue) ==
          std::vector<std::string>{other});
    CHECK(plan::named_flow_specs(campaign, catalogue) == std::vector<std::string>{"upsToCampaign"});
    CHECK(plan::named_flow_specs(desired, catalogue).empty());
}

TEST_CASE("a change in git is not drift, whatever the service shows of keys and source types") {
    auto project = test::segment_project();
    auto& document = project.segments[0];
    document.mapping.push_back({"concat(person.name.firstName, \"x\")", "full", "EXPRESSION"});
    const auto causes = [&](const model::LiveGraph& live) {
        std::vector<plan::Cause> list;
        for (const auto& change : plan_of(desired_of(project), live).changes) {
            list.push_back(change.cause);
        }
        return list;
    };
    const std::vector<plan::Cause> git{plan::Cause::git};

    SUBCASE("a key that says what the service does anyway goes, then something else changes") {
        const auto live = applied(desired_of(project));
        document.deduplication_keys.clear();
        CHECK(causes(live).empty());
        document.mandatory_fields = {"Email", "firstName"};
        CHECK(causes(live) == git);
    }
    SUBCASE("the service shows the key that it takes, and the identity changes") {
        document.deduplication_keys.clear();
        auto live = applied(desired_of(project));
        transformation(live)["primaryFields"] =
            json::Array{json::Object{{"fieldType", "IDENTITY"}, {"identityNamespace", "Email"}}};
        CHECK(causes(live).empty());
        document.mapping[1] = {"identityMap.ECID", "ECID"};
        CHECK(causes(live) == git);
    }
    SUBCASE("an expression under the service's own name for it changes or goes") {
        auto live = applied(desired_of(project));
        auto& set = live_at(live, "loyalty.flow").mapping_set;
        for (auto& mapping : set.make_object()["mappings"].make_array()) {
            if (mapping["destination"].as_string() == "full") {
                mapping.make_object()["sourceType"] = "text/x.something";
            }
        }
        CHECK(causes(live).empty());
        document.mapping[2].source = "concat(person.name.firstName, \"y\")";
        CHECK(causes(live) == git);
        document.mapping.pop_back();
        CHECK(causes(live) == git);
    }
    SUBCASE("somebody changed the platform after all") {
        auto live = applied(desired_of(project));
        transformation(live)["mandatoryFields"] = json::Array{};
        CHECK(causes(live) == std::vector<plan::Cause>{plan::Cause::drift});
    }
}

TEST_CASE("the order of keys means nothing, and a dot in a namespace is one") {
    auto project = test::segment_project();
    auto& document = project.segments[0];
    document.mapping = {{"person.name.firstName", "firstName"},
                        {"person.name.lastName", "lastName"},
                        {"identityMap.Phone_E//.164", "Phone_E_164"}};
    document.mandatory_fields = {"lastName", "firstName"};
    document.deduplication_keys = {{manifest::DeduplicationKey::Kind::attribute_path, "lastName"},
                                   {manifest::DeduplicationKey::Kind::attribute_path, "firstName"}};
    auto live = applied(desired_of(project));
    for (const char* member : {"mandatoryFields", "primaryFields"}) {
        auto& list = transformation(live)[member].make_array();
        std::reverse(list.begin(), list.end());
    }
    CHECK(plan_of(desired_of(project), live).empty());

    document.deduplication_keys.clear();
    transformation(live)["primaryFields"] =
        json::Array{json::Object{{"fieldType", "IDENTITY"}, {"identityNamespace", "Phone_E.164"}}};
    CHECK(plan_of(desired_of(project), live).empty());
}

TEST_CASE("a dataflow of datasets that shows a transformation carries datasets") {
    const auto desired = desired_of(test::small_project());
    auto live = applied(desired);
    live_at(live, "devices.flow").document.make_object()["transformations"] =
        json::Array{json::Object{{"name", "GeneralTransform"}, {"params", json::Object{}}}};
    CHECK(plan_of(desired, live).empty());
}

TEST_CASE("datasets that become segments do not pass their flow spec on") {
    auto before = test::segment_project_for("adls-gen2");
    auto datasets = test::small_project();
    datasets.accounts = before.accounts;
    datasets.datasets[0].metadata.name = "loyalty";
    datasets.datasets[0].slug = "adls-gen2";
    datasets.datasets[0].destination = {
        {"path", "crm"}, {"datasetFileType", "PARQUET"}, {"compression", "GZIP"}};
    const auto live = applied(desired_of(datasets));
    const auto plan = plan_of(desired_of(before), live);
    const auto& adls = *catalogue::Catalogue::embedded().find("adls-gen2");
    for (const auto& change : plan.changes) {
        if (change.key.kind == model::EntityKind::flow) {
            CHECK((*change.after)["flowSpec"].as_string() == adls.segment_flow_spec_id);
        }
    }
}

TEST_CASE("an unreadable mapping set holds back its own export, and no other") {
    auto project = test::segment_project();
    project.segments.push_back(test::segment_export("other"));
    auto live = applied(desired_of(project));
    auto& flow = live_at(live, "loyalty.flow");
    flow.mapping_set = {};
    flow.mapping_set_unread = "not allowed";
    for (auto& document : project.segments) {
        document.segments.pop_back();
    }
    const auto plan = plan_of(desired_of(project), live);
    REQUIRE(plan.notes.size() == 1);
    CHECK(plan.notes[0].code == "mapping-not-read");
    CHECK(plan.notes[0].severity == Severity::error);
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].key.name == "other");
}

TEST_CASE("where both kinds share a flow spec, a dataflow of segments that is still empty is one") {
    const auto& adls = *catalogue::Catalogue::embedded().find("adls-gen2");
    const auto desired = desired_of(test::segment_project_for("adls-gen2"));
    auto live = applied(desired);
    live.flow_specs = {
        spec(adls.other_segment_flow_spec_id, adls.connection_spec_id, {"DATASETS", "SEGMENTS"})};
    auto& flow = live_at(live, "loyalty.flow").document.make_object();
    flow["flowSpec"].make_object()["id"] = adls.other_segment_flow_spec_id;
    flow["transformations"] =
        json::Array{json::Object{{"name", "GeneralTransform"}, {"params", json::Object{}}}};
    const auto plan = plan_of(desired, live);
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].action == plan::Action::update);
    for (const auto& field : plan.changes[0].fields) {
        CHECK(field.pointer != "/schedule");
    }
}
