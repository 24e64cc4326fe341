#include "render/run_status.hpp"

#include "base/text.hpp"
#include "render/plan_json.hpp"
#include "render/table.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::render {

namespace {

using json::Array;
using json::Object;
using json::Value;

std::optional<std::int64_t> integer(const Value& value) {
    return value.is_integer() ? std::optional(value.as_integer()) : std::nullopt;
}

/// 0 stands for a time that the service does not know yet.
std::optional<std::int64_t> time(const Value& value) {
    return value.as_integer() == 0 ? std::nullopt : integer(value);
}

/// One spelling for the states that are known, since the service uses several; others as they are.
std::string status_word(const std::string& status) {
    if (status.empty()) {
        return "unknown";
    }
    const auto lower = lowercase(status);
    const bool known =
        lower == "success" || lower == "failed" || lower == "processing" || lower == "waiting";
    return known ? lower : printable(status);
}

std::string number_text(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : "-";
}

std::string bytes_text(const std::optional<std::int64_t>& bytes) {
    if (!bytes) {
        return "-";
    }
    constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    auto amount = static_cast<double>(*bytes);
    std::size_t unit = 0;
    while (amount >= 999.5 && unit + 1 < std::size(units)) {
        amount /= 1000;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", *bytes) : fmt::format("{:.3g} {}", amount, units[unit]);
}

std::string duration_text(const RunSummary& run) {
    if (!run.started || !run.finished || *run.finished < *run.started) {
        return "-";
    }
    // The service may send any two numbers: their distance may be more than an int64_t holds.
    const auto seconds =
        (static_cast<std::uint64_t>(*run.finished) - static_cast<std::uint64_t>(*run.started)) /
        1000;
    if (seconds < 60) {
        return fmt::format("{}s", seconds);
    }
    if (seconds < 3600) {
        return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
    }
    return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
}

std::string state_text(const ExportStatus& status) {
    if (status.flow_id.empty()) {
        switch (status.absence) {
        case Absence::not_applied:
            return "not applied";
        case Absence::marker_lost:
            return "marker lost";
        case Absence::name_taken:
            return "name taken";
        }
    }
    const auto state = printable(status.state);
    return status.in_manifests ? state : state + ", not in git";
}

Value absence_json(const ExportStatus& status) {
    if (!status.flow_id.empty()) {
        return {};
    }
    switch (status.absence) {
    case Absence::not_applied:
        return "not_applied";
    case Absence::marker_lost:
        return "marker_lost";
    case Absence::name_taken:
        return "name_taken";
    }
    return {};
}

Value optional_json(const std::optional<std::int64_t>& number) {
    return number ? Value(*number) : Value{};
}

Value time_json(const std::optional<std::int64_t>& milliseconds) {
    return milliseconds ? Value(time_in_words(*milliseconds)) : Value{};
}

Value run_json(const RunSummary& run) {
    Array errors;
    for (const auto& error : run.errors) {
        errors.emplace_back(error);
    }
    return Object{{"id", run.id},
                  {"status", run.status.empty() ? Value{} : Value(run.status)},
                  {"started", time_json(run.started)},
                  {"finished", time_json(run.finished)},
                  {"records", optional_json(run.records)},
                  {"files", optional_json(run.files)},
                  {"bytes", optional_json(run.bytes)},
                  {"errors", std::move(errors)}};
}

/// What stands below the table about runs that failed or could not be read.
std::string remarks(const ExportStatus& status, const Style& style) {
    std::string text;
    const auto remark = [&](std::string_view message) {
        text += fmt::format("{} {}: {}\n", painted("!", Ink::warn, style), printable(status.name),
                            printable(message));
    };
    if (status.flow_id.empty() && status.absence != Absence::not_applied) {
        remark(fmt::format("dataflow {} is in its place and carries no marker of it; `penstock "
                           "plan` says what to do",
                           status.unowned_flow_id));
    }
    if (status.error) {
        remark("runs could not be read: " + status.error->message);
    }
    for (const auto& run : status.runs) {
        for (const auto& error : run.errors) {
            remark(fmt::format("run {}: {}", run.id, error));
        }
    }
    return text;
}

} // namespace

RunSummary summarise_run(const Value& run) {
    RunSummary summary;
    const auto& metrics = run["metrics"];
    const auto& durations = metrics["durationSummary"];
    summary.id = run["id"].as_string();
    summary.status = metrics["statusSummary"]["status"].as_string();
    if (summary.status.empty()) {
        summary.status = run["state"].as_string();
    }
    summary.started = time(durations["startedAtUTC"]);
    // The schema and the examples disagree on the name.
    summary.finished = time(durations["completedAtUTC"]);
    if (!summary.finished) {
        summary.finished = time(durations["stoppedAtUTC"]);
    }
    summary.records = integer(metrics["recordSummary"]["outputRecordCount"]);
    summary.files = integer(metrics["fileSummary"]["outputFileCount"]);
    summary.bytes = integer(metrics["sizeSummary"]["outputBytes"]);
    for (const auto& error : metrics["statusSummary"]["errors"].as_array()) {
        const auto& code = error["code"].as_string();
        const auto& message = error["message"].as_string();
        summary.errors.push_back(code.empty() ? message : fmt::format("{} [{}]", message, code));
    }
    return summary;
}

std::string status_text(const std::vector<ExportStatus>& exports, const Style& style) {
    if (exports.empty()) {
        return "No exports.\n";
    }
    std::vector<std::vector<std::string>> rows{{"EXPORT", "STATE", "ACCOUNT", "DESTINATION",
                                                "LAST RUN", "STARTED", "TIME", "RECORDS", "FILES",
                                                "SIZE"}};
    std::string below;
    for (const auto& status : exports) {
        std::vector<std::string> row{printable(status.name), state_text(status),
                                     printable(status.account), printable(status.destination)};
        if (status.runs.empty()) {
            row.emplace_back(status.error ? "unknown" : "none");
            rows.push_back(row);
        }
        for (const auto& run : status.runs) {
            row.resize(4);
            row.push_back(status_word(run.status));
            row.push_back(run.started ? time_in_words(*run.started) : "-");
            row.push_back(duration_text(run));
            row.push_back(number_text(run.records));
            row.push_back(number_text(run.files));
            row.push_back(bytes_text(run.bytes));
            rows.push_back(row);
            std::fill_n(row.begin(), 4, "");
        }
        below += remarks(status, style);
    }
    return table(rows, {6, 7, 8, 9}) + (below.empty() ? "" : "\n" + below);
}

Object status_json(const std::vector<ExportStatus>& exports, std::string_view version) {
    Object result = document(version);
    Array list;
    for (const auto& status : exports) {
        Array runs;
        for (const auto& run : status.runs) {
            runs.push_back(run_json(run));
        }
        list.push_back(Object{
            {"name", status.name},
            {"applied", !status.flow_id.empty()},
            {"absence", absence_json(status)},
            {"unowned_flow_id",
             status.unowned_flow_id.empty() ? Value{} : Value(status.unowned_flow_id)},
            {"in_manifests", status.in_manifests},
            {"flow_id", status.flow_id.empty() ? Value{} : Value(status.flow_id)},
            {"state", status.state.empty() ? Value{} : Value(status.state)},
            {"account", status.account.empty() ? Value{} : Value(status.account)},
            {"destination", status.destination.empty() ? Value{} : Value(status.destination)},
            {"runs", std::move(runs)},
            {"error", status.error ? error_json(*status.error) : Value{}}});
    }
    result["exports"] = std::move(list);
    return result;
}

} // namespace penstock::render
