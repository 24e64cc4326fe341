#include "support/legacy_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

using namespace penstock;
using test::at;
using test::attribute_key;
using test::attributes;
using test::code_of;
using test::identity_key;
using test::legacy_selector;
using test::LegacyFixture;
using test::profile_selector;
using test::segments_end;
using test::with;

namespace {

/// The value of a profile selector as section 4.5 has it.
json::Value completed(std::string_view path, std::string_view code) {
    json::Object value{{"path", path}, {"operator", "EXISTS"}};
    if (!code.empty()) {
        value["identity"] = json::Object{{"namespace", code}};
    }
    value["mapping"] = json::Object{{"sourceType", "text/x.schema-path"},
                                    {"source", path},
                                    {"destination", path},
                                    {"identity", false},
                                    {"primaryIdentity", false},
                                    {"functionVersion", 0},
                                    {"copyModeMapping", false},
                                    {"sourceAttribute", path},
                                    {"destinationXdmPath", path}};
    return value;
}

json::Value value_of(LegacyFixture& fixture, std::size_t index) {
    const auto shown = fixture.params();
    return shown["profileSelectors"]["selectors"].as_array().at(index)["value"];
}

} // namespace

TEST_CASE("emulator: the service completes profile selectors; switch identity_path") {
    LegacyFixture fixture;
    auto sent = with(profile_selector("identityMap.Email"), "/value/identity",
                     json::Object{{"namespace", "Other"}});
    sent = with(sent, "/value/mapping", json::Object{{"source", "other"}});
    REQUIRE(fixture.add_attribute(sent).status == 200);
    fixture.select({"person.name.lastName", "identityMap.Phone_E//.164", "identityMapped"});
    CHECK(value_of(fixture, 0) == completed("identityMap.Email", "Email"));
    CHECK(value_of(fixture, 1) == completed("person.name.lastName", ""));
    CHECK(value_of(fixture, 2) == completed("identityMap.Phone_E//.164", "Phone_E.164"));
    CHECK(value_of(fixture, 3) == completed("identityMapped", ""));
    fixture.flip("identity_path=namespace");
    CHECK(value_of(fixture, 0) == completed("Email", "Email"));
    CHECK(value_of(fixture, 1) == completed("person.name.lastName", ""));
    CHECK(value_of(fixture, 2) == completed("Phone_E.164", "Phone_E.164"));
    CHECK(value_of(fixture, 3) == completed("identityMapped", ""));
    fixture.flip("identity_path=kept");
    CHECK(value_of(fixture, 0) == completed("identityMap.Email", "Email"));
}

TEST_CASE("emulator: file names of legacy exports") {
    LegacyFixture fixture;
    int count = 0;
    const auto accepted = [&](const std::string& name) {
        const auto added =
            with(legacy_selector(fmt::format("s{}", ++count)), "/value/filenameTemplate", name);
        return fixture.add(segments_end, added).status == 200;
    };
    const std::string both = "%DESTINATION_NAME%_%SEGMENT_ID%";
    CHECK(accepted(both));
    CHECK(accepted("%SEGMENT_ID%%DESTINATION_NAME%"));
    CHECK(accepted(both + "_%SEGMENT_NAME%_%TIMESTAMP%_custom-text"));
    CHECK(accepted(both + "_%DATETIME(YYYYMMdd_HHmmss)%"));
    CHECK_FALSE(accepted("plain-text"));
    CHECK_FALSE(accepted("%DESTINATION_NAME%"));
    CHECK_FALSE(accepted("%SEGMENT_ID%"));
    CHECK_FALSE(accepted("DESTINATION_NAME_SEGMENT_ID"));
    CHECK_FALSE(accepted(both + "_%TIMESTAMP%_%DATETIME(YYYYMMdd_HHmmss)%"));
    for (const char* token : {"DESTINATION", "DESTINATION_INSTANCE_ID", "DESTINATION_INSTANCE_NAME",
                              "ORGANIZATION_NAME", "SANDBOX_NAME", "CUSTOMER"}) {
        INFO(token);
        CHECK_FALSE(accepted(fmt::format("{}_%{}%", both, token)));
    }
    CHECK_FALSE(accepted(both + std::string(255, 'a')));
    CHECK(code_of(fixture.add(segments_end, test::selector("s"))) == "1455-400");
}

TEST_CASE("emulator: schedules of legacy exports are those of the new cards") {
    LegacyFixture fixture;
    auto weekly = with(legacy_selector("a"), "/value/exportMode", "DAILY_FULL_EXPORT");
    weekly = with(weekly, "/value/schedule/frequency", "WEEKLY");
    CHECK(code_of(fixture.add(segments_end, weekly)) == "1455-400");
    weekly = with(weekly, "/value/schedule/triggerType", "SCHEDULED");
    fixture.flip("long_frequencies=refuse");
    CHECK(code_of(fixture.add(segments_end, weekly)) == "1455-400");
    fixture.flip("long_frequencies=accept");
    CHECK(fixture.add(segments_end, weekly).status == 200);
    const auto chained = with(legacy_selector("b"), "/value/schedule/frequency", "CHAINED");
    CHECK(code_of(fixture.add(segments_end, chained)) == "1455-400");
}

TEST_CASE("emulator: switch selector_order shuffles profile selectors too") {
    const auto shuffle = [](LegacyFixture& fixture) {
        std::vector<std::string> selected;
        for (int i = 0; i < 12; ++i) {
            selected.push_back(fmt::format("a{:02}", i));
        }
        fixture.select(selected);
        CHECK(fixture.paths() == selected);
        fixture.flip("selector_order=shuffled");
        REQUIRE(fixture.patch(fixture.path, "replace", "/name", "Other").status == 200);
        return selected;
    };
    LegacyFixture fixture;
    const auto selected = shuffle(fixture);
    const auto shown = fixture.paths();
    CHECK(shown != selected);
    CHECK(std::set(shown.begin(), shown.end()) == std::set(selected.begin(), selected.end()));
    LegacyFixture again;
    shuffle(again);
    CHECK(again.paths() == shown);
    // Indexes count in the order that was shown.
    REQUIRE(
        fixture.patch(fixture.path, "remove", attributes + "/3", profile_selector("x")).status ==
        200);
    const auto left = fixture.paths();
    CHECK(left.size() == 11);
    CHECK(std::find(left.begin(), left.end(), shown[3]) == left.end());
}

TEST_CASE("emulator: switch skeleton_on_get trims empty profile selectors") {
    LegacyFixture fixture;
    CHECK(fixture.params().as_object().size() == 2);
    fixture.flip("skeleton_on_get=trimmed");
    CHECK(fixture.params().as_object().empty());
    fixture.select({"a"});
    CHECK(fixture.params().as_object().size() == 1);
    const auto mandatory = at("profileSelectors/mandatoryFields");
    REQUIRE(fixture.add(mandatory, json::Array{}).status == 200);
    REQUIRE(fixture.add(at("profileSelectors/primaryFields"), json::Array{}).status == 200);
    CHECK(fixture.params()["profileSelectors"].as_object().size() == 1);
    REQUIRE(fixture.add(mandatory, json::Array{"a"}).status == 200);
    CHECK(fixture.params()["profileSelectors"].as_object().size() == 2);
    fixture.flip("skeleton_on_get=kept");
    CHECK(fixture.params()["profileSelectors"].as_object().size() == 3);
}

TEST_CASE("emulator: switch automatic_dedup on a legacy flow") {
    LegacyFixture fixture;
    const auto keys = [&] { return fixture.params()["profileSelectors"]["primaryFields"]; };
    fixture.flip("automatic_dedup=injected");
    fixture.select({"personalEmail.address"});
    CHECK(keys().is_null());
    fixture.select({"identityMap.ECID"});
    const json::Value ecid = json::Array{identity_key("ECID")};
    CHECK(keys() == ecid);
    CHECK(fixture.params()["primaryFields"].is_null());
    fixture.flip("automatic_dedup=absent");
    CHECK(keys().is_null());
    fixture.flip("automatic_dedup=injected");
    const json::Value own = json::Array{attribute_key("personalEmail.address")};
    REQUIRE(fixture.add(at("profileSelectors/primaryFields"), own).status == 200);
    CHECK(keys() == own);
    REQUIRE(fixture.add(at("profileSelectors/primaryFields"), json::Array{}).status == 200);
    CHECK(keys() == ecid);
    fixture.select({"identityMap.Email"});
    CHECK(keys().as_array().empty());
}

TEST_CASE("emulator: runs of legacy flows count the segments that they export") {
    LegacyFixture fixture;
    const auto query =
        "/runs?property=flowId%3D%3D" + fixture.get(fixture.path).item()["id"].as_string();
    const auto daily = with(legacy_selector("gold"), "/value/schedule/frequency", "DAILY");
    REQUIRE(fixture.add(segments_end, daily).status == 200);
    CHECK(fixture.get(query).body["items"].as_array().empty());
    fixture.clock.advance(std::chrono::hours(72));
    fixture.token = fixture.platform.issue_token("robot");
    const auto runs = fixture.get(query);
    CHECK(runs.body["items"].as_array().size() == 2);
    const auto flow_spec = runs.item()["flowSpec"]["id"].as_string();
    CHECK(flow_spec == test::shared_flow_spec);
    const auto& summary = runs.item()["metrics"]["recordSummary"];
    const auto& source = summary["sourceSummaries"].as_array().front();
    CHECK(source["id"] == fixture.body["sourceConnectionIds"].as_array().front());
    CHECK(source["entitySummaries"].as_array().front()["id"].as_string() == "segment:gold");
    CHECK(fixture.get(fixture.path).item()["lastRunDetails"]["id"] == runs.item()["id"]);
}
