#include "emulator/view_segments.hpp"

#include "emulator/mapping_check.hpp"
#include "emulator/profile_selectors.hpp"

#include <fmt/format.h>

#include <optional>

namespace penstock::emulator {

namespace {

void show_schedule(json::Object& schedule, TriggerTypeOnGet how) {
    switch (how) {
    case TriggerTypeOnGet::kept:
        break;
    case TriggerTypeOnGet::omit:
        if (json::Value(schedule)["triggerType"].as_string() == "SCHEDULED") {
            schedule.erase("triggerType");
        }
        break;
    case TriggerTypeOnGet::fill:
        if (!schedule.contains("triggerType")) {
            schedule["triggerType"] = "SCHEDULED";
        }
        break;
    }
}

void show_selector(json::Object& value, const Settings& settings) {
    if (!value.contains("description")) {
        value["description"] = "";
    }
    if (settings.segment_names == SegmentNames::refreshed) {
        value["name"] = fmt::format("Audience {}, renamed", json::Value(value)["id"].as_string());
    }
    if (settings.filename_key == FilenameKey::upper_n) {
        json::Value name = value["filenameTemplate"];
        value.erase("filenameTemplate");
        value["fileNameTemplate"] = std::move(name);
    }
    show_schedule(value["schedule"].make_object(), settings.trigger_type_on_get);
}

/// The namespace of the identity that the flow maps, if it maps one.
std::optional<std::string> mapped_identity(const json::Value& mapping, const Surroundings& around) {
    const auto* set = around.data_prep.mapping_set(around.scope, mapping["mappingId"].as_string());
    const auto* version =
        set == nullptr ? nullptr : set->version(mapping["mappingVersion"].as_integer(-1));
    if (version == nullptr) {
        return std::nullopt;
    }
    const json::Value body(version->body);
    for (const auto& entry : body["mappings"].as_array()) {
        if (auto identity = identity_of(entry)) {
            return identity;
        }
    }
    return std::nullopt;
}

bool is_empty(const json::Value& value) {
    return value.is_object() ? value.as_object().empty() : value.as_array().empty();
}

void trim_keys(json::Object& place) {
    for (const std::string_view member : {"mandatoryFields", "primaryFields", "profileMapping"}) {
        if (is_empty(json::Value(place)[member])) {
            place.erase(member);
        }
    }
}

void trim(json::Object& params) {
    trim_keys(params);
    if (auto* profile = params.find("profileSelectors")) {
        trim_keys(profile->make_object());
        if (is_empty((*profile)["selectors"])) {
            params.erase("profileSelectors");
        }
    }
    if (is_empty(json::Value(params)["segmentSelectors"]["selectors"])) {
        params.erase("segmentSelectors");
    }
}

} // namespace

json::Value shown_transformations(json::Value transformations, const Surroundings& around) {
    for (auto& transformation : transformations.make_array()) {
        auto& params = transformation.make_object()["params"].make_object();
        if (params.contains("segmentSelectors")) {
            auto& selectors = params["segmentSelectors"].make_object()["selectors"].make_array();
            for (auto& selector : selectors) {
                show_selector(selector.make_object()["value"].make_object(), around.settings);
            }
        }
        if (params.contains("profileSelectors")) {
            params["profileSelectors"] =
                shown_profile_selectors(std::move(params["profileSelectors"]), around.settings);
        }
        const json::Value shown(params);
        if (around.settings.automatic_dedup == AutomaticDedup::injected &&
            shown["primaryFields"].as_array().empty()) {
            if (const auto identity = mapped_identity(shown["profileMapping"], around)) {
                params["primaryFields"] = json::Array{
                    json::Object{{"fieldType", "IDENTITY"}, {"identityNamespace", *identity}}};
            }
        }
        if (around.settings.skeleton_on_get == SkeletonOnGet::trimmed) {
            trim(params);
        }
    }
    return transformations;
}

} // namespace penstock::emulator
