#include "catalogue/catalogue.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "plan/guards.hpp"
#include "plan/saved.hpp"
#include "render/apply_report.hpp"
#include "render/plan_json.hpp"
#include "render/saved_plan.hpp"
#include "support/command_line.hpp"
#include "support/files.hpp"
#include "support/graphs.hpp"
#include "support/output_schemas.hpp"
#include "support/report_examples.hpp"
#include "support/segments.hpp"
#include "support/world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using json::Value;
using test::applied;
using test::Before;
using test::CommandLine;
using test::desired_of;
using test::embedded_schema;
using test::live_at;
using test::plan_of;

namespace {

constexpr const char* outputs[] = {"plan", "drift", "apply", "error"};

/// A document, and where it comes from.
struct Example {
    std::string name;
    Value document;
};
using Examples = std::vector<Example>;

Value parsed(const std::string& text) {
    auto value = json::parse(text);
    INFO(text);
    REQUIRE(value);
    return std::move(*value);
}

Value document_of(const plan::Plan& plan) {
    return parsed(json::write_pretty(render::plan_json(plan, "1.2.3")));
}

void add_file(Examples& examples, const std::string& name) {
    examples.push_back({name, parsed(test::read_file(test::test_data_folder() / name))});
}

/// Changes of segments, columns and keys that others made, among them what no manifest can say.
plan::Plan segments_drifted() {
    const auto desired = desired_of(test::segment_project());
    auto live = applied(desired);
    auto& flow = live_at(live, "loyalty.flow");
    auto* selectors =
        json::find(flow.document, "/transformations/0/params/segmentSelectors/selectors");
    REQUIRE(selectors != nullptr);
    auto other = selectors->as_array().front();
    other.make_object()["type"] = "OTHER";
    *json::find(other, "/value/id") = "another";
    selectors->make_array().push_back(other);
    return plan_of(desired, live);
}

/// What somebody set for one target is nothing that a manifest can say.
plan::Plan target_encrypted() {
    const auto desired = desired_of(test::small_project());
    auto live = applied(desired);
    auto& params = live_at(live, "devices.target").document.make_object()["params"].make_object();
    params["encryptionSpecs"] = json::Object{{"encryptionAlgo", "PGP/GPG"}};
    return plan_of(desired, live);
}

plan::Plan refused() {
    const auto live = applied(desired_of(test::small_project()));
    auto plan = plan_of({"acme", {}, {}}, live);
    plan::Guards guards;
    guards.no_exports = true;
    plan::guard(plan, live, guards);
    REQUIRE(plan.refused);
    return plan;
}

/// Each destination of the catalogue with each way to sign in, made anew and destroyed.
void add_destinations(Examples& examples) {
    for (const auto& destination : catalogue::Catalogue::embedded().all()) {
        for (const auto& auth_spec : test::auth_specs_of(destination)) {
            auto project = test::segment_project_for(destination.slug, auth_spec);
            for (const auto& parameter : destination.target_parameters) {
                if (parameter.type == "boolean") {
                    project.segments[0].destination[parameter.name] = true;
                }
            }
            const auto desired = desired_of(project);
            const auto name = destination.slug + " " + auth_spec;
            examples.push_back({name + ", created", document_of(plan_of(desired, {"acme", {}}))});
            examples.push_back(
                {name + ", deleted", document_of(plan_of({"acme", {}, {}}, applied(desired)))});
        }
    }
}

plan::SavedPlan saved_plan() {
    plan::SavedPlan saved;
    saved.shown = render::plan_json(test::mixed_plan(), "1.2.3");
    saved.origin = {"acme", "prod", "https://platform.adobe.io", "5555@AdobeOrg", "prod"};
    saved.narrowing = {{"exports"}, {"team=crm"}, {"devices"}};
    saved.allowed_deletes = 7;
    saved.manifests = {{"penstock.yaml", "kind: Project\n"}};
    saved.pins = {{{model::EntityKind::flow, "devices"}, "f-1", "\"1\"", "0123", true}};
    saved.created_at = "2026-12-01T00:00:00Z";
    return saved;
}

Examples pure_plans() {
    Examples examples;
    for (const char* name : {"golden/render/plan_mixed.json", "golden/render/plan_create.json",
                             "golden/render/show.json"}) {
        add_file(examples, name);
    }
    const auto desired = desired_of(test::small_project());
    examples.push_back({"nothing to do", document_of(plan_of(desired, applied(desired)))});
    examples.push_back({"segments drifted", document_of(segments_drifted())});
    examples.push_back({"target encrypted", document_of(target_encrypted())});
    examples.push_back({"refused", document_of(refused())});
    examples.push_back({"plan file", parsed(plan::write_saved(saved_plan()))});
    examples.push_back({"shown", Value(render::saved_plan_json(saved_plan()))});
    add_destinations(examples);
    const auto worked = desired_of(test::example_project());
    examples.push_back(
        {"manifests/, created", document_of(plan_of(worked, {"worked-examples", {}}))});
    examples.push_back({"manifests/, deleted",
                        document_of(plan_of({"worked-examples", {}, {}}, applied(worked)))});
    return examples;
}

/// What whole commands print; each that can end well and badly does both.
Examples printed() {
    Examples examples;
    CommandLine penstock;
    const auto run = [&](std::vector<std::string> words) {
        const auto name = fmt::format("{} {}", examples.size(), words.front());
        words.emplace_back("--json");
        examples.push_back({name, parsed(penstock(words).out)});
    };
    run({"plan", "--out", "plan.json"});
    run({"show", "plan.json"});
    run({"apply", "plan.json"});
    run({"apply", "plan.json"}); // it was applied already
    run({"plan", "--write", "text=/dev/full"});
    run({"drift", "--unmanaged", "--write", "text=/dev/full"});
    run({"apply", "--auto-approve", "--write", "text=/dev/full"});
    penstock.write("exports/devices-again.yaml", penstock.read("exports/devices.yaml"));
    run({"plan", "--write", "text=/dev/full"}); // two documents of one name
    run({"validate"});
    penstock.remove("exports/devices-again.yaml");
    penstock.variables["CLIENT_SECRET"] = "wrong-secret";
    run({"plan"});
    penstock.variables["CLIENT_SECRET"] = "p8e-very-secret";
    run({"plan", "--shard", "1/2"});
    run({"drift", "--shard", "2/2"});
    run({"apply", "--shard", "1/2", "--auto-approve"});
    run({"destroy", "--auto-approve"});
    run({"plan", "--shard", "4/4"}); // waits for the account of the second
    return examples;
}

/// All documents of one schema.
const Examples& examples_of(std::string_view name) {
    static const Examples all = [] {
        auto examples = pure_plans();
        for (const char* file :
             {"golden/render/drift.json", "golden/reports/drift.json",
              "golden/render/apply_incomplete.json", "golden/render/stale.json"}) {
            add_file(examples, file);
        }
        auto with_notes = test::partial_apply();
        with_notes.notes = test::mixed_plan().notes;
        examples.push_back({"notes", Value(render::apply_json(with_notes, "1.2.3"))});
        for (auto& example : printed()) {
            examples.push_back(std::move(example));
        }
        return examples;
    }();
    static std::map<std::string, Examples, std::less<>> of_schema;
    auto& chosen = of_schema[std::string(name)];
    if (chosen.empty()) {
        std::copy_if(all.begin(), all.end(), std::back_inserter(chosen), [&](const auto& example) {
            return test::schema_of(example.document) == name;
        });
    }
    return chosen;
}

json::Schema compiled(const Value& schema) {
    auto result = json::Schema::compile(schema);
    REQUIRE(result);
    return std::move(*result);
}

/// The document with the value at `pointer` set, or removed where `text` is empty.
Value changed(Value document, const std::string& pointer, const std::string& text) {
    const auto slash = pointer.rfind('/');
    auto* parent = json::find(document, pointer.substr(0, slash));
    INFO(pointer);
    REQUIRE(parent != nullptr);
    const auto name = pointer.substr(slash + 1);
    if (text.empty()) {
        REQUIRE(parent->make_object().erase(name));
    } else if (auto* place = json::find(document, pointer)) {
        *place = parsed(text);
    } else {
        parent->make_object()[name] = parsed(text);
    }
    return document;
}

const Value& example(const std::string& schema, const std::string& name) {
    for (const auto& candidate : examples_of(schema)) {
        if (candidate.name == name) {
            return candidate.document;
        }
    }
    FAIL("no example ", name);
    return examples_of(schema).front().document;
}

} // namespace

TEST_CASE("every document fits its schema, and has no member that is not described there") {
    for (const std::string name : outputs) {
        const auto open = compiled(embedded_schema(name));
        const auto closed = compiled(test::closed(embedded_schema(name), Before::closed));
        CHECK(examples_of(name).size() >= 3);
        for (const auto& example : examples_of(name)) {
            for (const auto* schema : {&open, &closed}) {
                for (const auto& fault : schema->check(example.document)) {
                    FAIL_CHECK(name, ", ", example.name, ": ", fault.pointer, ": ", fault.message);
                }
            }
        }
    }
}

TEST_CASE("every member that a schema describes occurs somewhere") {
    std::size_t members = 0;
    for (const std::string name : outputs) {
        const auto schema = test::closed(embedded_schema(name), Before::closed);
        for (const auto& pointer : test::described_members(embedded_schema(name))) {
            ++members;
            auto forbidding = schema;
            *json::find(forbidding, pointer) = false;
            const auto without = compiled(forbidding);
            const auto& examples = examples_of(name);
            const bool occurs =
                std::any_of(examples.begin(), examples.end(), [&](const auto& example) {
                    return !without.check(example.document).empty();
                });
            INFO(name, " ", pointer);
            CHECK(occurs);
        }
    }
    CHECK(members > 200);
}

TEST_CASE("every member has a description") {
    for (const std::string name : outputs) {
        const auto& schema = embedded_schema(name);
        for (const auto& pointer : test::described_members(schema)) {
            const auto* member = json::find(schema, pointer);
            REQUIRE(member != nullptr);
            const auto& reference = (*member)["$ref"].as_string();
            const auto* described =
                reference.empty() ? member : json::find(schema, reference.substr(1));
            INFO(name, " ", pointer);
            REQUIRE(described != nullptr);
            CHECK_FALSE((*described)["description"].as_string().empty());
        }
    }
}

TEST_CASE("what several schemas describe, they describe alike") {
    std::size_t shared = 0;
    for (const std::string name : outputs) {
        for (const auto& [word, definition] : embedded_schema(name)["definitions"].as_object()) {
            const auto& of_plan = embedded_schema("plan")["definitions"][word];
            if (!of_plan.is_null() && name != "plan") {
                ++shared;
                const std::string what = word; // a binding cannot be captured
                INFO(name, " ", what);
                CHECK(definition == of_plan);
            }
        }
    }
    CHECK(embedded_schema("apply")["definitions"]["error"] ==
          embedded_schema("error")["definitions"]["error"]);
    CHECK(shared == 8);
}

TEST_CASE("a later version may add members, and a reader of this one takes them") {
    const auto schema = compiled(embedded_schema("plan"));
    for (const std::string place :
         {"", "/counts", "/notes/0", "/resource_changes/1", "/resource_changes/1/change",
          "/resource_changes/1/change/before", "/resource_changes/1/change/after",
          "/resource_changes/1/change/after/params", "/resource_changes/1/change/after_unknown",
          "/resource_changes/1/fields/0", "/resource_changes/1/fields/0/position",
          "/resource_changes/1/audit"}) {
        CAPTURE(place);
        const auto document =
            changed(example("plan", "golden/render/plan_mixed.json"), place + "/later", "[1]");
        CHECK(schema.check(document).empty());
        const auto closed = compiled(test::closed(embedded_schema("plan"), Before::closed));
        CHECK_FALSE(closed.check(document).empty());
    }
}

TEST_CASE("the schema of plans refuses what is no plan") {
    struct Change {
        const char* example;
        std::string pointer;
        std::string text;
    };
    const auto* mixed = "golden/render/plan_mixed.json";
    const auto* created = "golden/render/plan_create.json";
    const std::string target = "/resource_changes/1";
    const std::string flow = "/resource_changes/2/change/after";
    const std::vector<Change> changes{
        {mixed, "/format_version", R"("2.0")"},
        {mixed, "/format_version", "1.0"},
        {mixed, "/resource_changes", "{}"},
        {mixed, "/errored", R"("no")"},
        {mixed, "/counts/add", "-1"},
        {mixed, "/counts/destroy", ""},
        {mixed, "/notes/0/severity", R"("fatal")"},
        {mixed, "/notes/0/hint", "7"},
        {mixed, target, "null"},
        {mixed, target + "/mode", R"("data")"},
        {mixed, target + "/type", R"("bucket")"},
        {mixed, target + "/cause", R"("somebody")"},
        {mixed, target + "/sent", R"([{"name": "s3SecretKey"}])"},
        {mixed, target + "/fields/0/path", ""},
        {mixed, target + "/fields/0/position/line", R"("12")"},
        {mixed, target + "/audit/updated_by", "[]"},
        {mixed, target + "/change/actions", R"("update")"},
        {mixed, target + "/change/actions", R"(["delete", "create"])"},
        {mixed, target + "/change/actions", R"(["create"])"}, // it has a `before`
        {mixed, target + "/change/actions", R"(["delete"])"}, // it has an `after`
        {mixed, target + "/change/before", "null"},
        {mixed, target + "/change/after", "null"},
        {mixed, target + "/change/after_unknown", R"({"base": false})"},
        {mixed, target + "/change/after_sensitive", R"({"auth": {"params": {"x": "secret"}}})"},
        {mixed, target + "/change/after/params/compression", R"("ZIP")"},
        {mixed, target + "/change/after/params/bucketName", "7"},
        {mixed, target + "/change/after/base", "{}"},
        {mixed, target + "/change/after/base", R"({"entity": "a.base", "id": "b"})"},
        {mixed, target + "/type", R"("dataflow")"}, // and its content is none of a dataflow
        {mixed, flow + "/enabled", "1"},
        {mixed, flow + "/schedule/interval", R"("3")"},
        {mixed, flow + "/schedule", ""},
        {mixed, flow + "/segments", "{}"}, // beside a schedule
        {created, "/resource_changes/0/id", "7"},
        {"segments drifted", "/resource_changes/0/change/after/deduplicationKeys/0",
         R"({"identityNamespace": "Email", "attributePath": "b"})"},
        {"segments drifted", "/resource_changes/0/change/after/mapping/Email/sourceType",
         R"("text/x.schema-path")"},
        {"plan file", "/pins", ""},
        {"plan file", "/pins/0/stays", "null"},
        {"plan file", "/manifests/0", R"("penstock.yaml")"},
        {"plan file", "/origin/sandbox", ""},
        {"shown", "/allow_deletes", "-1"},
        {"shown", "/origin", ""},
    };
    const auto schema = compiled(embedded_schema("plan"));
    for (const auto& change : changes) {
        CAPTURE(change.pointer);
        CAPTURE(change.text);
        const auto& document = example("plan", change.example);
        CHECK_FALSE(schema.check(changed(document, change.pointer, change.text)).empty());
    }
    for (const char* name : {"/project", "/applyable", "/complete", "/refused", "/notes"}) {
        CAPTURE(name);
        CHECK_FALSE(schema.check(changed(example("plan", created), name, "")).empty());
    }
    CHECK_FALSE(schema.check(examples_of("error").front().document).empty());
}

TEST_CASE("the schemas of the other documents tell each from the others") {
    for (const std::string name : outputs) {
        const auto schema = compiled(embedded_schema(name));
        for (const std::string other : outputs) {
            const bool fits = schema.check(examples_of(other).front().document).empty();
            INFO(name, " ", other);
            CHECK(fits == (name == other));
        }
    }
}

TEST_CASE("the schema of plans describes each parameter of the catalogue") {
    const auto& definitions = embedded_schema("plan")["definitions"];
    const auto& target = definitions["target_params"]["properties"];
    const auto& auth =
        definitions["base_connection"]["properties"]["auth"]["properties"]["params"]["properties"];
    std::set<std::string> of_targets{"encryptionSpecs"};
    std::set<std::string> of_accounts;
    for (const auto& destination : catalogue::Catalogue::embedded().all()) {
        for (const auto& parameter : destination.target_parameters) {
            of_targets.insert(parameter.name);
            std::set<std::string> values;
            for (const auto& value : target[parameter.name]["enum"].as_array()) {
                values.insert(value.as_string());
            }
            for (const auto& value : parameter.values) {
                INFO(destination.slug, " ", parameter.name, " ", value);
                CHECK((values.empty() || values.contains(value)));
            }
            for (const auto& member : parameter.members) {
                INFO(parameter.name, " ", member.name);
                CHECK(target[parameter.name]["properties"][member.name].is_object());
            }
        }
        for (const auto& variant : destination.target_variants) {
            for (const auto& [name, value] : variant.constants) {
                of_targets.insert(name);
            }
        }
        for (const auto& spec : destination.auth_specs) {
            for (const auto& parameter : spec.parameters) {
                of_accounts.insert(parameter.name);
            }
        }
    }
    const auto names = [](const Value& properties) {
        std::set<std::string> result;
        for (const auto& [name, property] : properties.as_object()) {
            result.insert(name);
        }
        return result;
    };
    CHECK(names(target) == of_targets);
    CHECK(names(auth) == of_accounts);
}
