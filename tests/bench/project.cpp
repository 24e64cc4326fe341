#include "bench/project.hpp"

#include "support/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace penstock::bench {

namespace {

constexpr std::size_t exports_per_account = 50;

constexpr std::string_view project = R"(apiVersion: penstock/v1
kind: Project
metadata: {name: bench}
spec:
  environments:
    bench:
      organization: 5555467B5D8013E50A494220@AdobeOrg
      sandbox: dev
      auth: {clientId: bench, clientSecret: {env: BENCH_CLIENT_SECRET}}
)";

/// A destination: its account's `auth`, and where an export's files go.
struct Destination {
    std::string_view slug;
    std::string_view auth;
    std::string_view place; ///< of `fmt`: {} is the path
};

constexpr std::array<Destination, 6> destinations{{
    {"amazon-s3", R"(
  auth:
    specName: Access Key
    params:
      s3AccessKey: AKIAIOSFODNN7EXAMPLE
      s3SecretKey: {env: BENCH_S3_SECRET}
)",
     "bucketName: acme-exports\n    path: {}"},
    {"azure-blob", R"(
  auth:
    params:
      connectionString: {env: BENCH_BLOB_CONNECTION}
)",
     "container: acme-exports\n    path: {}"},
    {"adls-gen2", R"(
  auth:
    specName: Azure Service Principal Auth
    params:
      url: https://acmelake.dfs.core.windows.net
      servicePrincipalId: 0f3b9a52-6d1e-4c57-9d1b-2f1e6a7c8b90
      servicePrincipalKey: {env: BENCH_ADLS_KEY}
      tenant: acme.onmicrosoft.com
)",
     "path: {}"},
    {"data-landing-zone", "\n", "path: {}"},
    {"google-cloud-storage", R"(
  auth:
    specName: Google Cloud Storage authentication credentials
    params:
      accessKeyId: ACMEACCESSKEYOFEXPORTS
      secretAccessKey: {env: BENCH_GCS_SECRET}
)",
     "bucketName: acme-exports\n    path: {}"},
    {"sftp", R"(
  auth:
    specName: SFTP with Password
    params:
      domain: sftp.acme.example
      username: adobe-exports
      password: {env: BENCH_SFTP_PASSWORD}
)",
     "remotePath: /{}"},
}};

struct Column {
    std::string_view source;
    std::string_view destination;
};

/// The profile schema of a sandbox has them all.
constexpr std::array<Column, 10> profile_columns{{
    {"_acme.crmId", "crm_id"},
    {"person.name.firstName", "first_name"},
    {"person.name.lastName", "last_name"},
    {"personalEmail.address", "email"},
    {"loyalty.tier", "tier"},
    {"homeAddress.city", "city"},
    {"homeAddress.street1", "street"},
    {"homeAddress.postalCode", "postal_code"},
    {"consents.marketing.sms.val", "consent"},
    {"person.name.fullName", "full_name"},
}};

/// An export of segments maps so many of them, and each number of them comes up.
constexpr std::size_t fewest_columns = 3;
constexpr std::size_t column_sets = profile_columns.size() - fewest_columns + 1;

/// One export of a project.
struct Export {
    std::size_t number;
    const Destination& destination;
    bool changed;

    [[nodiscard]] std::size_t account() const { return number / exports_per_account; }
    [[nodiscard]] bool is_of_segments() const { return number % 2 == 1; }
    /// Counts the exports of its kind.
    [[nodiscard]] std::size_t variant() const { return number / 2; }
};

std::string account(std::size_t number, const Destination& destination) {
    return fmt::format("apiVersion: penstock/v1\n"
                       "kind: Account\n"
                       "metadata:\n"
                       "  name: account-{0:04}\n"
                       "  labels: {{team: team-{0:04}}}\n"
                       "spec:\n"
                       "  description: Storage of team {0:04}\n"
                       "  destination: {1}{2}",
                       number, destination.slug, destination.auth);
}

std::string head(const Export& made, std::string_view kind, std::string_view what) {
    const auto path = fmt::format("teams/{:04}/{}/{:05}", made.account(), what, made.number);
    return fmt::format("---\n"
                       "apiVersion: penstock/v1\n"
                       "kind: {0}\n"
                       "metadata:\n"
                       "  name: {1}-{2:05}\n"
                       "  labels: {{team: team-{3:04}, tier: {4}}}\n"
                       "spec:\n"
                       "  description: Export {2:05} of {1}, as team {3:04} has ordered it{5}\n"
                       "  account: account-{3:04}\n"
                       "  destination:\n"
                       "    {6}\n",
                       kind, what, made.number, made.account(),
                       made.number % 7 == 0 ? "gold" : "standard",
                       made.changed ? ", with changes" : "",
                       fmt::format(fmt::runtime(made.destination.place), path));
}

std::string dataset_export(const Export& made) {
    constexpr std::array<std::string_view, 4> frequencies{"DAILY", "EVERY_3_HOURS", "EVERY_6_HOURS",
                                                          "EVERY_12_HOURS"};
    auto text = head(made, "DatasetExport", "datasets");
    text += fmt::format("    datasetFileType: {}\n"
                        "    compression: GZIP\n"
                        "  datasets:\n",
                        made.variant() % 3 == 0 ? "JSON" : "PARQUET");
    for (std::size_t i = 0; i <= made.variant() % 3; ++i) {
        const auto dataset = made.variant() * 3 + i;
        text += fmt::format("    - {{id: 5ef3e325{:016x}, name: Dataset {} of the lake}}\n",
                            dataset, dataset);
    }
    return text + fmt::format("  schedule:\n"
                              "    frequency: {}\n"
                              "    startTime: 2031-01-01T{:02}:00:00Z\n"
                              "    endTime: {}-01-01T00:00:00Z\n",
                              frequencies[made.variant() % frequencies.size()], made.variant() % 24,
                              made.changed ? 2033 : 2032);
}

std::string segment_schedule(const Export& made) {
    const int end = made.changed ? 2033 : 2032;
    if (made.variant() % 2 == 0) {
        return fmt::format("  schedule:\n"
                           "    exportMode: DAILY_FULL_EXPORT\n"
                           "    frequency: DAILY\n"
                           "    triggerType: AFTER_SEGMENT_EVAL\n"
                           "    startDate: 2031-01-01\n"
                           "    endDate: {}-01-01\n",
                           end);
    }
    return fmt::format("  schedule:\n"
                       "    exportMode: FIRST_FULL_THEN_INCREMENTAL\n"
                       "    frequency: EVERY_6_HOURS\n"
                       "    startDate: 2031-01-01\n"
                       "    startTime: \"{:02}:00\"\n"
                       "    endDate: {}-01-01\n",
                       made.variant() % 24, end);
}

std::string segment_export(const Export& made) {
    auto text = head(made, "SegmentExport", "segments");
    text += "    fileType: CSV\n"
            "    compression: GZIP\n"
            "    csvOptions: {delimiter: \",\", quote: '\"', escape: \"\\\\\", "
            "nullValue: \"null\", emptyValue: \"\"}\n";
    text += segment_schedule(made);
    text += "  filenameTemplate: "
            "\"%DESTINATION%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%\"\n"
            "  segments:\n";
    const auto segments = 1 + made.variant() % 5 + (made.changed ? 1 : 0);
    for (std::size_t i = 0; i < segments; ++i) {
        const auto segment = made.variant() * 7 + i;
        text += fmt::format("    - {{id: 25768be6-ebd5-45cc-8913-{0:012x}, "
                            "name: Segment {0} of the loyalty programme}}\n",
                            segment);
    }
    text += "  mapping:\n";
    const auto mapped = fewest_columns + made.variant() % column_sets;
    for (std::size_t i = 0; i < mapped; ++i) {
        text += fmt::format("    - {{source: {}, destination: {}}}\n", profile_columns[i].source,
                            profile_columns[i].destination);
    }
    text += "  mandatoryFields: [crm_id]\n";
    if (made.variant() % 3 == 0) {
        text += "  deduplicationKeys:\n"
                "    - {attributePath: crm_id}\n";
    }
    return text;
}

} // namespace

void write_project(const std::filesystem::path& folder, std::size_t exports, Edition edition) {
    std::filesystem::remove_all(folder);
    test::write_file(folder / "penstock.yaml", project);
    for (std::size_t team = 0; team < accounts_of(exports); ++team) {
        const auto& destination = destinations[team % destinations.size()];
        auto text = account(team, destination);
        const auto last = std::min(exports, (team + 1) * exports_per_account);
        for (auto number = team * exports_per_account; number < last; ++number) {
            const bool changed =
                edition == Edition::changed && number % 100 == 7 + number / 100 % 2;
            const Export made{number, destination, changed};
            text += made.is_of_segments() ? segment_export(made) : dataset_export(made);
        }
        test::write_file(folder / fmt::format("teams/team-{:04}.yaml", team), text);
    }
}

std::size_t accounts_of(std::size_t exports) {
    return (exports + exports_per_account - 1) / exports_per_account;
}

std::size_t segment_destinations_of(std::size_t exports) {
    // The second export of an account is its first of segments.
    const auto accounts = accounts_of(exports) - (exports % exports_per_account == 1 ? 1 : 0);
    return std::min(accounts, destinations.size());
}

std::size_t column_sets_of(std::size_t exports) {
    return std::min(exports / 2, column_sets);
}

std::map<std::string, std::string> client_variables() {
    return {{"BENCH_CLIENT_SECRET", "the-client-keeps-this-to-itself"}};
}

std::map<std::string, std::string> all_variables() {
    auto variables = client_variables();
    variables["BENCH_S3_SECRET"] = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYBENCHMARKS";
    variables["BENCH_BLOB_CONNECTION"] = "blob-connection-of-the-bench";
    variables["BENCH_ADLS_KEY"] = "adls-key-of-the-bench";
    variables["BENCH_GCS_SECRET"] = "gcs-secret-of-the-bench";
    variables["BENCH_SFTP_PASSWORD"] = "sftp-password-of-the-bench";
    return variables;
}

} // namespace penstock::bench
