#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::emulator {

enum class SecretsOnGet { echo, mask, omit };
enum class Description { keep, drop };
enum class PatchResponse { ok_body, accepted_empty, ok_list };
enum class DeleteStatus { accepted, no_content };
enum class PropertyParameter { filter, ignored, no_arrays };
enum class NameFilter { all, documented };
enum class NextHref { bare, with_filter, absolute };
enum class EndTime { injected, kept };
enum class ScheduleNumbers { number, string };
enum class ExportModeOnGet { kept, omit, fill };
enum class DisabledFlowPatch { accept, refuse };
enum class SourcePatch { accept, refuse };
enum class JsonNone { accept, reject };
enum class SandboxDefault { require, prod };
enum class ConnectionPatch { enabled, disabled };
enum class PageInfo { present, absent };
enum class FolderKey { lower_n, upper_n };
enum class ErrorEnvelope { coded, message };
enum class DatasetNames { kept, refreshed };
enum class EtagOnCreate { present, absent };
enum class TargetData { injected, absent };
enum class MappingVersionDefault { zero, latest };
enum class MappingSetList { full, no_names, no_mappings, empty_mappings };
enum class MappingSetName { kept, omit };
enum class ExpressionType { kept, mime };
enum class FlowSkeleton { required, optional };
enum class PopulatedCreate { refuse, accept };
enum class LongFrequencies { accept, refuse };
enum class EndDate { optional, required };
enum class TriggerTypeOnGet { kept, omit, fill };
enum class SelectorOrder { kept, shuffled };
enum class SegmentNames { kept, refreshed };
enum class FilenameKey { lower_n, upper_n };
enum class AutomaticDedup { absent, injected };
enum class SkeletonOnGet { kept, trimmed };
enum class SegmentFlowSpecs { distinct, dataset };
enum class EncryptionPlace { connection, target };
enum class CampaignFlowSpec { own, shared, unnamed };
enum class ProfileStoreBase { internal, reused };
enum class SourceBaseOnGet { kept, inherited };
enum class LegacyTargetConstants { kept, omit };
enum class IncludeFileManifest { kept, fill };
enum class UserNameOnGet { returned_as, as_sent };
enum class IdentityPath { kept, namespace_only };
enum class UnionSchema { profile_config, schema_registry };
enum class PatchVisibility { immediate, on_completion };

/// A dataset that can be exported.
struct Dataset {
    std::string id;
    std::string name;

    bool operator==(const Dataset&) const = default;
};

/// How this stand-in behaves. Everything that the documents leave open is a switch, so that a
/// client can be run against either answer.
struct Settings {
    std::uint64_t seed = 1;              ///< of every id, etag and request id
    std::int64_t token_lifetime = 86399; ///< seconds (section 1.3)
    Milliseconds patch_duration{1500};   ///< how long a flow stays in transition (section 2.4)
    std::vector<std::string> sandboxes{"prod", "dev"};
    /// client_id to client_secret; when empty, any client with a secret other than "wrong-secret".
    std::map<std::string, std::string> clients;
    std::vector<Dataset> datasets = default_datasets();
    bool any_dataset =
        true; ///< datasets outside the list are fine if they are 24 hexadecimal digits

    SecretsOnGet secrets = SecretsOnGet::mask;
    Description description_connection = Description::keep;
    Description description_source = Description::keep;
    Description description_target = Description::keep;
    Description description_flow = Description::keep;
    PatchResponse patch_response = PatchResponse::ok_body;
    PatchVisibility patch_visibility = PatchVisibility::on_completion;
    DeleteStatus delete_status = DeleteStatus::accepted;
    PropertyParameter property = PropertyParameter::filter;
    NameFilter name_filter = NameFilter::all;
    NextHref next_href = NextHref::bare;
    EndTime end_time = EndTime::injected;
    ScheduleNumbers schedule_numbers = ScheduleNumbers::number;
    ExportModeOnGet export_mode_on_get = ExportModeOnGet::kept;
    DisabledFlowPatch disabled_flow_patch = DisabledFlowPatch::accept;
    SourcePatch source_patch = SourcePatch::accept;
    JsonNone json_none = JsonNone::reject;
    SandboxDefault sandbox_default = SandboxDefault::require;
    ConnectionPatch connection_patch = ConnectionPatch::enabled;
    PageInfo page_info = PageInfo::present;
    FolderKey folder_key = FolderKey::lower_n;
    ErrorEnvelope error_envelope = ErrorEnvelope::coded;
    DatasetNames dataset_names = DatasetNames::kept;
    EtagOnCreate etag_on_create = EtagOnCreate::present;
    TargetData target_data = TargetData::injected;
    MappingVersionDefault mapping_version_default = MappingVersionDefault::zero;
    MappingSetList mapping_set_list = MappingSetList::full;
    MappingSetName mapping_set_name = MappingSetName::kept;
    ExpressionType expression_type_on_get = ExpressionType::kept;
    FlowSkeleton flow_skeleton = FlowSkeleton::required;
    PopulatedCreate populated_create = PopulatedCreate::refuse;
    LongFrequencies long_frequencies = LongFrequencies::accept;
    EndDate end_date = EndDate::optional;
    TriggerTypeOnGet trigger_type_on_get = TriggerTypeOnGet::kept;
    SelectorOrder selector_order = SelectorOrder::kept;
    SegmentNames segment_names = SegmentNames::kept;
    FilenameKey filename_key = FilenameKey::lower_n;
    AutomaticDedup automatic_dedup = AutomaticDedup::absent;
    SkeletonOnGet skeleton_on_get = SkeletonOnGet::kept;
    SegmentFlowSpecs segment_flow_specs = SegmentFlowSpecs::distinct;
    EncryptionPlace encryption_place = EncryptionPlace::connection;
    UnionSchema union_schema = UnionSchema::profile_config;
    CampaignFlowSpec campaign_flow_spec = CampaignFlowSpec::own;
    ProfileStoreBase profile_store_base = ProfileStoreBase::internal;
    SourceBaseOnGet source_base_on_get = SourceBaseOnGet::kept;
    LegacyTargetConstants legacy_target_constants = LegacyTargetConstants::kept;
    IncludeFileManifest include_file_manifest = IncludeFileManifest::kept;
    UserNameOnGet user_name_on_get = UserNameOnGet::returned_as;
    IdentityPath identity_path = IdentityPath::kept;

    /// The sample of section 3.9's look-up, as a new sandbox has it, and a few more.
    static std::vector<Dataset> default_datasets();

    bool operator==(const Settings&) const = default;
};

/// One switch: its name, the values it takes, and how it reaches the Settings.
struct Switch {
    std::string_view name;
    std::vector<std::string_view> values; ///< in the order of the enumeration behind it
    std::string_view meaning;             ///< one line for --help
    std::function<void(Settings&, std::size_t)> set;
    std::function<std::size_t(const Settings&)> get;
};

/// Every switch, by name. Parsing and --help both read this table.
std::span<const Switch> switches();

/// Sets the switch that `given` names as `NAME=VALUE`, where a hyphen counts as an underscore.
/// Fails with ErrorKind::invalid_input for a name or value that is not in the table.
Result<void> set_switch(Settings& settings, std::string_view given);

/// The table as text of one line for each switch, defaults marked.
std::string describe_switches();

} // namespace penstock::emulator
