#pragma once

#include "emulator/refusal.hpp"
#include "json/value.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::emulator {

/// The source specs that serve exports (section 5).
inline constexpr std::string_view profile_store_spec = "8a9c3494-9708-43d7-ae3f-cda01e5030e1";
inline constexpr std::string_view data_lake_spec = "23598e46-f560-407b-88d5-ea6207e49db0";

/// What a flow of a flow spec carries.
enum class Workflow { datasets, segments };

/// A flow spec, the destinations that it serves, and its workflows.
struct FlowSpec {
    std::string id;
    std::string name;
    std::vector<std::string> connection_spec_ids;
    std::vector<Workflow> workflows;

    [[nodiscard]] bool serves(Workflow workflow) const;
    [[nodiscard]] bool serves(std::string_view connection_spec_id) const;
};

/// What decides about the columns of a segment export: a mapping set, or profile selectors as in
/// the legacy batch destinations (section 2.2).
enum class Columns { mapping_set, profile_selectors };

/// Parameters of a target that go together, and what those that are constant are (section 5.5).
struct TargetVariant {
    std::vector<std::string> parameters;
    json::Object constants;
};

/// A destination: its connection spec as the service returns it, and what targets and segments of
/// it may be.
struct DestinationSpec {
    std::string id;
    json::Value spec;
    std::string mode; ///< constant of a target without variants
    std::vector<TargetVariant> variants;
    Columns columns = Columns::mapping_set;
    std::vector<std::string> required_tokens; ///< of a file name (section 6.3)
    std::vector<std::string> optional_tokens;
};

/// The specs that the platform offers: the embedded destinations and the two sources (section 5.1).
class Specs {
  public:
    /// Those of the embedded files. An unreadable file is a mistake of the build and throws.
    Specs();

    [[nodiscard]] const DestinationSpec* destination(std::string_view connection_spec_id) const;
    [[nodiscard]] const FlowSpec* flow(std::string_view flow_spec_id,
                                       const Settings& settings) const;
    [[nodiscard]] bool is_connection_spec(std::string_view id) const;

    /// As GET lists them (section 3.9).
    [[nodiscard]] json::Array connection_specs() const;
    [[nodiscard]] json::Array flow_specs(const Settings& settings) const;

  private:
    [[nodiscard]] const std::vector<FlowSpec>& flows(const Settings& settings) const;

    std::vector<DestinationSpec> destinations_;
    /// The flow specs as the two switches about them have it.
    std::map<std::pair<SegmentFlowSpecs, CampaignFlowSpec>, std::vector<FlowSpec>> flows_;
};

/// The auth spec of that name, or null if the connection spec has none (section 5.2).
const json::Value& auth_spec(const json::Value& connection_spec, std::string_view name);

/// True if the schema marks the property secret.
bool is_secret(const json::Value& schema, std::string_view property);

} // namespace penstock::emulator
