#include "base/time_text.hpp"
#include "catalogue/catalogue.hpp"
#include "json/schema.hpp"
#include "json/text.hpp"
#include "manifest/load.hpp"
#include "manifest/schemas.hpp"
#include "manifest/yaml.hpp"
#include "render/diagnostics.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace penstock;
using namespace penstock::manifest;
namespace fs = std::filesystem;

namespace {

constexpr const char* project = R"(apiVersion: penstock/v1
kind: Project
metadata: {name: acme}
spec:
  environments:
    prod:
      organization: {env: ORGANIZATION}
      sandbox: prod
      auth: {apiKey: key, accessToken: {command: [token, --print]}}
      endpoint: http://127.0.0.1:8080
    stage:
      organization: 5555467B5D8013E50A494220@AdobeOrg
      sandbox: stage
      auth: {clientId: id, clientSecret: {file: secret.txt}, scopes: [openid]}
)";

std::string export_of(const std::string& name, const std::string& account) {
    return fmt::format(R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {{name: {}, labels: {{team: crm}}}}
spec:
  description: >
    Orders of the day
  account: {}
  destination: {{path: orders, datasetFileType: PARQUET, compression: NONE}}
  datasets: [{{id: 5ef3e3259ad2a1191ab7dd7d, name: Orders}}]
  schedule:
    frequency: EVERY_9_HOURS
    startTime: 2027-01-01T01:00:00+01:00
    endTime: 2027-02-01T00:00:00Z
  foldernameTemplate: "%DATASET_ID%"
  enabled: false
)",
                       name, account);
}

constexpr const char* landing_zone = R"(apiVersion: penstock/v1
kind: Account
metadata: {name: lake}
spec: {destination: data-landing-zone}
)";

LoadResult load_folder(const fs::path& folder) {
    return load(folder.string(), catalogue::Catalogue::embedded());
}

std::string text_of(const LoadResult& result) {
    return render::diagnostics_text(result.diagnostics, false);
}

bool has_code(const LoadResult& result, const std::string& code) {
    return std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                       [&](const Diagnostic& diagnostic) { return diagnostic.code == code; });
}

} // namespace

TEST_CASE("the worked examples load without a complaint, but of cards that were moved") {
    const auto result = load_folder(test::source_folder() / "manifests");
    std::set<std::string> moved;
    for (const auto& diagnostic : result.diagnostics) {
        INFO(text_of(result));
        CHECK(diagnostic.code == "legacy-destination");
        CHECK(diagnostic.severity == Severity::hint);
        moved.insert(diagnostic.position.file);
    }
    CHECK(moved == std::set<std::string>{"amazon-s3-legacy.yaml", "azure-blob-legacy.yaml",
                                         "sftp-legacy.yaml"});
    CHECK(result.diagnostics.size() == moved.size());
    CHECK(result.manifests.has_value());
}

TEST_CASE("the worked examples show every storage destination, and every way to sign in there") {
    const auto result = load_folder(test::source_folder() / "manifests");
    REQUIRE(result.manifests.has_value());
    std::set<std::string> ways;
    for (const auto& account : result.manifests->accounts) {
        ways.insert(account.destination + "/" +
                    std::get<AccountAuth>(account.connection).spec_name);
    }
    // Of the older destinations each is there once, Adobe Campaign with two of its three places.
    std::set<std::string> expected{"adobe-campaign/S3",
                                   "adobe-campaign/SFTP with Password",
                                   "amazon-s3-legacy/Access Key",
                                   "azure-blob-legacy/ConnectionString",
                                   "oracle-eloqua/SFTP with SSH Key",
                                   "oracle-responsys/SFTP with Password",
                                   "salesforce-marketing-cloud/SFTP with SSH Key",
                                   "sftp-legacy/SFTP with SSH Key"};
    std::set<std::string> takers;
    for (const auto& destination : catalogue::Catalogue::embedded().all()) {
        if (!destination.takes(catalogue::Workflow::datasets)) {
            continue;
        }
        takers.insert(destination.slug);
        for (const auto& spec : destination.auth_specs) {
            expected.insert(destination.slug + "/" + spec.name);
        }
        if (destination.auth_specs.empty()) {
            expected.insert(destination.slug + "/");
        }
    }
    CHECK(ways == expected);
    std::set<std::string> exported;
    for (const auto& dataset_export : result.manifests->datasets) {
        exported.insert(dataset_export.slug);
    }
    CHECK(exported == takers);
}

TEST_CASE("the worked examples export segments to each destination, in each way") {
    const auto result = load_folder(test::source_folder() / "manifests");
    REQUIRE(result.manifests.has_value());
    std::set<std::string> exported;
    std::set<std::string> file_types;
    std::set<std::string> compressions;
    std::set<std::string> schedules;
    std::set<std::string> source_types;
    std::set<DeduplicationKey::Kind> keys;
    std::set<DeduplicationKey::Kind> keys_of_attributes;
    std::size_t disabled = 0;
    for (const auto& document : result.manifests->segments) {
        const json::Value target(document.destination);
        const auto* destination = catalogue::Catalogue::embedded().find(document.slug);
        REQUIRE(destination != nullptr);
        const bool has_mapping = destination->columns == catalogue::Columns::mapping_set;
        exported.insert(document.slug);
        if (has_mapping) {
            file_types.insert(target["fileType"].as_string());
            compressions.insert(target["compression"].as_string());
        }
        if (target["fileType"].as_string() == "CSV") {
            CHECK(target["csvOptions"].as_object().size() == 5);
        }
        for (const auto& segment : document.segments) {
            const auto& schedule = segment.schedule;
            schedules.insert(schedule.export_mode + " " + schedule.frequency + " " +
                             schedule.trigger_type);
        }
        CHECK(document.mapping.empty() != has_mapping);
        CHECK(document.attributes.empty() == has_mapping);
        for (const auto& column : document.mapping) {
            source_types.insert(column.source_type);
        }
        for (const auto& key : document.deduplication_keys) {
            (has_mapping ? keys : keys_of_attributes).insert(key.kind);
        }
        disabled += document.enabled ? 0 : 1;
    }
    CHECK(exported.size() == catalogue::Catalogue::embedded().all().size());
    CHECK(file_types == std::set<std::string>{"CSV", "JSON", "PARQUET"});
    CHECK(compressions == std::set<std::string>{"GZIP", "NONE"});
    // All that the schema of the API knows.
    CHECK(schedules ==
          std::set<std::string>{
              "DAILY_FULL_EXPORT DAILY AFTER_SEGMENT_EVAL", "DAILY_FULL_EXPORT DAILY SCHEDULED",
              "DAILY_FULL_EXPORT ONCE AFTER_SEGMENT_EVAL", "DAILY_FULL_EXPORT ONCE SCHEDULED",
              "FIRST_FULL_THEN_INCREMENTAL DAILY SCHEDULED",
              "FIRST_FULL_THEN_INCREMENTAL EVERY_12_HOURS SCHEDULED",
              "FIRST_FULL_THEN_INCREMENTAL EVERY_3_HOURS SCHEDULED",
              "FIRST_FULL_THEN_INCREMENTAL EVERY_6_HOURS SCHEDULED",
              "FIRST_FULL_THEN_INCREMENTAL EVERY_8_HOURS SCHEDULED"});
    CHECK(source_types == std::set<std::string>{"ATTRIBUTE", "EXPRESSION", "STATIC"});
    CHECK(keys.size() == 2);
    CHECK(keys_of_attributes.size() == 2);
    CHECK(disabled == 1);
}

TEST_CASE("each document of the worked examples fits the schema that editors use") {
    std::optional<json::Schema> schema;
    for (const auto& file : embedded_schemas()) {
        if (file.name == "manifest.json") {
            auto compiled = json::Schema::compile(*json::parse(file.text));
            REQUIRE(compiled.has_value());
            schema.emplace(std::move(*compiled));
        }
    }
    REQUIRE(schema.has_value());
    std::size_t documents = 0;
    for (const auto& entry : fs::directory_iterator(test::source_folder() / "manifests")) {
        const auto name = entry.path().filename().string();
        const auto file = read_yaml(std::make_shared<Source>(name, test::read_file(entry.path())));
        for (const auto& document : file.documents) {
            ++documents;
            for (const auto& fault : schema->check(to_json(document))) {
                FAIL_CHECK(name, fault.pointer, ": ", fault.message);
            }
        }
    }
    CHECK(documents == 41);
}

TEST_CASE("documents become what they say") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml", project);
    test::write_file(folder.path() / "b.yml", export_of("orders", "lake"));
    test::write_file(folder.path() / "deep/er/a.yaml", std::string(landing_zone) + R"(---
apiVersion: penstock/v1
kind: Account
metadata: {name: external}
spec: {destination: amazon-s3, connectionId: 0f2c1b5e-7a3d-4c1e-9b8f-2d6e5a4c3b2a}
---
apiVersion: penstock/v1
kind: Account
metadata: {name: adls}
spec:
  destination: adls-gen2
  auth:
    params: {url: https://x, servicePrincipalId: {env: A}, servicePrincipalKey: {env: B}, tenant: t}
)");
    test::write_file(folder.path() / ".hidden/broken.yaml", "a: [");
    test::write_file(folder.path() / "readme.txt", "not: [a manifest");
    const auto result = load_folder(folder.path());
    CHECK(text_of(result) == "");
    CHECK(result.files == 3);
    REQUIRE(result.manifests.has_value());
    const auto& manifests = *result.manifests;
    CHECK(manifests.folder == folder.path().string());

    REQUIRE(manifests.project.environments.size() == 2);
    const auto& prod = manifests.project.environments[0];
    CHECK(prod.name == "prod");
    CHECK(prod.organization == Setting(secrets::EnvironmentVariable{"ORGANIZATION"}));
    CHECK(prod.endpoint == Setting(std::string("http://127.0.0.1:8080")));
    CHECK(prod.ims_endpoint == Setting(std::string("https://ims-na1.adobelogin.com")));
    const auto& token = std::get<ReadyToken>(prod.auth);
    CHECK(token.api_key == Setting(std::string("key")));
    CHECK(token.access_token == Setting(secrets::SecretCommand{{"token", "--print"}}));
    const auto& credentials = std::get<ClientCredentials>(manifests.project.environments[1].auth);
    CHECK(credentials.client_secret == Setting(secrets::SecretFile{"secret.txt"}));
    CHECK(credentials.scopes == std::vector<std::string>{"openid"});

    REQUIRE(manifests.accounts.size() == 3);
    CHECK(manifests.accounts[0].metadata.name == "adls");
    const auto& auth = std::get<AccountAuth>(manifests.accounts[0].connection);
    CHECK(auth.spec_name == "Azure Service Principal Auth");
    REQUIRE(auth.params.size() == 4);
    CHECK(std::get<json::Value>(auth.params[0].value) == json::Value("https://x"));
    CHECK(std::get<secrets::SecretReference>(auth.params[2].value) ==
          secrets::SecretReference(secrets::EnvironmentVariable{"B"}));
    CHECK(std::get<ExternalConnection>(manifests.accounts[1].connection).id ==
          "0f2c1b5e-7a3d-4c1e-9b8f-2d6e5a4c3b2a");
    CHECK(std::get<AccountAuth>(manifests.accounts[2].connection).spec_name.empty());

    REQUIRE(manifests.datasets.size() == 1);
    const auto& orders = manifests.datasets[0];
    CHECK(orders.description == "Orders of the day");
    CHECK(orders.slug == "data-landing-zone");
    CHECK(orders.metadata.labels.at("team") == "crm");
    CHECK(orders.destination.size() == 3);
    CHECK(orders.datasets.at(0).name == "Orders");
    CHECK(orders.schedule.frequency == DatasetFrequency::every_9_hours);
    CHECK(orders.schedule.start_time == parse_iso8601("2027-01-01T00:00:00Z"));
    CHECK(orders.schedule.end_time == parse_iso8601("2027-02-01T00:00:00Z"));
    CHECK(orders.foldername_template == "%DATASET_ID%");
    CHECK_FALSE(orders.enabled);
    CHECK(orders.metadata.positions->at("/spec/schedule/endTime") ==
          SourcePosition{"b.yml", 13, 14});
    CHECK(orders.metadata.positions->at("/spec/datasets/0/id") == SourcePosition{"b.yml", 9, 19});
}

TEST_CASE("an account says how its files are encrypted") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml", project);
    test::write_file(folder.path() / "a.yaml", R"(apiVersion: penstock/v1
kind: Account
metadata: {name: plain}
spec:
  destination: azure-blob
  auth: {params: {connectionString: {env: BLOB}}}
  encryption: {encryptionAlgo: NONE, publicKey: {env: KEY}}
---
apiVersion: penstock/v1
kind: Account
metadata: {name: secret}
spec:
  destination: azure-blob
  auth: {params: {connectionString: {env: BLOB}}}
  encryption: {publicKey: {file: key.txt}}
)");
    const auto result = load_folder(folder.path());
    CHECK(has_code(result, "no-encryption"));
    REQUIRE(result.manifests.has_value());
    const auto& plain = std::get<AccountAuth>(result.manifests->accounts.at(0).connection);
    REQUIRE(plain.encryption.has_value());
    CHECK(plain.encryption->algorithm == "NONE");
    const auto& secret = std::get<AccountAuth>(result.manifests->accounts.at(1).connection);
    REQUIRE(secret.encryption.has_value());
    CHECK(secret.encryption->algorithm == "PGPGPG");
    CHECK(secret.encryption->public_key ==
          secrets::SecretReference(secrets::SecretFile{"key.txt"}));
}

TEST_CASE("each file is read once, whatever ways lead to it") {
    const test::TemporaryFolder folder;
    std::string text = project;
    text.insert(text.find("  environments"), "  manifests: [exports, exports/a.yaml, ., loop]\n");
    test::write_file(folder.path() / "penstock.yaml", text);
    test::write_file(folder.path() / "exports/a.yaml", landing_zone);
    fs::create_directory_symlink(folder.path(), folder.path() / "loop");
    fs::create_directory_symlink("..", folder.path() / "exports/up");
    fs::create_symlink(folder.path() / "exports/a.yaml", folder.path() / "again.yaml");
    const auto result = load_folder(folder.path());
    CHECK(text_of(result) == "");
    CHECK(result.files == 2);
}

TEST_CASE("a huge file is refused without being read") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml", project);
    test::write_file(folder.path() / "huge.yaml", "a: 1\n");
    fs::resize_file(folder.path() / "huge.yaml", 50 * 1024 * 1024);
    const auto start = std::chrono::steady_clock::now();
    const auto result = load_folder(folder.path());
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
    CHECK(text_of(result) ==
          "error[file-too-large]: the file has 52428800 bytes; a manifest has at most 10485760\n"
          " --> huge.yaml\n"
          "  = help: split it into several files\n\n"
          "1 error\n");
}

TEST_CASE("a folder or file that cannot be read is never taken for an empty one") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml", project);
    fs::create_symlink("nowhere", folder.path() / "dangling.yaml");
    CHECK(has_code(load_folder(folder.path()), "unreadable-path"));
    fs::remove(folder.path() / "dangling.yaml");
    REQUIRE(mkfifo((folder.path() / "pipe.yaml").c_str(), 0600) == 0);
    CHECK(has_code(load_folder(folder.path()), "unreadable-path"));
    fs::remove(folder.path() / "pipe.yaml");
    CHECK(load_folder(folder.path()).manifests.has_value());
    if (geteuid() == 0) {
        MESSAGE("permissions mean nothing to root: not checked");
        return;
    }
    test::write_file(folder.path() / "locked/a.yaml", landing_zone);
    fs::permissions(folder.path() / "locked", fs::perms::none);
    const auto locked = load_folder(folder.path());
    fs::permissions(folder.path() / "locked", fs::perms::owner_all);
    CHECK(has_code(locked, "unreadable-path"));
    CHECK_FALSE(locked.manifests.has_value());
}

TEST_CASE("a folder that is not there is named") {
    const auto result = load("/nonexistent/acme", catalogue::Catalogue::embedded());
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].code == "no-such-path");
    CHECK(result.diagnostics[0].position.file == "/nonexistent/acme");
}

TEST_CASE("a file in place of the project's folder is called a file") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "crm.yaml", project);
    const auto result =
        load((folder.path() / "crm.yaml").string(), catalogue::Catalogue::embedded());
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].code == "no-such-path");
    CHECK(result.diagnostics[0].message == "this is a file, not a folder");
    CHECK(result.diagnostics[0].suggestion == "name the folder of penstock.yaml with -C");
}

TEST_CASE("more exports than a sandbox takes are a warning") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml", project);
    std::string text = landing_zone;
    for (int i = 0; i < 101; ++i) {
        text += "---\n" + export_of(fmt::format("orders-{}", i), "lake");
    }
    test::write_file(folder.path() / "all.yaml", text);
    const auto result = load_folder(folder.path());
    CHECK(has_code(result, "too-many-exports"));
    REQUIRE(result.manifests.has_value());
    CHECK(result.manifests->datasets.size() == 101);
}

TEST_CASE("a project that holds nothing is valid, with a warning that says where was looked") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml",
                     std::string(project) + "  manifests: [lake, orders]\n");
    test::write_file(folder.path() / "lake" / "README.md", "Accounts come here.\n");
    test::write_file(folder.path() / "orders" / "orders.yaml.off", "kind: DatasetExport\n");
    const auto result = load_folder(folder.path());
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].code == "no-manifests");
    CHECK(result.diagnostics[0].severity == Severity::warning);
    CHECK(result.diagnostics[0].message ==
          "the project has no accounts and no exports: no manifest is in `lake` or `orders`");
    CHECK(result.diagnostics[0].position == SourcePosition{"penstock.yaml", 15, 3});
    CHECK(result.manifests.has_value());
}

TEST_CASE("what is not written has the place of the key that it would stand under") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml", project);
    test::write_file(folder.path() / "lake.yml", landing_zone);
    test::write_file(folder.path() / "b.yml", export_of("orders", "lake"));
    const auto result = load_folder(folder.path());
    REQUIRE_MESSAGE(result.manifests.has_value(), text_of(result));
    const auto& positions = *result.manifests->datasets.at(0).metadata.positions;
    CHECK(positions.at("/spec/other") == SourcePosition{"b.yml", 4, 1});
    CHECK(positions.at("/spec/schedule/other") == SourcePosition{"b.yml", 10, 3});
    CHECK(positions.at("/spec/other/deeper") == SourcePosition{"b.yml", 4, 1});
    CHECK(positions.at("/spec/datasets/gone") == SourcePosition{"b.yml", 9, 3});
    CHECK(positions.at("/spec/datasets/0/other") == SourcePosition{"b.yml", 9, 14});
    CHECK(positions.at("/other") == SourcePosition{"b.yml", 1, 1});
}

TEST_CASE("an erroneous account is still an account to those that use it") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml", project);
    test::write_file(folder.path() / "a.yaml",
                     "apiVersion: penstock/v1\nkind: Account\nmetadata: {name: lake}\n"
                     "spec: {destination: nowhere}\n---\n" +
                         export_of("orders", "lake"));
    const auto result = load_folder(folder.path());
    REQUIRE(result.diagnostics.size() == 1);
    CHECK(result.diagnostics[0].code == "unknown-destination");
    CHECK_FALSE(result.manifests.has_value());
}

TEST_CASE("diagnostics for programs say the same as those for people") {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "penstock.yaml", project);
    test::write_file(folder.path() / "a.yaml", std::string(landing_zone) + "extra: 1\n");
    const auto result = load_folder(folder.path());
    CHECK(json::write(render::diagnostics_json(result.diagnostics)) ==
          R"([{"severity":"error","code":"unknown-field","summary":"unknown field `extra`",)"
          R"("detail":"fields here are `apiVersion`, `kind`, `metadata` and `spec`",)"
          R"("range":{"filename":"a.yaml","start":{"line":5,"column":1},)"
          R"("end":{"line":5,"column":6}},"snippet":{"code":"extra: 1","start_line":5,)"
          R"("highlight_start_offset":0,"highlight_end_offset":5}}])");
}

TEST_CASE("the text of a diagnostic is safe for a terminal, and its caret fits tabs") {
    Diagnostic diagnostic;
    diagnostic.code = "x";
    diagnostic.message = "bad\x1b[2J";
    diagnostic.position = {"a\nb.yaml", 3, 3};
    diagnostic.source_line = "\t\tfoo: \x1b";
    diagnostic.length = 3;
    CHECK(render::diagnostics_text({diagnostic}, false) == "error[x]: bad\\x1b[2J\n"
                                                           " --> a\\x0ab.yaml:3:3\n"
                                                           "  |\n"
                                                           "3 |         foo: \\x1b\n"
                                                           "  |         ^^^\n\n"
                                                           "1 error\n");
    diagnostic.severity = Severity::warning;
    const auto coloured = render::diagnostics_text({diagnostic}, true);
    CHECK(coloured.find("\x1b[1;33mwarning[x]\x1b[0m") == 0);
    CHECK(coloured.find("1 warning\n") != std::string::npos);
}
