#include "emulator/settings.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::emulator {

namespace {

template <class Choice>
Switch choice(std::string_view name, Choice Settings::*member, std::vector<std::string_view> values,
              std::string_view meaning) {
    return Switch{
        name, std::move(values), meaning,
        [member](Settings& settings, std::size_t index) {
            settings.*member = static_cast<Choice>(index);
        },
        [member](const Settings& settings) { return static_cast<std::size_t>(settings.*member); }};
}

std::vector<Switch> make_switches() {
    const std::vector<std::string_view> keep_drop{"keep", "drop"};
    return {
        choice("automatic_dedup", &Settings::automatic_dedup, {"absent", "injected"},
               "primaryFields on GET of a flow that has none and maps an identity"),
        choice("campaign_flow_spec", &Settings::campaign_flow_spec, {"own", "shared", "unnamed"},
               "Campaign's flow spec: upsToCampaign with an id of its own, upsToCampaign with the "
               "id that other legacy destinations have, or that id without the name"),
        choice("connection_patch", &Settings::connection_patch, {"enabled", "disabled"},
               "PATCH of base connections; disabled answers 1445-400"),
        choice("dataset_names", &Settings::dataset_names, {"kept", "refreshed"},
               "dataset names of a source connection on GET: as sent, or the catalog's"),
        choice("delete_status", &Settings::delete_status, {"202", "204"}, "status of a DELETE"),
        choice("description_connection", &Settings::description_connection, keep_drop,
               "whether a base connection comes back with its description"),
        choice("description_flow", &Settings::description_flow, keep_drop,
               "whether a flow comes back with its description"),
        choice("description_source", &Settings::description_source, keep_drop,
               "whether a source connection comes back with its description"),
        choice("description_target", &Settings::description_target, keep_drop,
               "whether a target connection comes back with its description"),
        choice("disabled_flow_patch", &Settings::disabled_flow_patch, {"accept", "refuse"},
               "PATCH of a disabled flow"),
        choice("encryption_place", &Settings::encryption_place, {"connection", "target"},
               "which entity takes encryptionSpecs"),
        choice("end_date", &Settings::end_date, {"optional", "required"},
               "endDate of a segment's recurring schedule"),
        choice("end_time", &Settings::end_time, {"injected", "kept"},
               "a schedule without endTime: ends 6 months after creation, or stays as sent"),
        choice("error_envelope", &Settings::error_envelope, {"coded", "message"},
               "body of coded errors: errorCode and errorMessage, or one message"),
        choice("etag_on_create", &Settings::etag_on_create, {"present", "absent"},
               "etag in the answer to a POST"),
        choice("export_mode_on_get", &Settings::export_mode_on_get, {"kept", "omit", "fill"},
               "exportMode on GET: as sent, never, or always"),
        choice("expression_type_on_get", &Settings::expression_type_on_get, {"kept", "mime"},
               "source type of an EXPRESSION on GET: as sent, or text/x.aep-xl"),
        choice("filename_key", &Settings::filename_key, {"lower_n", "upper_n"},
               "spelling on GET: filenameTemplate or fileNameTemplate"),
        choice("flow_skeleton", &Settings::flow_skeleton, {"required", "optional"},
               "PATCH of a segment flow made without the skeleton: 1455-400, or it is filled in"),
        choice("folder_key", &Settings::folder_key, {"foldernameTemplate", "folderNameTemplate"},
               "spelling of the folder template on GET"),
        choice("identity_path", &Settings::identity_path, {"kept", "namespace"},
               "path of a profile selector for identityMap.X on GET: as sent, or X"),
        choice("include_file_manifest", &Settings::include_file_manifest, {"kept", "fill"},
               "includeFileManifest of a legacy target on GET: as sent, or false if it was not"),
        choice("json_none", &Settings::json_none, {"accept", "reject"},
               "JSON datasets with compression NONE"),
        choice("legacy_target_constants", &Settings::legacy_target_constants, {"kept", "omit"},
               "mode and format of a legacy target on GET: as sent, or left out but for the format "
               "of FTP"),
        choice("long_frequencies", &Settings::long_frequencies, {"accept", "refuse"},
               "WEEKLY and MONTHLY in a segment's schedule"),
        choice("mapping_set_list", &Settings::mapping_set_list,
               {"full", "no_names", "no_mappings", "empty_mappings"},
               "mapping sets in their list: as by id, without their names, or without mappings"),
        choice("mapping_set_name", &Settings::mapping_set_name, {"kept", "omit"},
               "whether a mapping set comes back with its name"),
        choice("mapping_version_default", &Settings::mapping_version_default, {"zero", "latest"},
               "the version of a mapping set that a GET without version shows"),
        choice("name_filter", &Settings::name_filter, {"all", "documented"},
               "lists that can be filtered by name: all, or those of which a table says so, which "
               "are base connections and flows; others answer 1449-400"),
        choice("next_href", &Settings::next_href, {"bare", "with_filter", "absolute"},
               "_links.next.href: the token alone, with the query, or as an absolute URL"),
        choice("page_info", &Settings::page_info, {"present", "absent"},
               "pageInfo in the list of exportable datasets"),
        choice("patch_response", &Settings::patch_response, {"200_body", "202_empty", "200_list"},
               "answer to a PATCH"),
        choice("patch_visibility", &Settings::patch_visibility, {"immediate", "on_completion"},
               "when a flow shows the content of a PATCH"),
        choice("populated_create", &Settings::populated_create, {"refuse", "accept"},
               "POST of a segment flow with more than the skeleton"),
        choice("profile_store_base", &Settings::profile_store_base, {"internal", "reused"},
               "base connection of a Profile Store source that names none: one of the service's "
               "own, or one that clients see"),
        choice("property", &Settings::property, {"filter", "ignored", "no_arrays"},
               "whether the property parameter filters lists, and finds what stands in arrays"),
        choice("sandbox_default", &Settings::sandbox_default, {"require", "prod"},
               "a request without x-sandbox-name: refused, or taken for prod"),
        choice("schedule_numbers", &Settings::schedule_numbers, {"number", "string"},
               "numbers of scheduleParams on GET"),
        choice("secrets", &Settings::secrets, {"echo", "mask", "omit"},
               "secret parameters of a base connection on GET"),
        choice("segment_flow_specs", &Settings::segment_flow_specs, {"distinct", "dataset"},
               "segment flows of ADLS, DLZ and GCS: a flow spec of their own, or the dataset's"),
        choice("segment_names", &Settings::segment_names, {"kept", "refreshed"},
               "name of a segment on GET: as sent, or that of the renamed audience"),
        choice("selector_order", &Settings::selector_order, {"kept", "shuffled"},
               "order of a flow's selectors after a PATCH"),
        choice("skeleton_on_get", &Settings::skeleton_on_get, {"kept", "trimmed"},
               "empty members of a transformation's params on GET"),
        choice("source_base_on_get", &Settings::source_base_on_get, {"kept", "inherited"},
               "the base connection of a Profile Store source on GET: where it was sent, or among "
               "the inherited attributes alone"),
        choice("source_patch", &Settings::source_patch, {"accept", "refuse"},
               "PATCH of source connections"),
        choice("target_data", &Settings::target_data, {"injected", "absent"},
               "a data object in target connections on GET"),
        choice("trigger_type_on_get", &Settings::trigger_type_on_get, {"kept", "omit", "fill"},
               "triggerType SCHEDULED on GET: as sent, never, or always"),
        choice("union_schema", &Settings::union_schema, {"profile_config", "schema_registry"},
               "where the union schema is: the profile service's entity types, or the registry"),
        choice("user_name_on_get", &Settings::user_name_on_get, {"returned_as", "as_sent"},
               "username of SFTP in legacy connections on GET: userName, or as sent"),
    };
}

} // namespace

std::vector<Dataset> Settings::default_datasets() {
    return {{"5ef3e324052581191aa6a466", "AAM Authenticated Profiles Meta Data"},
            {"5ef3e3259ad2a1191ab7dd7d", "AAM Devices Data"},
            {"5ef3e325582424191b1beb42", "AAM Devices Profile Meta Data"},
            {"5ef3e328582424191b1beb44", "AAM Realtime"},
            {"5ef3e328fe742a191b2b3ea5", "AAM Realtime Profile Updates"},
            {"616d53e0a6de2719486fb024", "Company Dataset"},
            {"6323ba7c5a1b1c1c07f2a9d1", "Loyalty Members"},
            {"6437c4e6ad2f8e1b8c5d9e02", "Web Events"}};
}

std::span<const Switch> switches() {
    static const std::vector<Switch> table = make_switches();
    return table;
}

Result<void> set_switch(Settings& settings, std::string_view given) {
    std::string assignment(given);
    std::replace(assignment.begin(), assignment.end(), '-', '_');
    const auto equals = std::min(assignment.find('='), assignment.size());
    const std::string_view whole(assignment);
    const auto name = whole.substr(0, equals);
    const auto value = whole.substr(std::min(equals + 1, assignment.size()));
    std::vector<std::string> names;
    for (const auto& candidate : switches()) {
        names.emplace_back(candidate.name);
        if (candidate.name != name) {
            continue;
        }
        const auto found = std::find(candidate.values.begin(), candidate.values.end(), value);
        if (found == candidate.values.end()) {
            return fail(ErrorKind::invalid_input,
                        fmt::format("switch {} takes {}, not \"{}\"", name,
                                    fmt::join(candidate.values, "|"), value));
        }
        candidate.set(settings, static_cast<std::size_t>(found - candidate.values.begin()));
        return {};
    }
    const auto near = nearest(name, names);
    return fail(ErrorKind::invalid_input, fmt::format("there is no switch \"{}\"", name),
                near ? fmt::format("did you mean {}?", *near) : std::string());
}

std::string describe_switches() {
    std::string text;
    const Settings defaults;
    for (const auto& entry : switches()) {
        text += fmt::format("  {}={}\n      {} (default {})\n", entry.name,
                            fmt::join(entry.values, "|"), entry.meaning,
                            entry.values[entry.get(defaults)]);
    }
    return text;
}

} // namespace penstock::emulator
