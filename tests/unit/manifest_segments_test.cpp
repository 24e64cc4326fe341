#include "catalogue/catalogue.hpp"
#include "manifest/load.hpp"
#include "manifest/source_path.hpp"
#include "render/diagnostics.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::manifest;

namespace {

constexpr const char* project_and_account = R"(apiVersion: penstock/v1
kind: Project
metadata: {name: acme}
spec:
  environments:
    prod:
      organization: 5555467B5D8013E50A494220@AdobeOrg
      sandbox: prod
      auth: {clientId: id, clientSecret: {file: secret.txt}}
---
apiVersion: penstock/v1
kind: Account
metadata: {name: lake}
spec: {destination: data-landing-zone}
)";

constexpr const char* full_export = R"yaml(---
apiVersion: penstock/v1
kind: SegmentExport
metadata: {name: loyalty, labels: {team: crm}}
spec:
  description: Loyalty for the CRM team
  account: lake
  destination:
    path: crm/loyalty
    fileType: CSV
    compression: GZIP
    csvOptions: {delimiter: "\t", quote: '"', escape: "\\", nullValue: "null", emptyValue: ""}
  filenameTemplate: "%DESTINATION%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%"
  schedule:
    exportMode: DAILY_FULL_EXPORT
    frequency: DAILY
    triggerType: AFTER_SEGMENT_EVAL
    startDate: 2026-12-01
    endDate: 2027-12-01
  segments:
    - {id: 25768be6-ebd5-45cc-8913-12fb3f348613, name: Loyalty}
    - id: 2e5f1c1a-6d0b-4a53-8a1e-3f4f0f6f2c11
      filenameTemplate: "%SEGMENT_NAME%_%TIMESTAMP%"
      schedule:
        exportMode: FIRST_FULL_THEN_INCREMENTAL
        frequency: EVERY_6_HOURS
        startDate: 2026-12-01
        startTime: 18:00
        endDate: 2026-12-02
    - {id: extaud9001, systemSegmentId: 979558ae-a8ba-4e6e-b6ba-95c0a523b44a, namespace: aamSegments}
  mapping:
    - {source: person.name.firstName, destination: firstName}
    - {source: identityMap.Phone_E//.164, destination: Phone_E_164}
    - {source: "concat(a.b, c)", destination: both, sourceType: EXPRESSION}
    - {source: acme, destination: brand, sourceType: STATIC}
  mandatoryFields: [firstName, Phone_E.164]
  deduplicationKeys: [{identityNamespace: Phone_E.164}]
  enabled: false
)yaml";

LoadResult load_text(const std::string& text) {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml", text);
    return load(folder.path().string(), catalogue::Catalogue::embedded());
}

std::string text_of(const LoadResult& result) {
    return render::diagnostics_text(result.diagnostics, false);
}

std::vector<std::string> codes(const LoadResult& result) {
    std::vector<std::string> all;
    for (const auto& diagnostic : result.diagnostics) {
        all.push_back(diagnostic.code);
    }
    return all;
}

/// An export with these members of `spec` beside those that every export needs.
std::string export_with(const std::string& spec) {
    return std::string(project_and_account) + R"(---
apiVersion: penstock/v1
kind: SegmentExport
metadata: {name: loyalty}
spec:
  account: lake
  destination: {path: crm, fileType: JSON, compression: NONE}
)" + spec;
}

const std::string daily =
    "  schedule: {exportMode: DAILY_FULL_EXPORT, frequency: DAILY, triggerType: "
    "AFTER_SEGMENT_EVAL, startDate: 2026-12-01, endDate: 2027-12-01}\n";
const std::string once = "  schedule: {exportMode: DAILY_FULL_EXPORT, frequency: ONCE, "
                         "triggerType: AFTER_SEGMENT_EVAL, startDate: 2026-12-01}\n";
const std::string good_name = "  filenameTemplate: \"%SEGMENT_ID%_%TIMESTAMP%\"\n";
const std::string two_segments = "  segments: [{id: 25768be6-ebd5-45cc-8913-12fb3f348613}, "
                                 "{id: 2e5f1c1a-6d0b-4a53-8a1e-3f4f0f6f2c11}]\n";
const std::string columns = "  mapping: [{source: a.b, destination: b}]\n";

/// An export to a destination that takes attributes, with these members of `spec`.
std::string campaign_export(const std::string& spec) {
    return std::string(project_and_account) + R"(---
apiVersion: penstock/v1
kind: Account
metadata: {name: campaign}
spec:
  destination: adobe-campaign
  auth:
    specName: S3
    params: {accessId: id, secretKey: {env: CAMPAIGN_SECRET_KEY}}
---
apiVersion: penstock/v1
kind: SegmentExport
metadata: {name: recipients}
spec:
  account: campaign
  destination: {bucketName: acme, path: crm}
  filenameTemplate: "%DESTINATION_NAME%_%SEGMENT_ID%_%TIMESTAMP%"
)" + daily +
           two_segments + spec;
}

std::string segment_id(int number) {
    return fmt::format("25768be6-ebd5-45cc-8913-{:012}", number);
}

} // namespace

TEST_CASE("an export of segments becomes what it says") {
    const auto result = load_text(std::string(project_and_account) + full_export);
    CHECK(text_of(result) == "");
    REQUIRE(result.manifests.has_value());
    REQUIRE(result.manifests->segments.size() == 1);
    const auto& loyalty = result.manifests->segments[0];
    CHECK(loyalty.metadata.name == "loyalty");
    CHECK(loyalty.metadata.labels.at("team") == "crm");
    CHECK(loyalty.description == "Loyalty for the CRM team");
    CHECK(loyalty.account == "lake");
    CHECK(loyalty.slug == "data-landing-zone");
    CHECK_FALSE(loyalty.enabled);
    CHECK(loyalty.destination.size() == 4);
    CHECK(loyalty.metadata.positions->at("/spec/segments/1/schedule/startTime").line == 42);

    REQUIRE(loyalty.mapping.size() == 4);
    CHECK(loyalty.mapping[0].source == "person.name.firstName");
    CHECK(loyalty.mapping[0].destination == "firstName");
    CHECK(loyalty.mapping[0].source_type == "ATTRIBUTE");
    CHECK(loyalty.mapping[1].source == "identityMap.Phone_E//.164");
    CHECK(loyalty.mapping[2].source_type == "EXPRESSION");
    CHECK(loyalty.mapping[3].source_type == "STATIC");
    CHECK(loyalty.mandatory_fields == std::vector<std::string>{"firstName", "Phone_E.164"});
    REQUIRE(loyalty.deduplication_keys.size() == 1);
    CHECK(loyalty.deduplication_keys[0].kind == DeduplicationKey::Kind::identity_namespace);
    CHECK(loyalty.deduplication_keys[0].name == "Phone_E.164");
    REQUIRE(result.manifests->exports().size() == 1);
    CHECK(result.manifests->exports()[0] == &loyalty);
}

TEST_CASE("a segment has the export's schedule and file name, or its own as a whole") {
    const auto result = load_text(std::string(project_and_account) + full_export);
    REQUIRE(result.manifests.has_value());
    const auto& segments = result.manifests->segments.at(0).segments;
    REQUIRE(segments.size() == 3);
    CHECK(segments[0].name == "Loyalty");
    CHECK(segments[0].filename_template ==
          "%DESTINATION%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%");
    CHECK_FALSE(segments[0].own_filename_template);
    CHECK_FALSE(segments[0].own_schedule);
    CHECK(segments[0].schedule.export_mode == "DAILY_FULL_EXPORT");
    CHECK(segments[0].schedule.frequency == "DAILY");
    CHECK(segments[0].schedule.trigger_type == "AFTER_SEGMENT_EVAL");
    CHECK(segments[0].schedule.start_date == "2026-12-01");
    CHECK(segments[0].schedule.start_time.empty());
    CHECK(segments[0].schedule.end_date == "2027-12-01");

    CHECK(segments[1].name.empty());
    CHECK(segments[1].filename_template == "%SEGMENT_NAME%_%TIMESTAMP%");
    CHECK(segments[1].own_filename_template);
    CHECK(segments[1].own_schedule);
    CHECK(segments[1].schedule.export_mode == "FIRST_FULL_THEN_INCREMENTAL");
    CHECK(segments[1].schedule.frequency == "EVERY_6_HOURS");
    CHECK(segments[1].schedule.trigger_type == "SCHEDULED");
    CHECK(segments[1].schedule.start_time == "18:00");
    CHECK(segments[1].schedule.end_date == "2026-12-02");

    CHECK(segments[2].id == "extaud9001");
    CHECK(segments[2].system_segment_id == "979558ae-a8ba-4e6e-b6ba-95c0a523b44a");
    CHECK(segments[2].origin == "aamSegments");
    CHECK(segments[2].schedule.frequency == "DAILY");
}

TEST_CASE("exports of both kinds are sorted and counted together") {
    std::string text = project_and_account;
    for (int i = 0; i < 60; ++i) {
        text += fmt::format(R"(---
apiVersion: penstock/v1
kind: SegmentExport
metadata: {{name: s{}}}
spec:
  account: lake
  destination: {{path: crm, fileType: JSON, compression: NONE}}
{}---
apiVersion: penstock/v1
kind: DatasetExport
metadata: {{name: d{}}}
spec:
  account: lake
  destination: {{path: orders, datasetFileType: PARQUET, compression: NONE}}
  datasets: [{{id: 5ef3e3259ad2a1191ab7dd7d, name: Orders}}]
  schedule: {{frequency: ONCE, startTime: 2027-01-01T01:00:00+01:00}}
)",
                            i, good_name + daily + two_segments + columns, i);
    }
    const auto result = load_text(text);
    CHECK(codes(result) == std::vector<std::string>{"too-many-exports"});
    REQUIRE(result.manifests.has_value());
    CHECK(result.manifests->segments.size() == 60);
    const auto exports = result.manifests->exports();
    REQUIRE(exports.size() == 120);
    CHECK(exports.front()->metadata.name == "d0");
    CHECK(exports.back()->metadata.name == "s9");
}

TEST_CASE("what the guardrails do not allow is a warning") {
    std::string segments = "  segments:\n";
    for (int i = 0; i < 251; ++i) {
        segments += fmt::format("    - {{id: {}}}\n", segment_id(i));
    }
    std::string mapping = "  mapping:\n";
    for (int i = 0; i < 51; ++i) {
        mapping += fmt::format("    - {{source: a.b{}, destination: b{}}}\n", i, i);
    }
    const auto result = load_text(export_with(good_name + daily + segments + mapping));
    CHECK(codes(result) == std::vector<std::string>{"too-many-segments", "too-many-columns"});
    REQUIRE(result.manifests.has_value());
    CHECK(result.manifests->segments.at(0).segments.size() == 251);
    CHECK(result.manifests->segments.at(0).mapping.size() == 51);
}

TEST_CASE("files that overwrite each other are a warning, once for a written name") {
    const std::string one = "  segments: [{id: 25768be6-ebd5-45cc-8913-12fb3f348613}]\n";
    const std::string fixed = "  filenameTemplate: all\n";
    using Codes = std::vector<std::string>;
    CHECK(codes(load_text(export_with(fixed + daily + one + columns))) ==
          Codes{"overwritten-files"});
    CHECK(codes(load_text(export_with(fixed + once + one + columns))) == Codes{});
    CHECK(codes(load_text(export_with(fixed + once + two_segments + columns))) ==
          Codes{"colliding-files"});
    CHECK(codes(load_text(export_with(fixed + daily + two_segments + columns))) ==
          Codes{"colliding-files", "overwritten-files"});
    const std::string own_names =
        "  segments: [{id: 25768be6-ebd5-45cc-8913-12fb3f348613, filenameTemplate: one}, "
        "{id: 2e5f1c1a-6d0b-4a53-8a1e-3f4f0f6f2c11, filenameTemplate: two}]\n";
    CHECK(codes(load_text(export_with(once + own_names + columns))) == Codes{});
    std::string folders = export_with(fixed + once + two_segments + columns);
    folders.replace(folders.find("path: crm"), 9, "path: crm/%SEGMENT_ID%");
    CHECK(codes(load_text(folders)) == Codes{});
}

TEST_CASE("a schedule that segments inherit is complained about once") {
    const std::string no_end = "  schedule: {exportMode: DAILY_FULL_EXPORT, frequency: DAILY, "
                               "triggerType: AFTER_SEGMENT_EVAL, startDate: 2026-12-01}\n";
    const auto result = load_text(export_with(good_name + no_end + two_segments + columns));
    CHECK(codes(result) == std::vector<std::string>{"no-end-date"});
    CHECK(result.diagnostics.at(0).severity == Severity::warning);
    CHECK(result.manifests.has_value());
}

TEST_CASE("an export may have neither keys nor mandatory fields, nor columns") {
    const auto result = load_text(export_with(good_name + daily + two_segments));
    CHECK(codes(result) == std::vector<std::string>{"no-columns"});
    REQUIRE(result.manifests.has_value());
    CHECK(result.manifests->segments.at(0).mapping.empty());
    CHECK(result.manifests->segments.at(0).enabled);
}

TEST_CASE("two columns may be the keys of an export") {
    const auto result = load_text(
        export_with(good_name + daily + two_segments +
                    "  mapping: [{source: a.b, destination: b}, {source: a.c, destination: c}]\n"
                    "  deduplicationKeys: [{attributePath: c}, {attributePath: b}]\n"));
    CHECK(text_of(result) == "");
    REQUIRE(result.manifests.has_value());
    const auto& keys = result.manifests->segments.at(0).deduplication_keys;
    REQUIRE(keys.size() == 2);
    CHECK(keys[0].kind == DeduplicationKey::Kind::attribute_path);
    CHECK(keys[0].name == "c");
}

TEST_CASE("an export may take attributes by their paths") {
    const auto result = load_text(
        campaign_export("  attributes: [person.name.firstName, identityMap.Phone_E//.164]\n"
                        "  mandatoryFields: [person.name.firstName, identityMap.Phone_E//.164]\n"
                        "  deduplicationKeys: [{identityNamespace: Phone_E.164}]\n"));
    CHECK(text_of(result) == "");
    REQUIRE(result.manifests.has_value());
    const auto& recipients = result.manifests->segments.at(0);
    CHECK(recipients.mapping.empty());
    CHECK(recipients.attributes ==
          std::vector<std::string>{"person.name.firstName", "identityMap.Phone_E//.164"});
    CHECK(recipients.mandatory_fields ==
          std::vector<std::string>{"person.name.firstName", "identityMap.Phone_E//.164"});
    REQUIRE(recipients.deduplication_keys.size() == 1);
    CHECK(recipients.deduplication_keys[0].name == "Phone_E.164");
    CHECK(recipients.slug == "adobe-campaign");
    CHECK(recipients.auth_spec == "S3");
    CHECK(recipients.metadata.positions->at("/spec/attributes/1").line == 34);
}

TEST_CASE("attributes above the guardrail are a warning") {
    std::string attributes = "  attributes:\n";
    for (int i = 0; i < 50; ++i) {
        attributes += fmt::format("    - a.b{}\n", i);
    }
    CHECK(codes(load_text(campaign_export(attributes))) == std::vector<std::string>{});
    const auto result = load_text(campaign_export(attributes + "    - a.b50\n"));
    CHECK(codes(result) == std::vector<std::string>{"too-many-attributes"});
    REQUIRE(result.manifests.has_value());
    CHECK(result.manifests->segments.at(0).attributes.size() == 51);
}

TEST_CASE("the parameters of a target decide for an account of others") {
    using Codes = std::vector<std::string>;
    const std::string attributes = "  attributes: [a.b]\n";
    for (const char* target : {"{bucketName: acme, path: crm}", "{container: acme, path: crm}",
                               "{remotePath: /crm, includeFileManifest: true}"}) {
        auto text = campaign_export(attributes);
        text.replace(text.find("{bucketName"),
                     text.find("path: crm}") + 10 - text.find("{bucketName"), target);
        const auto auth = text.find("  auth:\n    specName: S3");
        text.replace(auth, text.find("---", auth) - auth,
                     "  connectionId: 0f2c1b5e-7a3d-4c1e-9b8f-2d6e5a4c3b2a\n");
        INFO(text);
        CHECK(codes(load_text(text)) == Codes{});
    }
}

TEST_CASE("no text at all is no path") {
    CHECK(check_source_path({})->message == "the path has an empty step");
}

TEST_CASE("the namespace of an identity is read with its dots") {
    CHECK(identity_namespace("identityMap.Email") == "Email");
    CHECK(identity_namespace("identityMap.Phone_E//.164") == "Phone_E.164");
    CHECK_FALSE(identity_namespace("identityMap").has_value());
    CHECK_FALSE(identity_namespace("identityMaps.Email").has_value());
    CHECK_FALSE(identity_namespace("person.identityMap.Email").has_value());
    CHECK_FALSE(check_source_path("identityMap.a//.b//.c").has_value());
    CHECK_FALSE(check_source_path("segmentMembership.ups.seg_id.status").has_value());
    CHECK(check_source_path("identityMap.a.b.c")->suggestion == "write `identityMap.a//.b//.c`");
}
