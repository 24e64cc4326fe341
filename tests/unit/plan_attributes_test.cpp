#include "desired/desired.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "normalise/normalise.hpp"
#include "normalise/segments.hpp"
#include "plan/flow_specs.hpp"
#include "plan/sources.hpp"
#include "plan/transformation.hpp"
#include "support/graphs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace penstock;

namespace {

/// A live dataflow with these parameters of its transformation.
model::LiveEntity flow_with(const char* params) {
    model::LiveEntity live;
    live.kind = model::EntityKind::flow;
    live.id = "f1";
    auto parsed = json::parse(params);
    REQUIRE(parsed);
    live.document =
        json::Object{{"flowSpec", json::Object{{"id", "71471eba-b620-49e4-90fd-23f1fa0174d8"}}},
                     {"transformations", json::Array{json::Object{{"params", *parsed}}}}};
    return live;
}

model::Content canonical(const model::LiveEntity& live) {
    return normalise::canonical(live, {}, catalogue::Catalogue::embedded());
}

model::DesiredEntity desired_flow(const manifest::Manifests& project) {
    const auto desired = test::desired_of(project);
    return *desired.find({model::EntityKind::flow, "loyalty"});
}

std::vector<std::string> codes(const std::vector<plan::Note>& notes) {
    std::vector<std::string> result;
    for (const auto& note : notes) {
        result.push_back(note.code);
    }
    return result;
}

json::Value named_spec(const char* id, const std::string& destination) {
    return json::Object{{"id", id},
                        {"name", "upsToCampaign"},
                        {"targetConnectionSpecIds", json::Array{destination}},
                        {"attributes", json::Object{{"_workflow", json::Array{"SEGMENTS"}}}}};
}

} // namespace

TEST_CASE("attributes: what the service puts into a selector is no content, its type is") {
    const auto content = canonical(flow_with(R"({"profileSelectors":{"selectors":[
        {"type":"JSON_PATH","value":{"path":"a.b","operator":"EXISTS","mapping":{"source":"a.b"}}},
        {"type":"OTHER","value":{"path":"c"}},
        {"type":"JSON_PATH","value":{"path":"a.b"}}]},"segmentSelectors":{"selectors":[]}})"));
    CHECK(json::write(content["attributes"]) ==
          R"x({"a.b":"JSON_PATH","c":"OTHER","a.b (2)":"JSON_PATH"})x");
    CHECK(content["mapping"].is_null());
}

TEST_CASE("attributes: where a mapping decides, profile selectors say nothing") {
    const auto content = canonical(flow_with(
        R"({"profileMapping":{},"profileSelectors":{"selectors":[
            {"type":"JSON_PATH","value":{"path":"a.b"}}]}})"));
    CHECK(content["attributes"].is_null());
    CHECK(content["mapping"].is_object());
}

TEST_CASE("attributes: keys stand beside them, and name an identity in either way") {
    auto project = test::segment_project_for("oracle-eloqua");
    project.segments[0].attributes = {"identityMap.Phone_E//.164", "person.name.firstName"};
    project.segments[0].mandatory_fields = {"identityMap.Phone_E//.164"};
    project.segments[0].deduplication_keys.clear();
    const auto desired = desired_flow(project);
    for (const char* field : {"Phone_E.164", "identityMap.Phone_E//.164"}) {
        auto live = flow_with(R"({"profileSelectors":{"selectors":[
            {"type":"JSON_PATH","value":{"path":"Phone_E.164","identity":{"namespace":"Phone_E.164"}}},
            {"type":"JSON_PATH","value":{"path":"person.name.firstName"}}],
            "mandatoryFields":["FIELD"],
            "primaryFields":[{"fieldType":"IDENTITY","identityNamespace":"Phone_E.164"}]},
            "segmentSelectors":{"selectors":[]}})");
        *json::find(live.document, "/transformations/0/params/profileSelectors/mandatoryFields/0") =
            field;
        const auto content = normalise::align(canonical(live), live, desired);
        CHECK(content["attributes"] == desired.content["attributes"]);
        CHECK(content["mandatoryFields"] == desired.content["mandatoryFields"]);
        CHECK(content["deduplicationKeys"].is_null()); // the service's own choice
    }
}

TEST_CASE("attributes: an identity that git gives up is still known by its path") {
    const auto document = flow_with(R"({"profileSelectors":{"selectors":[
        {"type":"JSON_PATH","value":{"path":"Phone_E.164","identity":{"namespace":"Phone_E.164"}}}]}})")
                              .document;
    CHECK(normalise::attribute_keys(document, {}) ==
          std::vector<std::string>{"identityMap.Phone_E//.164"});
    CHECK(normalise::attribute_keys(document, {{"Phone_E.164", "JSON_PATH"}}) ==
          std::vector<std::string>{"Phone_E.164"});
}

TEST_CASE("attributes: one patch replaces, removes from the last index down, and adds") {
    auto project = test::segment_project_for("oracle-eloqua");
    project.segments[0].attributes = {"b", "d", "new"};
    const auto desired = desired_flow(project);
    const auto live = flow_with(R"({"profileSelectors":{"selectors":[
        {"type":"JSON_PATH","value":{"path":"a"}},{"type":"OTHER","value":{"path":"b"}},
        {"type":"JSON_PATH","value":{"path":"c"}},{"type":"JSON_PATH","value":{"path":"d"}}]},
        "segmentSelectors":{"selectors":[]}})");
    auto fields = diff::compare(normalise::align(canonical(live), live, desired), desired.content);
    std::erase_if(fields,
                  [](const auto& field) { return !field.pointer.starts_with("/attributes"); });
    plan::Patch patch;
    plan::Template request;
    plan::patch_transformation(patch, request, desired, live, fields, {});
    std::string operations;
    const auto list = patch.take();
    for (const auto& operation : list.as_array()) {
        const auto& path = operation["path"].as_string();
        operations += operation["op"].as_string() + path.substr(path.rfind('/')) + " " +
                      operation["value"]["value"]["path"].as_string() + "; ";
    }
    CHECK(operations == "replace/1 b; remove/2 c; remove/0 a; add/- new; ");
}

TEST_CASE("attributes: a dataflow that has no list of them gets one first") {
    const auto desired = desired_flow(test::segment_project_for("oracle-eloqua"));
    const auto live = flow_with(R"({"segmentSelectors":{"selectors":[]}})");
    auto fields = diff::compare(normalise::align(canonical(live), live, desired), desired.content);
    plan::Patch patch;
    plan::Template request;
    plan::patch_transformation(patch, request, desired, live, fields, {});
    const auto operations = patch.take();
    const auto added = std::find_if(
        operations.as_array().begin(), operations.as_array().end(), [](const auto& operation) {
            return operation["path"].as_string().ends_with("/profileSelectors");
        });
    REQUIRE(added != operations.as_array().end());
    CHECK(json::write((*added)["value"]) == R"({"selectors":[]})");
    CHECK((*(added + 1))["path"].as_string().ends_with("/profileSelectors/selectors/-"));
}

TEST_CASE("attributes: a path that the profile does not have is warned of when it is written") {
    auto project = test::segment_project_for("oracle-eloqua");
    project.segments[0].attributes = {"person.nmae", "identityMap.Emial"};
    project.segments[0].mandatory_fields.clear();
    const auto desired = test::desired_of(project);
    const auto plan = test::plan_of(desired, {"acme", {}});
    REQUIRE(plan::writes_columns(plan));
    const auto schema = json::parse(R"({"properties":{"person":{"properties":{"name":{}}}}})");
    const auto notes = plan::check_sources(plan, {*schema, {"Email"}});
    CHECK(codes(notes) == std::vector<std::string>{"unknown-attribute", "unknown-namespace"});
    CHECK(notes.at(0).message ==
          "attribute person.nmae: the sandbox's profiles have no person.nmae");
    CHECK_FALSE(plan::writes_columns(test::plan_of(desired, test::applied(desired))));
}

TEST_CASE("flow specs: the one of that name counts that serves the destination") {
    const auto desired = test::desired_of(test::segment_project_for("adobe-campaign"));
    const auto& catalogue = catalogue::Catalogue::embedded();
    const auto& campaign = *catalogue.find("adobe-campaign");
    model::LiveGraph live{"acme", {}};
    live.flow_specs = {named_spec("another", "0b23e41a-0000-4000-8000-000000000000"),
                       named_spec("the-one", campaign.connection_spec_id)};
    const auto resolved = plan::resolve_flow_specs(desired, live, catalogue, {});
    REQUIRE(resolved.desired);
    const auto* flow = resolved.desired->find({model::EntityKind::flow, "loyalty"});
    CHECK(flow->content["flowSpec"].as_string() == "the-one");
    CHECK(resolved.unresolved.empty());

    live.flow_specs->pop_back();
    const auto missing = plan::resolve_flow_specs(desired, live, catalogue, {});
    CHECK(missing.unresolved.contains("loyalty"));
    REQUIRE(codes(missing.notes) == std::vector<std::string>{"flow-spec-missing"});
    CHECK(missing.notes[0].severity == Severity::error);
    CHECK(test::plan_of(desired, live).steps.empty() == false); // the account is made
    for (const auto& change : test::plan_of(desired, live).changes) {
        CHECK(change.key.name != "loyalty");
    }
}

TEST_CASE("flow specs: what is not selected is not complained about") {
    const auto& catalogue = catalogue::Catalogue::embedded();
    auto live = test::applied(test::desired_of(test::segment_project_for("oracle-eloqua")));
    *json::find(test::live_at(live, "loyalty.target").document, "/connectionSpec/id") =
        catalogue.find("adobe-campaign")->connection_spec_id;
    live.flow_specs_unknown = "not allowed";
    const model::DesiredGraph nothing{"acme", {}, {}};
    const auto all = plan::resolve_flow_specs(nothing, live, catalogue, {});
    CHECK(codes(all.notes) == std::vector<std::string>{"flow-spec-not-read"});
    const auto none = plan::resolve_flow_specs(nothing, live, catalogue,
                                               [](const model::EntityKey&) { return false; });
    CHECK(none.notes.empty());
}

TEST_CASE("profile store: a plan tells how many exports use what it replaces") {
    auto project = test::segment_project_for("oracle-eloqua");
    project.segments.push_back(project.segments[0]);
    project.segments[1].metadata.name = "second";
    const auto desired = test::desired_of(project);
    auto live = test::applied(desired);
    auto& source = test::live_at(live, "ProfileStore.source");
    source.document.make_object()["baseConnectionId"] = "another";
    const auto plan = test::plan_of(desired, live);
    const auto change =
        std::find_if(plan.changes.begin(), plan.changes.end(), [](const auto& candidate) {
            return model::address(candidate.key) == "ProfileStore.source";
        });
    REQUIRE(change != plan.changes.end());
    CHECK(change->action == plan::Action::replace);
    CHECK(change->effects == std::vector<std::string>{"used by 2 exports"});
}
