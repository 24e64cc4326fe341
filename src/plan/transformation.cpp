#include "plan/transformation.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"
#include "normalise/segments.hpp"

#include <fmt/format.h>

#include <algorithm>
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

/// The ids of the segments that `fields` touch.
std::set<std::string> touched_segments(const std::vector<diff::FieldChange>& fields) {
    std::set<std::string> ids;
    for (const auto& field : fields) {
        const auto steps = json::steps(field.pointer);
        if (steps.size() > 1 && steps[0] == "segments") {
            ids.insert(steps[1]);
        }
    }
    return ids;
}

void patch_selectors(Patch& patch, const model::DesiredEntity& desired,
                     const model::LiveEntity& live, const std::vector<diff::FieldChange>& fields,
                     const Object& inherited) {
    const auto touched = touched_segments(fields);
    if (touched.empty()) {
        return;
    }
    const auto& block = model::transformation(live.document)["segmentSelectors"];
    const auto& selectors = block["selectors"].as_array();
    const auto keys = normalise::selector_keys(live.document);
    const auto& wanted = desired.content["segments"].as_object();
    const auto path = [](std::size_t index) {
        return fmt::format("{}/segmentSelectors/selectors/{}", params, index);
    };
    std::set<std::string> present(keys.begin(), keys.end());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto* segment = wanted.find(keys[i]);
        if (segment != nullptr && touched.contains(keys[i])) {
            patch.replace(path(i), selector(keys[i], *segment, selectors[i]));
        }
    }
    for (auto i = keys.size(); i-- > 0;) {
        if (!wanted.contains(keys[i]) && touched.contains(keys[i])) {
            patch.remove(path(i), Object{{"type", "PLATFORM_SEGMENT"}, {"value", Object{}}});
        }
    }
    for (const auto& [id, segment] : wanted) {
        if (touched.contains(id) && !present.contains(id)) {
            patch.add(fmt::format("{}/segmentSelectors/selectors/-", params),
                      selector(id, segment, Value(inherited)[id]));
        }
    }
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

/// Sets a list, or empties it: clearing is a replacement by nothing (reference, section 7.1).
void patch_list(Patch& patch, std::string_view member, Array list) {
    auto path = fmt::format("{}/{}", params, member);
    if (list.empty()) {
        patch.replace(std::move(path), Array{});
    } else {
        patch.add(std::move(path), std::move(list));
    }
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
    return {Object{{"name", "GeneralTransform"},
                   {"params", Object{{"mandatoryFields", Array{}},
                                     {"primaryFields", Array{}},
                                     {"profileMapping", Object{}},
                                     {"segmentSelectors", Object{{"selectors", Array{}}}}}}}};
}

model::DesiredEntity as_created(const model::DesiredEntity& entity) {
    if (!model::carries_segments(entity.content)) {
        return entity;
    }
    auto result = entity;
    auto& content = result.content.make_object();
    content["segments"] = Object{};
    content["mapping"] = Object{};
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
    if (touches(fields, "/mandatoryFields")) {
        patch_list(patch, "mandatoryFields", desired.content["mandatoryFields"].as_array());
    }
    if (touches(fields, "/deduplicationKeys")) {
        patch_list(patch, "primaryFields", primary_fields(desired.content["deduplicationKeys"]));
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
