#include "emulator/segment_check.hpp"

#include "emulator/mapping_check.hpp"
#include "emulator/segment_schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>

namespace penstock::emulator {

namespace {

constexpr std::size_t longest_file_name = 255;
constexpr std::array<std::string_view, 9> file_name_tokens{
    "DESTINATION", "DESTINATION_NAME", "DESTINATION_INSTANCE_ID", "DESTINATION_INSTANCE_NAME",
    "SEGMENT_ID",  "SEGMENT_NAME",     "ORGANIZATION_NAME",       "SANDBOX_NAME",
    "TIMESTAMP"};

bool is_among(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

Outcome<void> check_known(const json::Value& object, std::span<const std::string_view> known,
                          std::string_view what) {
    if (!object.is_object()) {
        return plain(400, fmt::format("{} is an object", what));
    }
    for (const auto& [name, value] : object.as_object()) {
        if (!is_among(known, name)) {
            return plain(400, fmt::format("{} has no field {}", what, name));
        }
    }
    return {};
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

bool is_date_token(std::string_view token) {
    constexpr std::string_view opening = "DATETIME(";
    return token.size() > opening.size() + 1 && token.substr(0, opening.size()) == opening &&
           token.find(')') == token.size() - 1;
}

Outcome<void> check_file_name(const json::Value& name) {
    std::string_view rest = name.as_string();
    if (rest.empty() || characters(rest) > longest_file_name) {
        return plain(400, "filenameTemplate is required and has at most 255 characters");
    }
    bool has_date = false;
    bool has_timestamp = false;
    for (auto percent = rest.find('%'); percent != std::string_view::npos;
         percent = rest.find('%')) {
        rest.remove_prefix(percent + 1);
        const auto end = rest.find('%');
        const auto token = rest.substr(0, end);
        const bool is_date = is_date_token(token);
        if (end == std::string_view::npos || (!is_date && !is_among(file_name_tokens, token))) {
            return plain(400, fmt::format("filenameTemplate has an unknown token %{}", token));
        }
        has_date = has_date || is_date;
        has_timestamp = has_timestamp || token == "TIMESTAMP";
        rest.remove_prefix(end + 1);
    }
    if (has_date && has_timestamp) {
        return plain(400, "filenameTemplate has either DATETIME or TIMESTAMP");
    }
    return {};
}

Outcome<void> check_selector_value(const json::Value& value, const Settings& settings) {
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
    if (auto checked = check_file_name(value["filenameTemplate"]); !checked) {
        return checked;
    }
    return check_segment_schedule(value["exportMode"], value["schedule"], settings);
}

Outcome<void> check_selectors(const json::Value& selectors, const Settings& settings) {
    static constexpr std::array<std::string_view, 2> known{"type", "value"};
    std::set<std::string> ids;
    for (const auto& selector : selectors.as_array()) {
        if (auto checked = check_known(selector, known, "A selector"); !checked) {
            return checked;
        }
        if (selector["type"].as_string() != "PLATFORM_SEGMENT") {
            return plain(400, "type of a selector is PLATFORM_SEGMENT");
        }
        if (auto checked = check_selector_value(selector["value"], settings); !checked) {
            return checked;
        }
        if (!ids.insert(selector["value"]["id"].as_string()).second) {
            return plain(400, fmt::format("Segment {} is selected twice",
                                          selector["value"]["id"].as_string()));
        }
    }
    return {};
}

/// What keys may name.
struct Mapped {
    std::set<std::string> columns;
    std::set<std::string> namespaces;
};

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

Outcome<void> check_mandatory(const json::Value& fields, const Mapped& mapped) {
    if (!fields.is_null() && !fields.is_array()) {
        return plain(400, "mandatoryFields is an array");
    }
    for (const auto& field : fields.as_array()) {
        const auto& name = field.as_string();
        if (mapped.columns.count(name) + mapped.namespaces.count(name) == 0) {
            return plain(400, fmt::format("mandatoryFields names {}, which is not mapped", name));
        }
    }
    return {};
}

Outcome<void> check_primary(const json::Value& fields, const Mapped& mapped) {
    static constexpr std::array<std::string_view, 2> identity{"fieldType", "identityNamespace"};
    static constexpr std::array<std::string_view, 2> attribute{"fieldType", "attributePath"};
    if (!fields.is_null() && !fields.is_array()) {
        return plain(400, "primaryFields is an array");
    }
    const auto count = fields.as_array().size();
    std::set<std::string> named;
    for (const auto& field : fields.as_array()) {
        const bool is_identity = field["fieldType"].as_string() == "IDENTITY";
        if (!is_identity && field["fieldType"].as_string() != "ATTRIBUTE") {
            return plain(400, "fieldType is IDENTITY or ATTRIBUTE");
        }
        if (count > (is_identity ? 1U : 2U)) {
            return plain(400, "primaryFields is one identity, or one or two attributes");
        }
        if (auto checked =
                check_known(field, is_identity ? identity : attribute, "An entry of primaryFields");
            !checked) {
            return checked;
        }
        const auto& name = field[is_identity ? "identityNamespace" : "attributePath"].as_string();
        if (!(is_identity ? mapped.namespaces : mapped.columns).contains(name)) {
            return plain(400, fmt::format("primaryFields names {}, which is not mapped", name));
        }
        if (!named.insert(name).second) {
            return plain(400, fmt::format("primaryFields names {} twice", name));
        }
    }
    return {};
}

Outcome<void> check_params(const json::Value& params, const Surroundings& around) {
    static constexpr std::array<std::string_view, 4> known{"mandatoryFields", "primaryFields",
                                                           "profileMapping", "segmentSelectors"};
    static constexpr std::array<std::string_view, 1> list{"selectors"};
    if (auto checked = check_known(params, known, "params of GeneralTransform"); !checked) {
        return checked;
    }
    if (const auto& segments = params["segmentSelectors"]; !segments.is_null()) {
        if (auto checked = check_known(segments, list, "segmentSelectors"); !checked) {
            return checked;
        }
        if (!segments["selectors"].is_array()) {
            return plain(400, "segmentSelectors.selectors is an array");
        }
        if (auto checked = check_selectors(segments["selectors"], around.settings); !checked) {
            return checked;
        }
    }
    const auto mapped = read_mapping(params["profileMapping"], around);
    if (!mapped) {
        return tl::unexpected<Refusal>(mapped.error());
    }
    if (auto checked = check_mandatory(params["mandatoryFields"], *mapped); !checked) {
        return checked;
    }
    return check_primary(params["primaryFields"], *mapped);
}

} // namespace

Outcome<void> check_transformations(const json::Value& transformations,
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
    return check_params(transformation["params"], around);
}

bool is_populated(const json::Value& transformations) {
    for (const auto& transformation : transformations.as_array()) {
        const auto& params = transformation["params"];
        if (!params["mandatoryFields"].as_array().empty() ||
            !params["primaryFields"].as_array().empty() ||
            !params["profileMapping"].as_object().empty() ||
            !params["segmentSelectors"]["selectors"].as_array().empty()) {
            return true;
        }
    }
    return false;
}

} // namespace penstock::emulator
