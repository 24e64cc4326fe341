#include "base/text.hpp"
#include "base/time_text.hpp"
#include "manifest/folder_template.hpp"
#include "manifest/other_kind.hpp"
#include "manifest/read_export.hpp"
#include "manifest/readers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::manifest {

namespace {

constexpr std::pair<std::string_view, DatasetFrequency> frequencies[] = {
    {"ONCE", DatasetFrequency::once},
    {"DAILY", DatasetFrequency::daily},
    {"EVERY_3_HOURS", DatasetFrequency::every_3_hours},
    {"EVERY_6_HOURS", DatasetFrequency::every_6_hours},
    {"EVERY_9_HOURS", DatasetFrequency::every_9_hours},
    {"EVERY_12_HOURS", DatasetFrequency::every_12_hours}};

constexpr std::pair<std::string_view, std::string_view> other_frequencies[] = {
    {"HOURLY", "the shortest interval for datasets is `EVERY_3_HOURS`"},
    {"EVERY_HOUR", "the shortest interval for datasets is `EVERY_3_HOURS`"},
    {"EVERY_1_HOURS", "the shortest interval for datasets is `EVERY_3_HOURS`"},
    {"EVERY_2_HOURS", "the shortest interval for datasets is `EVERY_3_HOURS`"},
    {"EVERY_8_HOURS", "segments know 8 hours, datasets do not: `EVERY_6_HOURS` or `EVERY_9_HOURS`"},
    {"EVERY_24_HOURS", "write `DAILY`"},
    {"WEEKLY", "the longest interval for datasets is `DAILY`"},
    {"MONTHLY", "the longest interval for datasets is `DAILY`"}};

void rewrite_fault(const Document& document, Fault& fault) {
    if (fault.path == "spec.schedule.frequency" && fault.code == "bad-value") {
        const auto& written = at(*document.root, "/spec/schedule/frequency").string();
        for (const auto& [name, help] : other_frequencies) {
            if (written == name) {
                fault.suggestion = help;
            }
        }
    } else if (fault.path == "spec" && fault.code == "unknown-field" && fault.field == "segments") {
        fault.suggestion = "segments are exported by documents of `kind: SegmentExport`";
    }
}

Complaint bad_time(const std::string& text) {
    if (parse_iso8601(text + "Z")) {
        return {"bad-time", "the time has no offset from UTC",
                fmt::format("write `{}Z` if it is in UTC", text)};
    }
    const auto first_of_month =
        text.size() < 20 ? text : text.substr(0, 8) + "01" + text.substr(10);
    if (parse_iso8601(first_of_month)) {
        return {"bad-time", "this day does not exist"};
    }
    return {"bad-time", "this is not an ISO 8601 time with an offset",
            "write it like 2027-01-01T00:00:00Z or 2027-01-01T01:00:00+01:00"};
}

std::optional<std::int64_t> read_time(const Document& document, const Node* node,
                                      Complaints& complaints) {
    if (node == nullptr || !node->is_string()) {
        return std::nullopt;
    }
    const auto time = parse_iso8601(node->string());
    if (!time) {
        complaints.add(document.place(node->span), bad_time(node->string()));
    } else if (*time < 0) {
        complaints.add(document.place(node->span),
                       {"bad-time", "the time is before 1970",
                        "the service counts seconds from 1970-01-01T00:00:00Z on"});
        return std::nullopt;
    }
    return time;
}

void read_schedule(const Document& document, const Entry& entry, DatasetSchedule& schedule,
                   Complaints& complaints) {
    const Node& node = entry.value;
    const Node* frequency = node.find("frequency");
    bool known = false;
    for (const auto& [name, value] : frequencies) {
        if (frequency != nullptr && frequency->string() == name) {
            schedule.frequency = value;
            known = true;
        }
    }
    const Node* start_node = node.find("startTime");
    const Entry* end_entry = node.entry("endTime");
    const auto start = read_time(document, start_node, complaints);
    schedule.start_time = start.value_or(0);
    schedule.end_time =
        end_entry == nullptr ? std::nullopt : read_time(document, &end_entry->value, complaints);
    const bool once = known && schedule.frequency == DatasetFrequency::once;
    if (once && end_entry != nullptr) {
        complaints.add(document.place(end_entry->span),
                       {"once-with-end-time", "an export that runs `ONCE` has no end",
                        "remove `endTime`, or choose a recurring frequency"},
                       document.place(frequency->span), "the frequency is set here");
    } else if (start && schedule.end_time && *schedule.end_time <= *start) {
        complaints.add(document.place(end_entry->value.span),
                       {"end-before-start", "`endTime` must be later than `startTime`",
                        "an export whose end has come never runs"},
                       document.place(start_node->span), "`startTime` is here");
    } else if (known && !once && end_entry == nullptr) {
        complaints.add(document.place(entry.span),
                       {"no-end-time",
                        "without `endTime` the service ends this export six months after it is "
                        "created",
                        "write the `endTime` that you want", Severity::warning});
    }
}

void read_datasets(const Document& document, const Node& list, std::vector<Dataset>& datasets,
                   Complaints& complaints) {
    std::vector<const Node*> seen;
    for (const auto& item : list.items) {
        const Node* id = item.find("id");
        const Node* name = item.find("name");
        if (id == nullptr || !id->is_string()) {
            continue;
        }
        const auto twin = std::find_if(seen.begin(), seen.end(), [&](const Node* other) {
            return other->string() == id->string();
        });
        if (twin != seen.end()) {
            complaints.add(document.place(id->span),
                           {"duplicate-dataset", "this dataset stands twice in the export",
                            "remove one of the two"},
                           document.place((*twin)->span), "first written here");
        }
        seen.push_back(id);
        datasets.push_back({id->string(), name == nullptr ? "" : name->string()});
    }
}

} // namespace

Read<DatasetExport> read_dataset_export(const Document& document, Complaints& complaints) {
    Read<DatasetExport> read{document, {}};
    DatasetExport& result = read.value;
    check_schema(document, target_path, rewrite_fault, complaints);
    read_export(document, result, complaints);
    if (const Node* spec = document.root->find("spec")) {
        if (const Node* datasets = spec->find("datasets")) {
            read_datasets(document, *datasets, result.datasets, complaints);
        }
        if (const Entry* schedule = spec->entry("schedule");
            schedule != nullptr && !other_kind(document)) {
            read_schedule(document, *schedule, result.schedule, complaints);
        }
        if (const Node* folder = spec->find("foldernameTemplate")) {
            result.foldername_template = folder->string();
            if (auto fault = check_folder_template(folder->string())) {
                complaints.add(
                    document.place(folder->span),
                    {"bad-template", std::move(fault->message), std::move(fault->suggestion)});
            }
        }
    }
    return read;
}

void check_target(Read<DatasetExport>& read, const catalogue::Destination& destination,
                  Complaints& complaints) {
    const Document& document = read.document;
    constexpr auto workflow = catalogue::Workflow::datasets;
    if (!check_workflow(document, destination, workflow, complaints)) {
        return;
    }
    const Entry* target =
        check_target_parameters(document, read.value, destination, workflow, complaints);
    if (target == nullptr) {
        return;
    }
    const Node* type = target->value.find("datasetFileType");
    const Node* compression = target->value.find("compression");
    if (type != nullptr && type->string() == "JSON" && compression != nullptr &&
        compression->string() == "NONE") {
        complaints.add(document.place(compression->span),
                       {"json-needs-gzip", "JSON datasets are exported with GZIP compression only",
                        "write `compression: GZIP`, or `datasetFileType: PARQUET`"},
                       document.place(type->span), "the file type is set here");
    }
}

} // namespace penstock::manifest
