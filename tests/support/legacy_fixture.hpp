#pragma once

#include "support/emulator_fixture.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {

/// The flow spec that most legacy destinations share (section 5.5).
inline constexpr std::string_view shared_flow_spec = "71471eba-b620-49e4-90fd-23f1fa0174d8";

/// A storage of a legacy batch destination, with what section 5.5 has for it.
struct LegacyStorage {
    std::string connection_spec;
    std::string flow_spec; ///< empty for Campaign, which has to be looked up
    json::Value auth;
    json::Value params; ///< of a target, with the constants
};

/// One for each auth spec of each destination.
std::vector<LegacyStorage> legacy_storages();
/// Those of the destinations that have one storage only.
LegacyStorage legacy_s3();
LegacyStorage legacy_sftp();

/// Bodies that the service accepts, to be spoilt by a test.
json::Value profile_base_body();
json::Value legacy_source_body(const std::string& base);
json::Value legacy_connection_body(const LegacyStorage& storage);
json::Value legacy_target_body(const LegacyStorage& storage, const std::string& connection);
/// With the empty skeleton.
json::Value legacy_flow_body(std::string_view flow_spec, const std::string& source,
                             const std::string& target);
/// A selector of a segment whose file name has the tokens that legacy destinations require.
json::Value legacy_selector(std::string_view segment);
json::Value profile_selector(std::string_view path);

/// The body of a flow over entities made for it.
json::Value make_legacy_parts(EmulatorFixture& fixture, const LegacyStorage& storage);

/// Entries of primaryFields.
json::Value identity_key(std::string_view code);
json::Value attribute_key(std::string_view path);

/// The pointer to what a segment flow has among its parameters.
std::string at(std::string_view member);
inline const std::string attributes = at("profileSelectors/selectors");
inline const std::string segments_end = at("segmentSelectors/selectors/-");

/// A flow to the legacy S3 destination, whose changes are done at once.
class LegacyFixture : public EmulatorFixture {
  public:
    LegacyFixture();

    /// Sets a switch by its text.
    void flip(std::string_view assignment);
    json::Value params() { return params(path); }
    json::Value params(const std::string& flow);
    /// Those of the profile selectors, in their order.
    std::vector<std::string> paths();
    Answered add(const std::string& pointer, const json::Value& value) {
        return patch(path, "add", pointer, value);
    }
    Answered add_attribute(const json::Value& added) { return add(attributes + "/-", added); }
    /// Selects attributes, and fails the test if that is refused.
    void select(const std::vector<std::string>& selected);

    json::Value body; ///< of the flow
    std::string path;
};

} // namespace penstock::test
