#include "desired/entities.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

namespace penstock::desired {

namespace {

using json::Array;
using json::Object;
using json::Value;
using model::EntityKey;
using model::EntityKind;

void set_text(Object& object, const char* name, const std::string& text) {
    if (!text.empty()) {
        object[name] = text;
    }
}

Value schedule(const manifest::SegmentSchedule& schedule) {
    Object result{{"frequency", schedule.frequency}, {"triggerType", schedule.trigger_type}};
    set_text(result, "startDate", schedule.start_date);
    set_text(result, "startTime", schedule.start_time);
    set_text(result, "endDate", schedule.end_date);
    return result;
}

Value segment(const manifest::Segment& segment) {
    Object result;
    set_text(result, "name", segment.name);
    set_text(result, "systemSegmentId", segment.system_segment_id);
    set_text(result, "namespace", segment.origin);
    result["filenameTemplate"] = segment.filename_template;
    result["exportMode"] = segment.schedule.export_mode;
    result["schedule"] = schedule(segment.schedule);
    return result;
}

Array mandatory_fields(const manifest::SegmentExport& document) {
    Array fields;
    for (const auto& field : document.mandatory_fields) {
        fields.emplace_back(field);
    }
    return json::sorted(std::move(fields));
}

Array deduplication_keys(const manifest::SegmentExport& document) {
    Array keys;
    for (const auto& key : document.deduplication_keys) {
        const bool identity = key.kind == manifest::DeduplicationKey::Kind::identity_namespace;
        keys.emplace_back(Object{{identity ? "identityNamespace" : "attributePath", key.name}});
    }
    return json::sorted(std::move(keys));
}

/// What the files hold, in the way of the destination.
void set_columns(Object& content, const manifest::SegmentExport& document,
                 const catalogue::Destination& destination) {
    if (destination.columns == catalogue::Columns::profile_selectors) {
        auto& attributes = content["attributes"].make_object();
        for (const auto& path : document.attributes) {
            attributes[path] = "JSON_PATH";
        }
        return;
    }
    auto& mapping = content["mapping"].make_object();
    for (const auto& column : document.mapping) {
        mapping[column.destination] =
            Object{{"source", column.source}, {"sourceType", column.source_type}};
    }
}

/// Where the values of each segment and column stand: of a segment, in its own words where it has
/// them, else in the export's.
PointerMap pointers(const manifest::SegmentExport& document) {
    PointerMap map;
    for (std::size_t i = 0; i < document.segments.size(); ++i) {
        const auto& segment = document.segments[i];
        const auto content = json::child("/segments", segment.id);
        const auto own = fmt::format("/spec/segments/{}", i);
        const std::string schedule =
            segment.own_schedule ? own + "/schedule" : std::string("/spec/schedule");
        map.emplace_back(content + "/filenameTemplate", segment.own_filename_template
                                                            ? own + "/filenameTemplate"
                                                            : "/spec/filenameTemplate");
        map.emplace_back(content + "/exportMode", schedule + "/exportMode");
        map.emplace_back(content + "/schedule", schedule);
        map.emplace_back(content, own);
    }
    for (std::size_t i = 0; i < document.mapping.size(); ++i) {
        map.emplace_back(json::child("/mapping", document.mapping[i].destination),
                         fmt::format("/spec/mapping/{}", i));
    }
    for (std::size_t i = 0; i < document.attributes.size(); ++i) {
        map.emplace_back(json::child("/attributes", document.attributes[i]),
                         fmt::format("/spec/attributes/{}", i));
    }
    for (const char* member : {"segments", "mapping", "attributes", "mandatoryFields",
                               "deduplicationKeys", "enabled", "description"}) {
        map.emplace_back(fmt::format("/{}", member), fmt::format("/spec/{}", member));
    }
    map.emplace_back("/source", "/spec/segments");
    map.emplace_back("/target", "/spec/destination");
    map.emplace_back("/flowSpec", "/spec/account");
    return map;
}

} // namespace

std::vector<model::DesiredEntity> segment_entities(const std::string& project,
                                                   const manifest::SegmentExport& document,
                                                   const catalogue::Destination& destination) {
    const auto& name = document.metadata.name;
    Object segments;
    for (const auto& entry : document.segments) {
        segments[entry.id] = segment(entry);
    }
    auto content =
        flow_content(project, document,
                     destination.segment_flow_spec_id.empty() ? destination.segment_flow_spec_name
                                                              : destination.segment_flow_spec_id);
    content["segments"] = std::move(segments);
    set_columns(content, document, destination);
    if (auto fields = mandatory_fields(document); !fields.empty()) {
        content["mandatoryFields"] = std::move(fields);
    }
    if (auto keys = deduplication_keys(document); !keys.empty()) {
        content["deduplicationKeys"] = std::move(keys);
    }
    content["enabled"] = document.enabled;
    std::vector<model::DesiredEntity> entities;
    if (destination.shares_profile_store) {
        content["source"] =
            model::reference_to({EntityKind::source, std::string(model::profile_store_name)});
    } else {
        entities.push_back(entity({EntityKind::source, name},
                                  {{"connectionSpec", catalogue::profile_store_spec_id}},
                                  document.metadata, {{"/connectionSpec", "/kind"}}));
    }
    entities.push_back(entity({EntityKind::flow, name}, std::move(content), document.metadata,
                              pointers(document)));
    return entities;
}

std::vector<model::DesiredEntity> profile_store_entities(const std::string& project) {
    const std::string name(model::profile_store_name);
    const EntityKey base{EntityKind::base, name};
    return {entity(base,
                   {{"name", model::generated_name(project, name)},
                    {"connectionSpec", catalogue::profile_store_spec_id}},
                   {}, {}),
            entity({EntityKind::source, name},
                   {{"connectionSpec", catalogue::profile_store_spec_id},
                    {"base", model::reference_to(base)}},
                   {}, {})};
}

} // namespace penstock::desired
