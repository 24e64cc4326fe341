#include "normalise/segments.hpp"

#include "json/text.hpp"
#include "model/source_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace penstock::normalise {

namespace {

using json::Array;
using json::Object;
using json::Value;

const Value& profile_selectors(const Value& document) {
    return model::transformation(document)["profileSelectors"];
}

/// A list of keys, which stands with the attributes where a dataflow has these (reference, section
/// 4.5).
const Array& key_list(const Value& params, std::string_view name) {
    const auto& with_attributes = params["profileSelectors"][name].as_array();
    return with_attributes.empty() ? params[name].as_array() : with_attributes;
}

/// True if a path is that of an identity, or names its namespace alone (reference, section 4.5).
bool leads_to(const std::string& path, const std::string& identity) {
    return path == identity || model::identity_of_path(path) == identity;
}

/// Mandatory fields name an identity in either way, too.
void align_mandatory_fields(Object& content, const Array& wanted) {
    auto* fields = content.find("mandatoryFields");
    if (fields == nullptr) {
        return;
    }
    for (auto& field : fields->make_array()) {
        const auto identity =
            model::identity_of_path(field.as_string()).value_or(field.as_string());
        const auto same = std::find_if(wanted.begin(), wanted.end(), [&](const Value& other) {
            return leads_to(other.as_string(), identity);
        });
        if (std::find(wanted.begin(), wanted.end(), field) == wanted.end() &&
            same != wanted.end()) {
            field = *same;
        }
    }
    *fields = json::sorted(fields->as_array());
}

std::string unused(const std::string& key, std::set<std::string>& used) {
    std::string result = key;
    for (int number = 2; !used.insert(result).second; ++number) {
        result = fmt::format("{} ({})", key, number);
    }
    return result;
}

void copy_text(Object& to, const Value& from, std::string_view name) {
    const auto& value = from[name];
    if (value.is_string() ? !value.as_string().empty() : !value.is_null()) {
        to[name] = value;
    }
}

Value schedule(const Value& live) {
    Object result;
    copy_text(result, live, "frequency");
    copy_text(result, live, "triggerType");
    copy_text(result, live, "startDate");
    copy_text(result, live, "startTime");
    copy_text(result, live, "endDate");
    if (!result.contains("triggerType")) {
        // Some answers leave it out (reference, section 4.7); only a scheduled export has a time.
        result["triggerType"] = result.contains("startTime") ? "SCHEDULED" : "AFTER_SEGMENT_EVAL";
    }
    return result;
}

Value segment(const Value& selector) {
    const auto& value = selector["value"];
    Object result;
    copy_text(result, value, "name");
    copy_text(result, value, "systemSegmentId");
    copy_text(result, value, "namespace");
    // Both spellings occur (reference, section 10.1, row 8).
    for (const char* spelling : {"filenameTemplate", "fileNameTemplate"}) {
        if (const auto& name = value[spelling]; !name.is_null()) {
            result["filenameTemplate"] = name;
        }
    }
    copy_text(result, value, "exportMode");
    result["schedule"] = schedule(value["schedule"]);
    if (const auto& type = selector["type"]; type != Value("PLATFORM_SEGMENT")) {
        result["type"] = type;
    }
    return result;
}

/// `ATTRIBUTE` is returned under another name (reference, section 4.6); the platform's own language
/// of expressions has one, too.
Value source_type(const Value& type) {
    if (type == Value("text/x.schema-path")) {
        return "ATTRIBUTE";
    }
    return type == Value("text/x.aep-xl") ? Value("EXPRESSION") : type;
}

Array deduplication_keys(const Array& primary_fields) {
    Array keys;
    for (const auto& field : primary_fields) {
        Object key = field.as_object();
        const bool identity = field["fieldType"] == Value("IDENTITY");
        if (identity || field["fieldType"] == Value("ATTRIBUTE")) {
            key = Object{};
            const char* name = identity ? "identityNamespace" : "attributePath";
            key[name] = field[name];
        }
        keys.emplace_back(std::move(key));
    }
    return json::sorted(std::move(keys));
}

/// Attributes of a dataflow as canonical content has them: {path: type of the selector}. What the
/// service puts into a selector is left out (reference, section 4.7).
Object attributes(const Value& document, const Object& wanted) {
    const auto keys = attribute_keys(document, wanted);
    const auto& selectors = profile_selectors(document)["selectors"].as_array();
    Object result;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        result.append(keys[i], selectors[i]["type"]);
    }
    return result;
}

/// Which of `mapping` and `attributes` a dataflow has cannot be seen while it has neither.
void align_empty(Object& content, const Object& desired) {
    for (const auto& [wanted, other] :
         {std::pair("mapping", "attributes"), std::pair("attributes", "mapping")}) {
        const auto* shown = content.find(other);
        if (desired.contains(wanted) && !content.contains(wanted) && shown != nullptr &&
            shown->as_object().empty()) {
            content.erase(other);
            content[wanted] = Object{};
        }
    }
}

void align_segment(Object& live, const Value& desired) {
    for (const char* name : {"name", "systemSegmentId", "namespace"}) {
        if (desired[name].is_null()) {
            live.erase(name); // the manifest leaves it to the service
        }
    }
    // An audience that was renamed is the same audience: its name is never a difference.
    if (!desired["name"].is_null()) {
        live["name"] = desired["name"];
    }
}

/// How the service names the source types EXPRESSION and STATIC in its answers is not documented:
/// any other name for an equal source is taken as the one that was sent.
void align_column(Object& live, const Value& desired) {
    static const std::array<Value, 3> known{Value("ATTRIBUTE"), Value("EXPRESSION"),
                                            Value("STATIC")};
    const Value type = live["sourceType"];
    const bool foreign = std::find(known.begin(), known.end(), type) == known.end();
    if (foreign && desired["sourceType"] != Value("ATTRIBUTE") &&
        live["source"] == desired["source"]) {
        live["sourceType"] = desired["sourceType"];
    }
}

} // namespace

bool transforms(const Value& document) {
    return model::transformation(document).is_object() && !document["scheduleParams"].is_object();
}

std::vector<std::string> selector_keys(const Value& document) {
    std::vector<std::string> keys;
    std::set<std::string> used;
    for (const auto& selector :
         model::transformation(document)["segmentSelectors"]["selectors"].as_array()) {
        keys.push_back(unused(selector["value"]["id"].as_string(), used));
    }
    return keys;
}

std::vector<std::string> attribute_keys(const Value& document, const Object& wanted) {
    std::vector<std::string> keys;
    std::set<std::string> used;
    for (const auto& selector : profile_selectors(document)["selectors"].as_array()) {
        const auto& path = selector["value"]["path"].as_string();
        const auto& identity = selector["value"]["identity"]["namespace"].as_string();
        std::string key = path;
        if (!identity.empty() && !wanted.contains(path)) {
            const auto same =
                std::find_if(wanted.begin(), wanted.end(), [&](const auto& attribute) {
                    return leads_to(attribute.first, identity);
                });
            key = same == wanted.end() ? model::path_of_identity(identity) : same->first;
        }
        keys.push_back(unused(key, used));
    }
    return keys;
}

Object columns(const Value& mapping_set) {
    Object result;
    std::set<std::string> used;
    for (const auto& mapping : mapping_set["mappings"].as_array()) {
        const auto name = unused(mapping["destination"].as_string(), used);
        result.append(name, Object{{"source", mapping["source"]},
                                   {"sourceType", source_type(mapping["sourceType"])}});
    }
    return result;
}

void add_segments(Object& content, const model::LiveEntity& live) {
    const auto& params = model::transformation(live.document);
    const auto keys = selector_keys(live.document);
    const auto& selectors = params["segmentSelectors"]["selectors"].as_array();
    Object segments;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        segments.append(keys[i], segment(selectors[i]));
    }
    content["segments"] = std::move(segments);
    // Where a mapping decides what files hold, profile selectors are accepted and have no effect
    // (reference, section 7.5).
    const bool selects =
        params["profileSelectors"].is_object() && !params.as_object().contains("profileMapping");
    if (selects) {
        content["attributes"] = attributes(live.document, {});
    }
    const bool names_one = !params["profileMapping"]["mappingId"].as_string().empty();
    if (live.mapping_set.is_object() || (!names_one && !selects)) {
        content["mapping"] = columns(live.mapping_set);
    }
    if (const auto& fields = key_list(params, "mandatoryFields"); !fields.empty()) {
        content["mandatoryFields"] = json::sorted(fields);
    }
    if (auto list = deduplication_keys(key_list(params, "primaryFields")); !list.empty()) {
        content["deduplicationKeys"] = std::move(list);
    }
}

void align_segments(Object& content, const model::LiveEntity& live,
                    const model::DesiredEntity& desired) {
    align_empty(content, desired.content.as_object());
    if (desired.content["attributes"].is_object() && content.contains("attributes")) {
        content["attributes"] =
            attributes(live.document, desired.content["attributes"].as_object());
        align_mandatory_fields(content, desired.content["mandatoryFields"].as_array());
    }
    auto& segments = content["segments"].make_object();
    for (const auto& [id, wanted] : desired.content["segments"].as_object()) {
        if (auto* shown = segments.find(id)) {
            align_segment(shown->make_object(), wanted);
        }
    }
    if (auto* mapping = content.find("mapping")) {
        for (const auto& [column, wanted] : desired.content["mapping"].as_object()) {
            if (auto* shown = mapping->make_object().find(column)) {
                align_column(shown->make_object(), wanted);
            }
        }
    }
    // With a single identity and no key the service uses that identity (reference, section 6.4).
    const auto identity = model::single_identity(desired.content);
    const auto* keys = content.find("deduplicationKeys");
    if (keys != nullptr && identity && !desired.content.as_object().contains("deduplicationKeys") &&
        *keys == Value(Array{Object{{"identityNamespace", *identity}}})) {
        content.erase("deduplicationKeys");
    }
}

} // namespace penstock::normalise
