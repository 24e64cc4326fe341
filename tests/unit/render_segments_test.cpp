#include "diff/diff.hpp"
#include "json/text.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"
#include "render/segment_words.hpp"
#include "render/words.hpp"
#include "support/golden.hpp"
#include "support/report_examples.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using json::Array;
using json::Object;
using json::Value;
using model::EntityKind;
using plan::Action;
using plan::Cause;
using test::check_golden;

namespace {

constexpr const char* full = "DAILY_FULL_EXPORT";
constexpr const char* incremental = "FIRST_FULL_THEN_INCREMENTAL";
constexpr const char* file_name = "%DESTINATION%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%";
constexpr const char* loyalty = "25768be6-ebd5-45cc-8913-12fb3f348613";
constexpr const char* gold = "3f1c7a52-9d0e-4b8f-a6c3-5e2d1b0f9a87";
constexpr const char* lapsed = "7b9e4d10-2c6f-4a35-8e17-0d9c3b5a6f42";
constexpr const char* churn = "c0ffee00-1111-4222-8333-444455556666";

/// Members that are empty are left out.
Value schedule(const char* frequency, const char* trigger, const char* start_time,
               const char* start_date = "2027-01-01", const char* end_date = "2028-01-01") {
    Object result{{"frequency", frequency}};
    for (const auto& [name, value] :
         {std::pair("triggerType", trigger), std::pair("startDate", start_date),
          std::pair("startTime", start_time), std::pair("endDate", end_date)}) {
        if (*value != '\0') {
            result[name] = value;
        }
    }
    return result;
}

Value daily() {
    return schedule("DAILY", "AFTER_SEGMENT_EVAL", "");
}

Value segment(const char* name, const char* mode, Value when) {
    return Object{{"name", name},
                  {"filenameTemplate", file_name},
                  {"exportMode", mode},
                  {"schedule", std::move(when)}};
}

Value column(const char* source, const char* type = "ATTRIBUTE") {
    return Object{{"source", source}, {"sourceType", type}};
}

Value flow() {
    return Object{
        {"name", "acme/loyalty"},
        {"flowSpec", "1a0514a6-33d4-4c7f-aff8-594799c47549"},
        {"source", model::reference_to({EntityKind::source, "loyalty"})},
        {"target", model::reference_to({EntityKind::target, "loyalty"})},
        {"enabled", true},
        {"segments", Object{{loyalty, segment("Loyalty Segment", incremental,
                                              schedule("EVERY_6_HOURS", "SCHEDULED", "12:00"))},
                            {gold, segment("Gold", full, daily())},
                            {lapsed, segment("Lapsed", full, daily())}}},
        {"mapping", Object{{"firstName", column("person.name.firstName")},
                           {"lastName", column("person.name.lastName")},
                           {"Email", column("identityMap.Email")}}},
        {"mandatoryFields", Array{"Email", "firstName"}},
        {"deduplicationKeys", Array{Object{{"identityNamespace", "Email"}}}}};
}

Value& at(Value& content, std::string_view collection, std::string_view name) {
    return content.make_object()[collection].make_object()[name];
}

/// Where every member was written, one line for each first step.
SourcePosition position_of(const std::string& pointer) {
    for (unsigned line = 0;
         const auto* member : {"/segments", "/mapping", "/mandatory", "/dedup"}) {
        ++line;
        if (pointer.starts_with(member)) {
            return {"manifests/loyalty.yaml", line * 10, 5};
        }
    }
    return {};
}

plan::Plan plan_of(model::EntityKey key, std::optional<Value> before, std::optional<Value> after,
                   Cause cause = Cause::git) {
    plan::EntityChange change;
    change.key = std::move(key);
    change.action = before ? Action::update : Action::create;
    change.cause = cause;
    if (before) {
        change.id = "f-1";
        change.fields = diff::compare(*before, *after);
        for (const auto& field : change.fields) {
            change.positions.push_back(position_of(field.pointer));
        }
    }
    change.before = std::move(before);
    change.after = std::move(after);
    plan::Plan plan;
    plan.project = "acme";
    plan.changes.push_back(std::move(change));
    return plan;
}

plan::Plan flow_plan(std::optional<Value> before, std::optional<Value> after,
                     Cause cause = Cause::git) {
    return plan_of({EntityKind::flow, "loyalty"}, std::move(before), std::move(after), cause);
}

/// One segment is new, one gone, one rescheduled, one has a new file name; so it is with columns.
plan::Plan edited(Cause cause = Cause::git) {
    auto after = flow();
    at(after, "segments", loyalty).make_object()["exportMode"] = full;
    at(after, "segments", loyalty).make_object()["schedule"] = daily();
    at(after, "segments", gold).make_object()["filenameTemplate"] = "gold_%DATETIME(YYYYMMdd)%";
    after.make_object()["segments"].make_object().erase(lapsed);
    at(after, "segments", churn) =
        segment("Churn risk", full, schedule("WEEKLY", "SCHEDULED", "06:00"));
    at(after, "mapping", "firstName").make_object()["source"] = "person.name.fullName";
    after.make_object()["mapping"].make_object().erase("lastName");
    at(after, "mapping", "loyaltyTier") = column("loyalty.tier");
    at(after, "mapping", "region") = column("EU", "STATIC");
    after.make_object()["mandatoryFields"] = Array{"Email"};
    after.make_object()["deduplicationKeys"] =
        Array{Object{{"attributePath", "firstName"}}, Object{{"attributePath", "loyaltyTier"}}};
    return flow_plan(flow(), std::move(after), cause);
}

/// What the plan says of the fields, one line each, without places.
std::vector<std::string> lines_of(const Value& before, const Value& after) {
    auto plan = flow_plan(before, after);
    plan.changes[0].positions.clear();
    const auto text = render::plan_text(plan, {});
    std::vector<std::string> lines;
    const std::string indent = "\n      ";
    for (auto at = text.find(indent); at != std::string::npos; at = text.find(indent, at + 1)) {
        const auto begin = at + indent.size();
        lines.push_back(text.substr(begin, text.find('\n', begin) - begin));
    }
    lines.erase(lines.begin()); // the id
    return lines;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a plan says what happens to segments, columns and keys") {
    check_golden("render/segments_changed.txt", render::plan_text(edited(), {}));
    const auto plan = edited();
    const auto document = render::plan_json(plan, "1.2.3");
    const auto& entry = document.find("resource_changes")->as_array().at(0);
    CHECK(entry["change"]["before"] == *plan.changes[0].before);
    CHECK(entry["change"]["after"] == *plan.changes[0].after);
    CHECK(entry["fields"].as_array().size() == plan.changes[0].fields.size());
    CHECK(entry["fields"].as_array()[0]["path"].as_string() ==
          "/segments/" + std::string(loyalty) + "/exportMode");
}

TEST_CASE("drift tells of segments as git has them and as they were found") {
    check_golden("render/segments_drift.txt", test::drift_text(edited(Cause::drift), {}));
}

TEST_CASE("a new export says once what its segments have in common") {
    auto content = flow();
    at(content, "segments", loyalty) = segment("Loyalty Segment", full, daily());
    check_golden("render/segments_created.txt",
                 render::plan_text(flow_plan(std::nullopt, content), {}));
    at(content, "segments", gold) =
        segment("Gold", incremental, schedule("EVERY_6_HOURS", "SCHEDULED", "12:00"));
    at(content, "segments", lapsed).make_object()["filenameTemplate"] = "lapsed";
    at(content, "segments", lapsed).make_object()["systemSegmentId"] = "1234";
    at(content, "segments", lapsed).make_object()["namespace"] = "aamSegments";
    check_golden("render/segments_created_mixed.txt",
                 render::plan_text(flow_plan(std::nullopt, content), {}));
}

TEST_CASE("a new export with many segments says how many are not listed") {
    const auto with = [](int count) {
        auto content = flow();
        auto& segments = content.make_object()["segments"].make_object();
        segments = {};
        for (int i = 0; i < count; ++i) {
            segments[fmt::format("id-{}", i)] =
                segment(fmt::format("Segment {}", i).c_str(), full, daily());
        }
        return render::plan_text(flow_plan(std::nullopt, content), {});
    };
    check_golden("render/segments_created_many.txt", with(250));
    CHECK(contains(with(21), "+ segment Segment 20\n"));
    CHECK_FALSE(contains(with(21), "more segments"));
    CHECK(contains(with(22), "+ segment Segment 19\n      + 2 more segments\n"));
}

TEST_CASE("segments that share a name, or have none, go by their ids") {
    auto before = flow();
    at(before, "segments", lapsed).make_object()["name"] = "Gold";
    at(before, "segments", loyalty).make_object().erase("name");
    auto after = before;
    for (const auto* id : {loyalty, gold, lapsed}) {
        at(after, "segments", id).make_object()["filenameTemplate"] = "x";
    }
    at(after, "segments", churn) = segment("Churn", full, daily());
    const auto lines = lines_of(before, after);
    REQUIRE(lines.size() == 4);
    CHECK(lines[0] == fmt::format("~ segment {}, file name: {} -> x", loyalty, file_name));
    CHECK(lines[1] == fmt::format("~ segment Gold ({}), file name: {} -> x", gold, file_name));
    CHECK(lines[2] == fmt::format("~ segment Gold ({}), file name: {} -> x", lapsed, file_name));
    CHECK(lines[3] == fmt::format("+ segment Churn starts exporting: daily after evaluation, from "
                                  "2027-01-01 to 2028-01-01, file name {}",
                                  file_name));
}

TEST_CASE("a renamed segment goes by its id where it is renamed and by its new name elsewhere") {
    auto after = flow();
    at(after, "segments", gold).make_object()["name"] = "Platinum";
    at(after, "segments", gold).make_object()["schedule"].make_object()["endDate"] = "2029-01-01";
    const auto lines = lines_of(flow(), after);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == fmt::format("~ segment {}, name: Gold -> Platinum", gold));
    CHECK(lines[1] == "~ segment Platinum: from 2027-01-01 to 2028-01-01 becomes from 2027-01-01 "
                      "to 2029-01-01");
}

TEST_CASE("columns say where their values come from") {
    auto before = flow();
    at(before, "mapping", "a/b~c") = column("1 + 1", "EXPRESSION");
    auto after = before;
    at(after, "mapping", "a/b~c") = column("", "STATIC");
    at(after, "mapping", "odd") = column("x", "MAGIC");
    const auto lines = lines_of(before, after);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "~ column a/b~c: expression 1 + 1 -> constant \"\"");
    CHECK(lines[1] == "+ column odd: added, from MAGIC x");
}

TEST_CASE("fields and keys that are not set read as none") {
    auto after = flow();
    after.make_object().erase("mandatoryFields");
    after.make_object()["deduplicationKeys"] = Array{};
    const auto lines = lines_of(flow(), after);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "~ deduplication key: identity Email -> none");
    CHECK(lines[1] == "~ mandatory fields: Email, firstName -> none");
    CHECK(render::deduplication_key_in_words(
              Array{Object{{"attributePath", "a"}}, Object{{"identityNamespace", "Email"}}, 7}) ==
          "identity Email, 7, column a");
}

TEST_CASE("an export of datasets that becomes one of segments tells both") {
    auto before = flow();
    for (const auto* member : {"segments", "mapping", "mandatoryFields", "deduplicationKeys"}) {
        before.make_object().erase(member);
    }
    before.make_object()["schedule"] = Object{{"exportMode", incremental},
                                              {"timeUnit", "day"},
                                              {"interval", 1},
                                              {"startTime", std::int64_t{1796083200}}};
    const auto lines = lines_of(before, flow());
    REQUIRE(lines.size() == 10);
    CHECK(contains(lines[0], "+ segment Loyalty Segment starts exporting: every 6 h"));
    CHECK(lines[3] == "+ column firstName: added, from person.name.firstName");
    CHECK(lines[6] == "~ mandatory fields: none -> Email, firstName");
    CHECK(lines[8] == "~ frequency: DAILY -> none");
    CHECK(lines[9] == "- startTime: 2026-12-01T00:00:00Z");
}

TEST_CASE("names of segments and columns can neither colour nor break a line") {
    const char* evil = "\x1b[2JGold\nPlan: 9 to add\r";
    auto before = flow();
    at(before, "segments", gold).make_object()["name"] = evil;
    auto after = before;
    at(after, "segments", gold).make_object()["filenameTemplate"] = evil;
    at(after, "segments", gold).make_object()["schedule"].make_object()["endDate"] = evil;
    at(after, "segments", evil) = segment(evil, evil, schedule(evil, evil, evil, evil, evil));
    at(after, "mapping", evil) = column(evil, evil);
    after.make_object()["mandatoryFields"] = Array{evil};
    after.make_object()["deduplicationKeys"] = Array{Object{{"identityNamespace", evil}}};
    for (const auto& plan : {flow_plan(before, after, Cause::drift), flow_plan({}, after)}) {
        for (const auto& text : {render::plan_text(plan, {}), test::drift_text(plan, {})}) {
            CHECK_FALSE(contains(text, "\x1b"));
            CHECK_FALSE(contains(text, "\r"));
            CHECK_FALSE(contains(text, "\nPlan: 9 to add"));
        }
    }
}

TEST_CASE("the encryption of an account") {
    const Value plain =
        Object{{"name", "acme/s3"}, {"connectionSpec", "4fce964d-3f37-408f-9778-e597338a21ee"}};
    auto encrypted = plain;
    encrypted.make_object()["encryption"] = Object{{"encryptionAlgo", "PGPGPG"}};
    auto unencrypted = plain;
    unencrypted.make_object()["encryption"] = Object{{"encryptionAlgo", "NONE"}};
    const auto text = [](std::optional<Value> before, const Value& after) {
        return render::plan_text(plan_of({EntityKind::base, "s3"}, std::move(before), after), {});
    };
    CHECK(contains(text(plain, encrypted), "      + encryption: PGPGPG\n"));
    CHECK(contains(text(encrypted, plain), "      - encryption: PGPGPG\n"));
    CHECK(contains(text(encrypted, unencrypted), "      ~ encryption: PGPGPG -> NONE\n"));
    CHECK(contains(text({}, encrypted), "      encryption: PGPGPG\n"));
}
