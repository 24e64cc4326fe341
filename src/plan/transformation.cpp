#include "plan/transformation.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"
#include "normalise/segments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace penstock::plan {

namespace {

using json::Array;
using json::Object;
using json::Value;

constexpr std::string_view params = "/transformations/0/params";

/// More are not looked at: each costs a request, and a schema too many does no harm.
constexpr std::size_t most_schemas = 8;

/// A selector as it is sent (reference, section 7.1). What somebody else put into it and manifests
/// do not know, such as enrichment attributes, goes along: the whole selector is overwritten. The
/// times in it are the service's own.
Value selector(const std::string& id, const Value& desired, const Value& live) {
    Object value = live["value"].as_object();
    for (const char* own : {"createTime", "updateTime", "fileNameTemplate"}) {
        value.erase(own);
    }
    Object complete{{"id", id}};
    for (const auto& [name, wanted] : desired.as_object()) {
        complete[name] = wanted;
    }
    for (const auto& [name, kept] : value) {
        if (!complete.contains(name) && kept != Value("")) {
            complete[name] = kept;
        }
    }
    return Object{{"type", "PLATFORM_SEGMENT"}, {"value", std::move(complete)}};
}

bool has_attributes(const Value& content) {
    return content["attributes"].is_object();
}

/// The keys below `collection`, such as ids of segments, that `fields` touch.
std::set<std::string> touched(const std::vector<diff::FieldChange>& fields,
                              std::string_view collection) {
    std::set<std::string> keys;
    for (const auto& field : fields) {
        const auto steps = json::steps(field.pointer);
        if (steps.size() > 1 && steps[0] == collection) {
            keys.insert(steps[1]);
        }
    }
    return keys;
}

/// How the selectors of one list become the wanted ones (reference, sections 7.1 and 7.5): each
/// that changes is replaced whole, then what goes is removed from the last index down, then what is
/// new is added.
struct SelectorEdit {
    std::string path;                     ///< of the list
    const std::vector<std::string>& keys; ///< of the selectors that are there
    const Object& wanted;
    const std::set<std::string>& touched;
    std::function<Value(const std::string& key, const Value* live)> write;
    std::function<Value(const std::string& key)> placeholder; ///< sent with a removal
};

void patch_selector_list(Patch& patch, const Array& live, const SelectorEdit& edit) {
    const auto path = [&](std::size_t index) { return fmt::format("{}/{}", edit.path, index); };
    for (std::size_t i = 0; i < edit.keys.size(); ++i) {
        if (edit.touched.contains(edit.keys[i]) && edit.wanted.contains(edit.keys[i])) {
            patch.replace(path(i), edit.write(edit.keys[i], &live[i]));
        }
    }
    for (auto i = edit.keys.size(); i-- > 0;) {
        if (edit.touched.contains(edit.keys[i]) && !edit.wanted.contains(edit.keys[i])) {
            patch.remove(path(i), edit.placeholder(edit.keys[i]));
        }
    }
    const std::set<std::string> present(edit.keys.begin(), edit.keys.end());
    for (const auto& [key, value] : edit.wanted) {
        if (edit.touched.contains(key) && !present.contains(key)) {
            patch.add(edit.path + "/-", edit.write(key, nullptr));
        }
    }
}

void patch_selectors(Patch& patch, const model::DesiredEntity& desired,
                     const model::LiveEntity& live, const std::vector<diff::FieldChange>& fields,
                     const Object& inherited) {
    const auto& wanted = desired.content["segments"].as_object();
    const auto keys = normalise::selector_keys(live.document);
    const auto& list = model::transformation(live.document)["segmentSelectors"]["selectors"];
    patch_selector_list(patch, list.as_array(),
                        {fmt::format("{}/segmentSelectors/selectors", params), keys, wanted,
                         touched(fields, "segments"),
                         [&](const std::string& id, const Value* present) {
                             return selector(id, *wanted.find(id),
                                             present ? *present : Value(inherited)[id]);
                         },
                         [](const std::string&) -> Value {
                             return Object{{"type", "PLATFORM_SEGMENT"}, {"value", Object{}}};
                         }});
}

/// A profile selector as it is sent: the service adds the rest (reference, section 7.1).
Value profile_selector(const std::string& path) {
    return Object{{"type", "JSON_PATH"}, {"value", Object{{"path", path}}}};
}

void patch_attributes(Patch& patch, const model::DesiredEntity& desired,
                      const model::LiveEntity& live, const std::vector<diff::FieldChange>& fields) {
    const auto& wanted = desired.content["attributes"].as_object();
    const auto keys = normalise::attribute_keys(live.document, wanted);
    const auto& list = model::transformation(live.document)["profileSelectors"]["selectors"];
    const auto changed = touched(fields, "attributes");
    if (!list.is_array() && !changed.empty()) {
        // Nothing can be added to a list that is not there (RFC 6902).
        patch.add(fmt::format("{}/profileSelectors", params), Object{{"selectors", Array{}}});
    }
    patch_selector_list(
        patch, list.as_array(),
        {fmt::format("{}/profileSelectors/selectors", params), keys, wanted, changed,
         [](const std::string& path, const Value*) { return profile_selector(path); },
         profile_selector});
}

Array primary_fields(const Value& keys) {
    Array fields;
    for (const auto& key : keys.as_array()) {
        Object field{
            {"fieldType", key["identityNamespace"].is_string() ? "IDENTITY" : "ATTRIBUTE"}};
        for (const auto& [name, value] : key.as_object()) {
            field[name] = value;
        }
        fields.emplace_back(std::move(field));
    }
    return fields;
}

/// Sets a list, or empties it. `add` puts it in the place of one that is there and needs none
/// (reference, section 7.1): what an answer shows may not be stored, such as a key that the service
/// takes on its own.
void patch_list(Patch& patch, std::string path, Array list) {
    patch.add(std::move(path), std::move(list));
}

std::set<std::string> names(const Object& columns) {
    std::set<std::string> result;
    for (const auto& [name, column] : columns) {
        result.insert(name);
    }
    return result;
}

void collect(std::vector<std::string>& ids, const Value& schema_id) {
    const auto& id = schema_id.as_string();
    if (!id.empty() && ids.size() < most_schemas &&
        std::find(ids.begin(), ids.end(), id) == ids.end()) {
        ids.push_back(id);
    }
}

} // namespace

Array new_transformations(const model::DesiredEntity& flow) {
    if (!model::carries_segments(flow.content)) {
        return {};
    }
    const Object none{{"selectors", Array{}}};
    const Object content = has_attributes(flow.content)
                               ? Object{{"segmentSelectors", none}, {"profileSelectors", none}}
                               : Object{{"mandatoryFields", Array{}},
                                        {"primaryFields", Array{}},
                                        {"profileMapping", Object{}},
                                        {"segmentSelectors", none}};
    return {Object{{"name", "GeneralTransform"}, {"params", content}}};
}

model::DesiredEntity as_created(const model::DesiredEntity& entity) {
    if (!model::carries_segments(entity.content)) {
        return entity;
    }
    auto result = entity;
    auto& content = result.content.make_object();
    content["segments"] = Object{};
    content[has_attributes(entity.content) ? "attributes" : "mapping"] = Object{};
    content["enabled"] = true; // every new dataflow is (reference, section 3.8)
    content.erase("mandatoryFields");
    content.erase("deduplicationKeys");
    result.digest = model::digest(result.content);
    return result;
}

void patch_transformation(Patch& patch, Template& request, const model::DesiredEntity& desired,
                          const model::LiveEntity& live,
                          const std::vector<diff::FieldChange>& fields,
                          const json::Object& inherited) {
    patch_selectors(patch, desired, live, fields, inherited);
    if (touches(fields, "/mapping")) {
        const auto path = fmt::format("{}/profileMapping", params);
        if (desired.content["mapping"].as_object().empty()) {
            patch.replace(path, Object{});
        } else {
            request.mapping = patch.next_value();
            patch.add(path, Object{});
        }
    }
    // With attributes, the keys stand beside these (reference, section 4.5).
    const auto keys =
        fmt::format("{}{}", params, has_attributes(desired.content) ? "/profileSelectors" : "");
    if (has_attributes(desired.content)) {
        patch_attributes(patch, desired, live, fields);
    }
    if (touches(fields, "/mandatoryFields")) {
        patch_list(patch, keys + "/mandatoryFields", desired.content["mandatoryFields"].as_array());
    }
    if (touches(fields, "/deduplicationKeys")) {
        patch_list(patch, keys + "/primaryFields",
                   primary_fields(desired.content["deduplicationKeys"]));
    }
}

Object selectors_of(const model::LiveEntity* live) {
    Object result;
    if (live == nullptr) {
        return result;
    }
    const auto keys = normalise::selector_keys(live->document);
    const auto& selectors =
        model::transformation(live->document)["segmentSelectors"]["selectors"].as_array();
    for (std::size_t i = 0; i < keys.size(); ++i) {
        result.append(keys[i], selectors[i]);
    }
    return result;
}

bool writes_mappings(const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const auto& step) {
        return std::holds_alternative<WriteMapping>(step.operation);
    });
}

KnownSchemas known_schemas(const model::LiveGraph& graph) {
    KnownSchemas known;
    for (const auto& entity : graph.entities) {
        if (entity.mapping_set.is_object()) {
            ++known.users[entity.mapping_set["id"].as_string()];
            collect(known.inputs, entity.mapping_set["inputSchema"]["id"]);
            collect(known.outputs[names(normalise::columns(entity.mapping_set))],
                    entity.mapping_set["outputSchema"]["id"]);
        }
    }
    return known;
}

WriteMapping write_mapping(const model::DesiredEntity& flow, const model::LiveEntity* live,
                           const std::string& connection_spec, const KnownSchemas& known) {
    WriteMapping operation;
    operation.desired = flow;
    operation.name = flow.content["name"].as_string();
    operation.connection_spec = connection_spec;
    if (live != nullptr) {
        const auto& set = live->mapping_set;
        // A set that somebody else made is left to them. Not every answer tells the name; then a
        // set that no other dataflow of ours names is taken for this one's.
        const auto users = known.users.find(set["id"].as_string());
        const bool alone = users == known.users.end() || users->second == 1;
        if (set["name"].as_string() == operation.name || (set["name"].is_null() && alone)) {
            operation.mapping_set = set["id"].as_string();
        }
        collect(operation.input_schemas, set["inputSchema"]["id"]);
        collect(operation.output_schemas, set["outputSchema"]["id"]);
    }
    for (const auto& id : known.inputs) {
        collect(operation.input_schemas, id);
    }
    const auto same_columns = known.outputs.find(names(flow.content["mapping"].as_object()));
    if (same_columns != known.outputs.end()) {
        for (const auto& id : same_columns->second) {
            collect(operation.output_schemas, id);
        }
    }
    return operation;
}

} // namespace penstock::plan
