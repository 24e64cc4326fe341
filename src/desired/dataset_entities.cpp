#include "desired/entities.hpp"

namespace penstock::desired {

namespace {

using json::Object;
using json::Value;
using model::EntityKind;

/// `scheduleParams` of a dataset flow (reference, section 6.1). `exportMode` is part of the
/// canonical form; the request leaves it out where interval and unit imply it.
Value schedule(const manifest::DatasetExport& document) {
    const auto params = [](const char* mode, const char* unit, int interval) {
        return Object{{"exportMode", mode}, {"timeUnit", unit}, {"interval", interval}};
    };
    const auto incremental = [&](const char* unit, int interval) {
        return params("FIRST_FULL_THEN_INCREMENTAL", unit, interval);
    };
    Object result;
    switch (document.schedule.frequency) {
    case manifest::DatasetFrequency::once:
        result = params("DAILY_FULL_EXPORT", "day", 0);
        break;
    case manifest::DatasetFrequency::daily:
        result = incremental("day", 1);
        break;
    case manifest::DatasetFrequency::every_3_hours:
        result = incremental("hour", 3);
        break;
    case manifest::DatasetFrequency::every_6_hours:
        result = incremental("hour", 6);
        break;
    case manifest::DatasetFrequency::every_9_hours:
        result = incremental("hour", 9);
        break;
    case manifest::DatasetFrequency::every_12_hours:
        result = incremental("hour", 12);
        break;
    }
    result["startTime"] = document.schedule.start_time;
    if (document.schedule.end_time) {
        result["endTime"] = *document.schedule.end_time;
    }
    if (!document.foldername_template.empty()) {
        result["foldernameTemplate"] = document.foldername_template;
    }
    return result;
}

} // namespace

std::vector<model::DesiredEntity> dataset_entities(const std::string& project,
                                                   const manifest::DatasetExport& document,
                                                   const catalogue::Destination& destination) {
    const auto& name = document.metadata.name;
    Object datasets;
    for (const auto& dataset : document.datasets) {
        datasets[dataset.id] = dataset.name;
    }
    auto content = flow_content(project, document, destination.dataset_flow_spec_id);
    content["schedule"] = schedule(document);
    content["enabled"] = document.enabled;
    return {entity({EntityKind::source, name},
                   {{"connectionSpec", catalogue::data_lake_spec_id},
                    {"datasets", std::move(datasets)}},
                   document.metadata, {{"/datasets", "/spec/datasets"}}),
            entity({EntityKind::flow, name}, std::move(content), document.metadata,
                   {{"/schedule/foldernameTemplate", "/spec/foldernameTemplate"},
                    {"/schedule/startTime", "/spec/schedule/startTime"},
                    {"/schedule/endTime", "/spec/schedule/endTime"},
                    {"/schedule", "/spec/schedule/frequency"},
                    {"/enabled", "/spec/enabled"},
                    {"/source", "/spec/datasets"},
                    {"/target", "/spec/destination"},
                    {"/flowSpec", "/spec/account"},
                    {"/description", "/spec/description"}})};
}

} // namespace penstock::desired
