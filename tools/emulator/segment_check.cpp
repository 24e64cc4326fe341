#include "emulator/segment_check.hpp"

#include "emulator/file_name_check.hpp"
#include "emulator/key_check.hpp"
#include "emulator/known_members.hpp"
#include "emulator/mapping_check.hpp"
#include "emulator/profile_selectors.hpp"
#include "emulator/segment_schedule.hpp"

#include <fmt/format.h>

#include <array>
#include <set>
#include <span>

namespace penstock::emulator {

namespace {

Outcome<void> check_selector_value(const json::Value& value, const DestinationSpec& destination,
                                   const Settings& settings) {
    static constexpr std::array<std::string_view, 11> known{"id",
                                                            "name",
                                                            "description",
                                                            "filenameTemplate",
                                                            "exportMode",
                                                            "schedule",
                                                            "systemSegmentId",
                                                            "namespace",
                                                            "enrichmentInfo",
                                                            "createTime",
                                                            "updateTime"};
    if (auto checked = check_known(value, known, "A selector's value"); !checked) {
        return checked;
    }
    if (value["id"].as_string().empty()) {
        return plain(400, "A selector's value needs an id");
    }
    for (const std::string_view member :
         {"name", "description", "systemSegmentId", "namespace", "createTime", "updateTime"}) {
        if (!value[member].is_null() && !value[member].is_string()) {
            return plain(400, fmt::format("{} of a selector is a text", member));
        }
    }
    if (value["systemSegmentId"].as_string().empty() != value["namespace"].as_string().empty()) {
        return plain(400, "systemSegmentId and namespace of an external audience go together");
    }
    if (!value["enrichmentInfo"].is_null() && !value["enrichmentInfo"].is_object()) {
        return plain(400, "enrichmentInfo of a selector is an object");
    }
    if (auto checked = check_file_name(value["filenameTemplate"], destination); !checked) {
        return checked;
    }
    return check_segment_schedule(value["exportMode"], value["schedule"], settings);
}

Outcome<void> check_selectors(const json::Value& selectors, const DestinationSpec& destination,
                              const Settings& settings) {
    static constexpr std::array<std::string_view, 2> known{"type", "value"};
    std::set<std::string> ids;
    for (const auto& selector : selectors.as_array()) {
        if (auto checked = check_known(selector, known, "A selector"); !checked) {
            return checked;
        }
        if (selector["type"].as_string() != "PLATFORM_SEGMENT") {
            return plain(400, "type of a selector is PLATFORM_SEGMENT");
        }
        if (auto checked = check_selector_value(selector["value"], destination, settings);
            !checked) {
            return checked;
        }
        if (!ids.insert(selector["value"]["id"].as_string()).second) {
            return plain(400, fmt::format("Segment {} is selected twice",
                                          selector["value"]["id"].as_string()));
        }
    }
    return {};
}

Outcome<Mapped> read_mapping(const json::Value& mapping, const Surroundings& around) {
    static constexpr std::array<std::string_view, 2> known{"mappingId", "mappingVersion"};
    if (mapping.is_null() || (mapping.is_object() && mapping.as_object().empty())) {
        return Mapped{};
    }
    if (auto checked = check_known(mapping, known, "profileMapping"); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    const auto& id = mapping["mappingId"].as_string();
    const auto* set = around.data_prep.mapping_set(around.scope, id);
    const auto* version =
        set == nullptr ? nullptr : set->version(mapping["mappingVersion"].as_integer(-1));
    if (version == nullptr) {
        return coded("1412-400", fmt::format("Mapping set [{}] has no such version", id));
    }
    Mapped mapped;
    const json::Value body(version->body);
    for (const auto& entry : body["mappings"].as_array()) {
        mapped.columns.insert(entry["destination"].as_string());
        if (auto identity = identity_of(entry)) {
            if (!mapped.namespaces.empty()) {
                return coded("1419-400", "Mapping validation failed: more than one identity");
            }
            mapped.namespaces.insert(std::move(*identity));
        }
    }
    return mapped;
}

Outcome<void> check_segments(const json::Value& segments, const DestinationSpec& destination,
                             const Settings& settings) {
    static constexpr std::array<std::string_view, 1> list{"selectors"};
    if (segments.is_null()) {
        return {};
    }
    if (auto checked = check_known(segments, list, "segmentSelectors"); !checked) {
        return checked;
    }
    if (!segments["selectors"].is_array()) {
        return plain(400, "segmentSelectors.selectors is an array");
    }
    return check_selectors(segments["selectors"], destination, settings);
}

Outcome<void> check_params(const json::Value& params, const DestinationSpec& destination,
                           const Surroundings& around) {
    static constexpr std::array<std::string_view, 4> mapped_by_set{
        "mandatoryFields", "primaryFields", "profileMapping", "segmentSelectors"};
    static constexpr std::array<std::string_view, 2> selected{"profileSelectors",
                                                              "segmentSelectors"};
    const bool has_mapping_set = destination.columns == Columns::mapping_set;
    const auto known = has_mapping_set ? std::span<const std::string_view>(mapped_by_set)
                                       : std::span<const std::string_view>(selected);
    if (auto checked = check_known(params, known, "params of GeneralTransform"); !checked) {
        return checked;
    }
    if (auto checked = check_segments(params["segmentSelectors"], destination, around.settings);
        !checked) {
        return checked;
    }
    if (!has_mapping_set) {
        return check_profile_selectors(params["profileSelectors"]);
    }
    const auto mapped = read_mapping(params["profileMapping"], around);
    if (!mapped) {
        return tl::unexpected<Refusal>(mapped.error());
    }
    return check_keys(params, *mapped);
}

} // namespace

Outcome<void> check_transformations(const json::Value& transformations,
                                    const DestinationSpec& destination,
                                    const Surroundings& around) {
    if (!transformations.is_null() && !transformations.is_array()) {
        return plain(400, "transformations is an array");
    }
    if (transformations.as_array().empty()) {
        return {};
    }
    const auto& transformation = transformations.as_array().front();
    static constexpr std::array<std::string_view, 2> known{"name", "params"};
    if (transformations.as_array().size() > 1 ||
        transformation["name"].as_string() != "GeneralTransform") {
        return plain(400, "transformations of a segment flow is one GeneralTransform");
    }
    if (auto checked = check_known(transformation, known, "GeneralTransform"); !checked) {
        return checked;
    }
    return check_params(transformation["params"], destination, around);
}

bool is_populated(const json::Value& transformations) {
    for (const auto& transformation : transformations.as_array()) {
        const auto& params = transformation["params"];
        // Keys of a legacy flow name what its selectors take, so there are none without those.
        if (!params["mandatoryFields"].as_array().empty() ||
            !params["primaryFields"].as_array().empty() ||
            !params["profileMapping"].as_object().empty() ||
            !params["profileSelectors"]["selectors"].as_array().empty() ||
            !params["segmentSelectors"]["selectors"].as_array().empty()) {
            return true;
        }
    }
    return false;
}

} // namespace penstock::emulator
