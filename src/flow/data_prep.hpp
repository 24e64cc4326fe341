#pragma once

#include "base/result.hpp"
#include "flow/keep.hpp"
#include "flow/sender.hpp"
#include "json/value.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::flow {

/// A mapping set in one of its versions, which never change (reference, section 2.3).
struct MappingSetVersion {
    std::string id;
    std::int64_t version = 0;

    bool operator==(const MappingSetVersion&) const = default;
};

/// Some of the list of mapping sets.
struct MappingSetRange {
    std::size_t start = 0; ///< offset of the first
    std::size_t limit = 0;
    std::size_t urgency = 1; ///< as http::Request::urgency
};

/// A page of the list of mapping sets (reference, section 3.11).
struct MappingSetPage {
    std::vector<json::Value> sets; ///< as they came: not all need have an id, or mappings
    bool has_next = false;         ///< the service names a page after it
};

/// A version as answers have it: a number, or a number as text (reference, section 4.7).
std::optional<std::int64_t> version_number(const json::Value& value);

/// Data Prep, typed, and the union schema that its mappings read from (reference, sections 3.11 and
/// 3.13). A create of a mapping set is not sent twice: where its outcome is unknown the Error
/// satisfies http::outcome_unknown(), and mapping_sets_named() tells what came of it. All else is:
/// a schema or a version too many does nothing, since nothing refers to it.
class DataPrep {
  public:
    template <class T>
    using Done = std::function<void(Result<T>)>;

    explicit DataPrep(Sender sender) : sender_(std::move(sender)) {}

    /// The JSON schema of a profile with all its attributes and identities.
    void union_schema(Done<json::Value> done);

    /// The codes of the identity namespaces (reference, section 3.13).
    void identity_namespaces(Done<std::vector<std::string>> done);

    /// Makes a schema; gives its id.
    void create_schema(std::string_view name, const json::Value& json_schema,
                       Done<std::string> done);
    /// A schema as it was made: `id`, `version`, `jsonSchema`. Fails with ErrorKind::not_found.
    void schema(std::string_view id, Done<json::Value> done);

    /// The set in exactly that version. Fails with ErrorKind::not_found.
    void mapping_set(const MappingSetVersion& version, Done<json::Value> done);
    /// Sets of the sandbox, those made last first, each in its latest version.
    void mapping_set_page(const MappingSetRange& range, Keep keep, Done<MappingSetPage> done);
    /// The sets of exactly that name, in their latest version.
    void mapping_sets_named(std::string_view name, Done<std::vector<json::Value>> done);

    /// Fails with ErrorKind::rejected if the service would refuse a mapping of `set`, the body of a
    /// create, and names each that it refuses.
    void validate(const json::Value& set, Done<void> done);
    void create_mapping_set(const json::Value& set, Done<MappingSetVersion> done);
    /// Adds `set` as the next version; flows go on with the version that they name.
    void add_version(std::string_view id, const json::Value& set, Done<MappingSetVersion> done);

  private:
    Sender sender_; ///< shares what all copies share
};

} // namespace penstock::flow
