#include "support/three_exports.hpp"

#include "catalogue/catalogue.hpp"
#include "desired/desired.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "manifest/load.hpp"
#include "support/somebody.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::test {

namespace {

constexpr std::string_view s3 = R"(apiVersion: penstock/v1
kind: Account
metadata: {name: s3}
spec:
  description: Bucket of the CRM team
  destination: amazon-s3
  auth:
    specName: Access Key
    params:
      s3AccessKey: AKIAIOSFODNN7EXAMPLE
      s3SecretKey: {env: S3_SECRET_KEY}
  encryption: {encryptionAlgo: PGPGPG, publicKey: {env: PGP_KEY}}
)";

constexpr std::string_view eloqua = R"(apiVersion: penstock/v1
kind: Account
metadata: {name: eloqua}
spec:
  description: Eloqua of the business unit
  destination: oracle-eloqua
  auth:
    specName: SFTP with SSH Key
    params:
      domain: eloqua.example
      host: sftp.eloqua.example
      username: adobe-exports
      sshKey: {env: ELOQUA_KEY}
)";

constexpr std::string_view devices = R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {name: devices}
spec:
  description: Devices of all visitors
  account: s3
  destination: {bucketName: demo-bucket, path: crm/devices, datasetFileType: PARQUET, compression: GZIP}
  datasets:
    - {id: 5ef3e3259ad2a1191ab7dd7d, name: AAM Devices Data}
  foldernameTemplate: "%DESTINATION%_%DATASET_ID%_%DATETIME(YYYYMMdd_HHmmss)%"
  schedule: {frequency: EVERY_3_HOURS, startTime: 2027-01-01T02:00:00Z, endTime: 2028-01-01T02:00:00Z}
)";

constexpr std::string_view loyalty = R"(apiVersion: penstock/v1
kind: SegmentExport
metadata: {name: loyalty}
spec:
  description: Members for the CRM
  account: s3
  destination:
    bucketName: demo-bucket
    path: crm/loyalty
    fileType: CSV
    compression: GZIP
    csvOptions: {delimiter: ",", quote: '"', escape: "\\", nullValue: "null", emptyValue: ""}
  filenameTemplate: "%DESTINATION%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%"
  schedule:
    exportMode: DAILY_FULL_EXPORT
    frequency: DAILY
    triggerType: AFTER_SEGMENT_EVAL
    startDate: 2027-01-01
    endDate: 2028-01-01
  segments:
    - {id: 25768be6-ebd5-45cc-8913-12fb3f348613, name: Loyalty Members}
    - id: 4d1c2b7e-93a5-4f0e-8a6d-5b7c9e1f2a30
      name: Gold Members
      systemSegmentId: "4711"
      namespace: aamSegments
      filenameTemplate: "gold_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%"
      schedule:
        exportMode: DAILY_FULL_EXPORT
        frequency: DAILY
        triggerType: SCHEDULED
        startDate: 2027-01-01
        startTime: "06:00"
        endDate: 2028-01-01
  mapping:
    - {source: person.name.firstName, destination: firstName}
    - {source: loyalty.tier, destination: tier}
    - {source: identityMap.Email, destination: Email}
  mandatoryFields: [Email]
  deduplicationKeys:
    - {identityNamespace: Email}
)";

constexpr std::string_view leads = R"(apiVersion: penstock/v1
kind: SegmentExport
metadata: {name: leads}
spec:
  description: Leads for the nurturing programme
  account: eloqua
  destination: {remotePath: /incoming/leads, includeFileManifest: true}
  filenameTemplate: "%DESTINATION_NAME%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%"
  schedule:
    exportMode: DAILY_FULL_EXPORT
    frequency: DAILY
    triggerType: SCHEDULED
    startDate: 2027-01-01
    startTime: "05:00"
    endDate: 2028-01-01
  segments:
    - {id: 4d1c2b7e-93a5-4f0e-8a6d-5b7c9e1f2a30, name: Gold Members, systemSegmentId: "4711", namespace: aamSegments}
  attributes: [person.name.firstName, person.name.lastName, identityMap.Email]
  mandatoryFields: [identityMap.Email]
  deduplicationKeys:
    - {identityNamespace: Email}
)";

} // namespace

ThreeExports::ThreeExports() {
    penstock.variables["PGP_KEY"] = "cGdwLWtleS1vZi10aGUtY3JtLXRlYW0=";
    penstock.variables["ELOQUA_KEY"] = "c3NoLWtleS1vZi1lbG9xdWE=";
    penstock.write("accounts/s3.yaml", s3);
    penstock.write("accounts/eloqua.yaml", eloqua);
    penstock.write("exports/devices.yaml", devices);
    penstock.write("exports/loyalty.yaml", loyalty);
    penstock.write("exports/leads.yaml", leads);
    const auto applied = penstock({"apply", "--auto-approve"});
    INFO(applied.out, applied.err);
    REQUIRE(applied.code == 0);
    keep();
}

void ThreeExports::keep() {
    sandbox_ = penstock.platform.save();
    time_ = penstock.clock.now();
    for (const char* file : {"accounts/s3.yaml", "accounts/eloqua.yaml", "exports/devices.yaml",
                             "exports/loyalty.yaml", "exports/leads.yaml"}) {
        manifests_[file] = penstock.read(file);
    }
}

void ThreeExports::go_back() {
    penstock.platform.load(sandbox_);
    penstock.clock.set(time_);
    for (const auto& [file, text] : manifests_) {
        penstock.write(file, text);
    }
}

const std::vector<FixedField>& fixed_fields() {
    static const std::vector<FixedField> all{
        {"base", "/connectionSpec", "/connectionSpec", "another destination is another connection"},
        {"base", "/auth/specName", "/auth/specName",
         "another way to sign in is another connection"},
        {"base", "/encryption/encryptionAlgo", "/encryptionSpecs",
         "a PATCH of a base connection takes name, description and auth.params"},
        {"source", "/connectionSpec", "/connectionSpec", "what it reads from is fixed"},
        {"source", "/datasets/*", "/params", "the list of datasets is fixed"},
        {"source", "/base/entity", "/baseConnectionId", "its base connection is fixed"},
        {"target", "/connectionSpec", "/connectionSpec", "the destination is fixed"},
        {"target", "/base/entity", "/baseConnectionId", "its base connection is fixed"},
        {"target", "/params/mode", "/params/mode", "a constant of the older destinations"},
        {"target", "/params/format", "/params/format", "a constant of the older destinations"},
        {"flow", "/flowSpec", "/flowSpec", "the destination is fixed"},
        {"flow", "/target/entity", "/targetConnectionIds", "the target connection is fixed"},
        {"flow", "/segments/*/name", "", "never a difference: the platform renames audiences"},
    };
    return all;
}

std::map<std::string, model::Content> contents_of(const CommandLine& penstock) {
    const auto& catalogue = catalogue::Catalogue::embedded();
    const auto loaded = manifest::load(penstock.folder().string(), catalogue);
    REQUIRE(loaded.manifests);
    std::map<std::string, model::Content> all;
    for (const auto& entity : desired::build(*loaded.manifests, catalogue).entities) {
        all[model::address(entity.key)] = entity.content;
    }
    return all;
}

const std::vector<GitEdit>& git_edits() {
    static const std::vector<GitEdit> all{
        {"s3.base", "/description", "accounts/s3.yaml", "Bucket of the CRM team", "In git"},
        {"s3.base", "/auth", "accounts/s3.yaml", "AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7INTOGIT"},
        {"eloqua.base", "/description", "accounts/eloqua.yaml", "Eloqua of the business unit",
         "In git"},
        {"eloqua.base", "/auth", "accounts/eloqua.yaml", "adobe-exports", "in-git"},
        {"devices.target", "/params", "exports/devices.yaml", "crm/devices", "in/git"},
        {"loyalty.target", "/params", "exports/loyalty.yaml", "crm/loyalty", "in/git"},
        {"leads.target", "/params", "exports/leads.yaml", "/incoming/leads", "/in/git"},
        {"devices.flow", "/description", "exports/devices.yaml", "Devices of all visitors",
         "In git"},
        {"devices.flow", "/schedule", "exports/devices.yaml", "2027-01-01T02:00:00Z",
         "2027-01-01T03:00:00Z"},
        {"loyalty.flow", "/description", "exports/loyalty.yaml", "Members for the CRM", "In git"},
        {"loyalty.flow", "/segments/*", "exports/loyalty.yaml", "\"06:00\"", "\"08:00\""},
        {"loyalty.flow", "/mapping", "exports/loyalty.yaml", "loyalty.tier",
         "person.name.fullName"},
        {"loyalty.flow", "/mandatoryFields", "exports/loyalty.yaml", "mandatoryFields: [Email]",
         "mandatoryFields: [tier]"},
        {"loyalty.flow", "/deduplicationKeys", "exports/loyalty.yaml", "identityNamespace: Email",
         "attributePath: tier"},
        {"leads.flow", "/description", "exports/leads.yaml", "Leads for the nurturing programme",
         "In git"},
        {"leads.flow", "/segments/*", "exports/leads.yaml", "\"05:00\"", "\"08:00\""},
        {"leads.flow", "/mandatoryFields", "exports/leads.yaml",
         "mandatoryFields: [identityMap.Email]", "mandatoryFields: [person.name.lastName]"},
        {"leads.flow", "/deduplicationKeys", "exports/leads.yaml", "identityNamespace: Email",
         "attributePath: person.name.lastName"},
    };
    return all;
}

const GitEdit* git_edit(const std::string& address, const std::string& block) {
    const auto& all = git_edits();
    const auto found = std::find_if(all.begin(), all.end(), [&](const GitEdit& edit) {
        return edit.address == address && edit.block == block;
    });
    return found == all.end() ? nullptr : &*found;
}

void make(CommandLine& penstock, const GitEdit& edit) {
    auto text = penstock.read(edit.file);
    const auto at = text.find(edit.from);
    INFO(edit.file, ": ", edit.from);
    REQUIRE(at != std::string::npos);
    penstock.write(edit.file, text.replace(at, edit.from.size(), edit.to));
}

std::string block_of(const std::string& field) {
    const auto steps = json::steps(field);
    const bool is_listed = steps[0] == "segments" || steps[0] == "attributes";
    return "/" + steps[0] + (is_listed && steps.size() > 1 ? "/" + steps[1] : "");
}

std::string path_of(const CommandLine& penstock, const std::string& address) {
    const auto id = id_of(penstock, address);
    return fmt::format(
        "/{}/{}", emulator::collection_name(penstock.platform.store().entities().at(id).kind), id);
}

} // namespace penstock::test
