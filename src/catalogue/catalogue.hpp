#pragma once

#include "base/result.hpp"
#include "json/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::catalogue {

/// What a dataflow carries; decides the flow spec and which target parameters apply.
enum class Workflow { datasets, segments };

/// One parameter of an auth spec or of a target, from the service's own connection spec.
struct Parameter {
    std::string name;        ///< in the platform's spelling
    std::string title;       ///< short, for people; the name if the spec has none
    std::string description; ///< one sentence
    std::string type;        ///< JSON Schema type: string, integer, boolean, object
    bool required = false;
    bool secret = false;              ///< `format: password` in the spec
    std::string pattern;              ///< ECMAScript regular expression; empty if none
    std::vector<std::string> values;  ///< the enum; empty if free
    std::vector<Parameter> members;   ///< of an object, such as the keys of csvOptions
    json::Value default_value;        ///< null if none
    std::string returned_as;          ///< how answers spell the name; empty: in the same way
    std::optional<Workflow> only_for; ///< set when the parameter belongs to one workflow only
};

/// A way to authenticate (an item of the connection spec's `authSpec`).
struct AuthSpec {
    std::string name; ///< e.g. "Access Key"
    std::string type; ///< e.g. "KeyBased"
    std::string description;
    std::vector<Parameter> parameters;
    json::Value schema; ///< draft-07, for the values of `auth.params`
};

/// Where the platform keeps how files are encrypted: sources disagree (reference, section 5.4).
enum class EncryptionPlace { connection, target };

/// How files can be encrypted (an item of the connection spec's `encryptionSpecs`).
struct EncryptionSpec {
    EncryptionPlace place = EncryptionPlace::connection;
    std::string spec_name; ///< as requests have it beside the parameters; target: none
    std::vector<Parameter> parameters;
    json::Value schema; ///< draft-07, for `encryptionAlgo` and `publicKey`
};

/// One of the places that a destination takes files from, such as a bucket or an SFTP server: most
/// have one, Adobe Campaign has three (reference, section 5.5).
struct TargetVariant {
    std::vector<std::string> auth_specs; ///< those that lead to this place; empty: all
    /// Target parameters that only this place and its like have, all of them required.
    std::vector<std::string> parameters;
    json::Object constants; ///< sent with every target, never written in manifests (`mode`)
    json::Value dataset_schema = {}; ///< see target_schema()
    json::Value segment_schema = {};

    /// draft-07 schema for what a manifest writes under `destination` for that workflow and this
    /// place: closed, with the required parameters of both.
    [[nodiscard]] const json::Value& target_schema(Workflow workflow) const {
        return workflow == Workflow::datasets ? dataset_schema : segment_schema;
    }
};

/// How a dataflow of segments says what the files hold (reference, sections 3.8 and 4.5).
enum class Columns {
    mapping_set,       ///< by a mapping set of Data Prep, `profileMapping`
    profile_selectors, ///< by paths in the profile, `profileSelectors`, which hold the keys, too
};

/// Tokens of `filenameTemplate`, without the signs around them (reference, section 6.3);
/// `DATETIME(...)` may stand in every template.
struct FilenameTokens {
    std::vector<std::string> required;
    std::vector<std::string> optional;
};

/// A destination of the platform as data (reference, section 5).
struct Destination {
    std::string slug;  ///< e.g. "amazon-s3": what manifests write
    std::string title; ///< e.g. "Amazon S3"
    std::string description;
    std::string connection_spec_id; ///< reference, section 5.1
    std::string connection_spec_version;
    std::vector<AuthSpec> auth_specs; ///< empty: the destination takes no credentials
    std::vector<Parameter> target_parameters;
    json::Value target_spec; ///< the connection spec's own schema of a target's parameters
    std::vector<TargetVariant> target_variants; ///< never empty
    json::Value target_data; ///< `data` of a new target (reference, section 3.7); null: none
    std::string dataset_flow_spec_id; ///< reference, section 5.1; empty: it takes no datasets
    /// Reference, sections 5.1 and 5.5; empty: known by its name only.
    std::string segment_flow_spec_id;
    /// The name under which `/flowSpecs` has the spec where no document gives an id (reference,
    /// sections 3.9 and 5.5); else empty.
    std::string segment_flow_spec_name;
    /// Another id that some documents give for flows of segments (reference, section 5.1); may be
    /// empty.
    std::string other_segment_flow_spec_id;
    std::optional<EncryptionSpec> encryption; ///< none: files cannot be encrypted
    /// Frequencies of segments that some documents know for this destination and the API's schema
    /// does not: WEEKLY, MONTHLY (reference, section 6.2).
    std::vector<std::string> long_frequencies;
    FilenameTokens filename_tokens;
    Columns columns = Columns::mapping_set;
    /// True: dataflows take profiles from a source connection made from a base connection to the
    /// Profile Store, which a project has once (reference, section 2.2).
    bool shares_profile_store = false;
    /// Slug of the destination that the platform moved this one's accounts to (reference, section
    /// 5.5); empty: none.
    std::string moved_to;

    [[nodiscard]] bool takes(Workflow workflow) const;
    [[nodiscard]] const AuthSpec* find_auth_spec(std::string_view name) const;
    [[nodiscard]] const Parameter* find_target_parameter(std::string_view name) const;
    /// The target parameters of `params` that the catalogue knows. Others are not ours: the service
    /// may add some of its own, and a later release may know more.
    [[nodiscard]] json::Object known(const json::Object& params) const;
    /// The others, each in its place.
    [[nodiscard]] json::Object unknown(const json::Object& params) const;
    /// The parameters of one workflow, in the spec's order.
    [[nodiscard]] std::vector<const Parameter*> target_parameters_for(Workflow workflow) const;
    /// The place that an auth spec leads to. Where that is not known, or leads to several, what a
    /// target has of each one's parameters decides.
    [[nodiscard]] const TargetVariant& variant(std::string_view auth_spec,
                                               const json::Value& target_params) const;
    /// Target parameters in their full form, on both sides of a comparison: with the constants of
    /// their place and the defaults of their members, such as those of csvOptions, where the spec
    /// says that these apply; without what is as it would be if left out.
    [[nodiscard]] json::Object complete(json::Object target_params,
                                        std::string_view auth_spec = {}) const;
    /// The workflow that only can have these target parameters; nothing if they fit all.
    [[nodiscard]] std::optional<Workflow> workflow_of(const json::Value& target_params) const;
};

class Catalogue {
  public:
    /// Reads the texts of schemas/destinations/*.json. Fails on the first that is not usable.
    static Result<Catalogue> read(const std::vector<std::string_view>& texts);
    /// The destinations that are compiled in.
    static const Catalogue& embedded();

    [[nodiscard]] const std::vector<Destination>& all() const { return destinations_; }
    [[nodiscard]] const Destination* find(std::string_view slug) const;
    [[nodiscard]] const Destination* find_by_connection_spec(std::string_view id) const;
    /// All slugs, in order.
    [[nodiscard]] std::vector<std::string> slugs() const;

  private:
    std::vector<Destination> destinations_;
};

/// The platform's source connection specs (reference, section 5): where exported data comes from.
inline constexpr std::string_view data_lake_spec_id = "23598e46-f560-407b-88d5-ea6207e49db0";
inline constexpr std::string_view profile_store_spec_id = "8a9c3494-9708-43d7-ae3f-cda01e5030e1";

} // namespace penstock::catalogue
