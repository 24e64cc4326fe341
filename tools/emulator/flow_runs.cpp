#include "emulator/flow_runs.hpp"

#include "emulator/id_source.hpp"
#include "emulator/schedule.hpp"
#include "emulator/segment_schedule.hpp"
#include "emulator/view.hpp"
#include "json/pointer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace penstock::emulator {

namespace {

constexpr std::uint64_t one_failure_in = 20;

const json::Array& selectors_of(const json::Value& flow) {
    static const json::Array none;
    const auto* found = json::find(flow, "/transformations/0/params/segmentSelectors/selectors");
    return found == nullptr ? none : found->as_array();
}

json::Object counted(std::string_view id, std::string_view name, std::int64_t count) {
    json::Object made{{"id", id}};
    made[name] = count;
    return made;
}

/// Counts of records, by segment and in all.
json::Object segment_records(const json::Value& flow, const std::vector<std::string>& segments,
                             std::uint64_t bits, bool failed) {
    json::Array at_source;
    json::Array at_target;
    std::int64_t read = 0;
    std::int64_t skipped = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto own = mixed(bits, i);
        const auto input = static_cast<std::int64_t>(1000 + own % 1'000'000);
        const auto without = static_cast<std::int64_t>((own >> 32) % 1000);
        const auto id = fmt::format("segment:{}", segments[i]);
        auto source = counted(id, "inputRecordCount", input);
        source["skippedRecordCount"] = without;
        at_source.push_back(std::move(source));
        auto target = counted(id, "createdRecordCount", failed ? 0 : input - without);
        target["outputRecordCount"] = failed ? 0 : input - without;
        at_target.push_back(std::move(target));
        read += input;
        skipped += without;
    }
    const auto written = failed ? 0 : read - skipped;
    auto source = counted(flow["sourceConnectionIds"].as_array().front().as_string(),
                          "inputRecordCount", read);
    source["skippedRecordCount"] = skipped;
    source["entitySummaries"] = std::move(at_source);
    auto target = counted(flow["targetConnectionIds"].as_array().front().as_string(),
                          "createdRecordCount", written);
    target["outputRecordCount"] = written;
    target["entitySummaries"] = std::move(at_target);
    return json::Object{{"inputRecordCount", read},
                        {"createdRecordCount", written},
                        {"outputRecordCount", written},
                        {"skippedRecordCount", skipped},
                        {"sourceSummaries", json::Array{std::move(source)}},
                        {"targetSummaries", json::Array{std::move(target)}},
                        {"skippedInfo", json::Array{json::Object{
                                            {"code", "ACTIVATION_BATCH-0000-SKIP"},
                                            {"message", "Records didn't match attribute filter."},
                                            {"count", skipped}}}}};
}

json::Object dataset_records(std::uint64_t bits, bool failed) {
    const auto records = static_cast<std::int64_t>(1000 + bits % 1'000'000);
    json::Object summary{{"inputRecordCount", records}};
    if (!failed) {
        summary["outputRecordCount"] = records;
        summary["createdRecordCount"] = records;
    }
    return summary;
}

} // namespace

std::int64_t next_flow_run(const json::Value& flow, std::int64_t from, bool ran_once) {
    if (flow["scheduleParams"].is_object()) {
        return next_run(flow["scheduleParams"], from, ran_once);
    }
    std::int64_t first = -1;
    for (const auto& selector : selectors_of(flow)) {
        const auto slot = next_slot(selector["value"]["schedule"], from);
        first = slot >= 0 && (first < 0 || slot < first) ? slot : first;
    }
    return first < 0 ? -1 : first + run_duration_ms;
}

std::vector<std::string> segments_due(const json::Value& flow, std::int64_t slot) {
    std::vector<std::string> due;
    for (const auto& selector : selectors_of(flow)) {
        if (next_slot(selector["value"]["schedule"], slot) == slot) {
            due.push_back(selector["value"]["id"].as_string());
        }
    }
    return due;
}

bool run_alike(const json::Value& one, const json::Value& other) {
    const auto schedules = [](const json::Value& flow) {
        std::map<std::string, json::Value> by_segment;
        for (const auto& selector : selectors_of(flow)) {
            by_segment[selector["value"]["id"].as_string()] = selector["value"]["schedule"];
        }
        return by_segment;
    };
    return one["scheduleParams"] == other["scheduleParams"] && schedules(one) == schedules(other);
}

json::Value run_content(const Entity& flow, const RunDraw& draw, std::int64_t finished) {
    const json::Value body(flow.body);
    const bool failed = (draw.bits >> 32) % one_failure_in == 0;
    const auto segments = segments_due(body, finished - run_duration_ms);
    auto summary = segments.empty() ? dataset_records(draw.bits, failed)
                                    : segment_records(body, segments, draw.bits, failed);
    const auto bytes = json::Value(summary)["inputRecordCount"].as_integer() * 109;
    json::Object status{{"status", failed ? "failed" : "success"}};
    if (failed) {
        const json::Object error{{"code", "ACTIVATION_BATCH-0000-FAILED"},
                                 {"message", "Job aborted."}};
        status["errors"] = json::Array{error};
        if (!segments.empty()) {
            summary["failedInfo"] = json::Array{error};
        }
    }
    json::Object metrics{
        {"durationSummary",
         json::Object{{"startedAtUTC", finished - run_duration_ms}, {"completedAtUTC", finished}}},
        {"recordSummary", std::move(summary)},
        {"statusSummary", std::move(status)}};
    if (!failed) {
        const auto files = segments.empty() ? 2 : static_cast<std::int64_t>(segments.size());
        metrics["sizeSummary"] = json::Object{{"inputBytes", bytes}, {"outputBytes", bytes}};
        metrics["fileSummary"] =
            json::Object{{"inputFileCount", files}, {"outputFileCount", files}};
    }
    return json::Object{{"id", draw.id},
                        {"createdAt", finished - run_duration_ms},
                        {"updatedAt", finished},
                        {"createdBy", service_account},
                        {"updatedBy", service_account},
                        {"createdClient", service_account},
                        {"updatedClient", service_account},
                        {"sandboxName", flow.scope.sandbox},
                        {"imsOrgId", flow.scope.organization},
                        {"flowId", flow.id},
                        {"flowSpec", body["flowSpec"]},
                        {"etag", draw.etag},
                        {"metrics", std::move(metrics)},
                        {"activities", json::Array{}}};
}

} // namespace penstock::emulator
