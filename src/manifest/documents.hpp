#pragma once

#include "base/diagnostic.hpp"
#include "json/value.hpp"
#include "secrets/reference.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace penstock::manifest {

/// Where the values of one YAML document stand. Shared by everything read from it.
class Positions {
  public:
    virtual ~Positions() = default;
    /// The place of the value at an RFC 6901 pointer into the document; where nothing is written,
    /// that of the nearest parent's key.
    [[nodiscard]] virtual SourcePosition at(std::string_view pointer) const = 0;
};

struct Metadata {
    std::string name; ///< ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$
    std::map<std::string, std::string> labels;
    std::shared_ptr<const Positions> positions; ///< of the whole document
};

/// A setting that is written in place or kept elsewhere.
using Setting = std::variant<std::string, secrets::SecretReference>;

/// OAuth server-to-server credentials (reference, section 1.3).
struct ClientCredentials {
    Setting client_id;
    Setting client_secret; ///< always a reference
    std::vector<std::string> scopes;
};

/// A token that something else has fetched.
struct ReadyToken {
    Setting api_key;
    Setting access_token; ///< always a reference
};

struct Environment {
    std::string name;
    Setting organization;
    Setting sandbox;
    std::variant<ClientCredentials, ReadyToken> auth;
    Setting endpoint = std::string("https://platform.adobe.io");
    Setting ims_endpoint = std::string("https://ims-na1.adobelogin.com");
};

/// What a project's runs refuse to do, and what its manifests have to keep to.
struct Guards {
    std::size_t delete_percent = 30; ///< of the exports; more than this and more than...
    std::size_t delete_count = 5;    ///< ...so many must not be deleted
    /// Accounts and exports that carry all labels of one of these are neither deleted nor replaced.
    std::vector<std::map<std::string, std::string>> protected_labels = {};
    std::vector<std::string> protected_names = {};        ///< patterns, see matches_name()
    std::vector<std::string> protected_environments = {}; ///< where that holds; empty: everywhere
    std::vector<std::string> destinations = {};           ///< slugs; empty: all are allowed
    std::vector<std::string> required_labels = {};
};

struct Project {
    Metadata metadata;
    std::vector<Environment> environments; ///< in the file's order; never empty
    Guards guards = {};
};

/// One entry of `auth.params`: a plain value, or a reference where the catalogue marks it secret.
struct AuthParameter {
    std::string name;
    std::variant<json::Value, secrets::SecretReference> value;
};

/// How exported files are encrypted (reference, section 5.4).
struct Encryption {
    std::string algorithm;               ///< `encryptionAlgo`, resolved: never empty
    secrets::SecretReference public_key; ///< base64; write-only in the service
};

/// Credentials that penstock writes.
struct AccountAuth {
    std::string spec_name; ///< resolved: never empty, unless the destination takes no credentials
    std::vector<AuthParameter> params;
    std::optional<Encryption> encryption = {};
};

/// A base connection that others manage; read, never written.
struct ExternalConnection {
    std::string id;
};

struct Account {
    Metadata metadata;
    std::string description;
    std::string destination; ///< slug
    std::variant<AccountAuth, ExternalConnection> connection;
};

/// What exports of all kinds have.
struct Export {
    Metadata metadata;
    std::string description;
    std::string account;      ///< name of an Account
    std::string slug;         ///< that account's destination
    std::string auth_spec;    ///< that account's; empty if it has none, or names others' connection
    json::Object destination; ///< target parameters as written, in the platform's spelling
    bool enabled = true;
};

struct Dataset {
    std::string id;
    std::string name;
};

/// Reference, section 6.1.
enum class DatasetFrequency {
    once,
    daily,
    every_3_hours,
    every_6_hours,
    every_9_hours,
    every_12_hours,
};

struct DatasetSchedule {
    DatasetFrequency frequency = DatasetFrequency::daily;
    std::int64_t start_time = 0;          ///< epoch seconds
    std::optional<std::int64_t> end_time; ///< epoch seconds
};

struct DatasetExport : Export {
    std::vector<Dataset> datasets;
    DatasetSchedule schedule;
    std::string foldername_template; ///< empty: the service's default layout
};

/// When one segment is exported, in the platform's words; only the combinations of the reference,
/// section 6.2, come out of load().
struct SegmentSchedule {
    std::string export_mode;  ///< DAILY_FULL_EXPORT or FIRST_FULL_THEN_INCREMENTAL
    std::string frequency;    ///< ONCE, DAILY, EVERY_3_HOURS, ...
    std::string trigger_type; ///< SCHEDULED where the manifest leaves it out
    std::string start_date;   ///< YYYY-MM-DD
    std::string start_time;   ///< HH:00 UTC; empty after AFTER_SEGMENT_EVAL
    std::string end_date;     ///< YYYY-MM-DD, the first day without exports; may be empty
};

struct Segment {
    std::string id;
    std::string name;              ///< may be empty: it is informative
    std::string system_segment_id; ///< audiences made elsewhere only, as is `origin`
    std::string origin;            ///< the platform's `namespace`, e.g. aamSegments
    std::string filename_template; ///< the segment's own, or the export's
    SegmentSchedule schedule;      ///< the segment's own as a whole, or the export's
    bool own_filename_template = false;
    bool own_schedule = false;
};

/// One column of the exported files (reference, section 3.11).
struct Column {
    std::string source;      ///< path in the profile's schema, e.g. person.name.firstName
    std::string destination; ///< name of the column
    std::string source_type = "ATTRIBUTE"; ///< or EXPRESSION, STATIC
};

/// By which files hold a profile once (reference, section 6.4).
struct DeduplicationKey {
    enum class Kind { identity_namespace, attribute_path } kind = Kind::identity_namespace;
    std::string name;
};

struct SegmentExport : Export {
    std::vector<Segment> segments;
    std::vector<Column> mapping;
    /// In the place of `mapping` where the catalogue says so: paths in the profile's schema, e.g.
    /// person.name.firstName, each a column of that name.
    std::vector<std::string> attributes;
    /// Columns, or namespaces of mapped identities; with attributes, paths among these.
    std::vector<std::string> mandatory_fields;
    std::vector<DeduplicationKey> deduplication_keys;
};

/// All documents of a project, each checked on its own and against the others.
struct Manifests {
    Project project;
    std::string folder; ///< where penstock.yaml is; relative secret files count from here
    std::vector<Account> accounts;       ///< sorted by name
    std::vector<DatasetExport> datasets; ///< sorted by name
    std::vector<SegmentExport> segments; ///< sorted by name; no name stands in `datasets` too

    /// Exports of all kinds, sorted by name.
    [[nodiscard]] std::vector<const Export*> exports() const;
};

} // namespace penstock::manifest
