#include "emulator/segment_schedule.hpp"

#include "base/time_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace penstock::emulator {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_ms = 24 * hour_ms;
constexpr std::string_view full = "DAILY_FULL_EXPORT";
constexpr std::string_view incremental = "FIRST_FULL_THEN_INCREMENTAL";
constexpr std::string_view after_evaluation = "AFTER_SEGMENT_EVAL";

constexpr std::array<std::string_view, 5> known_members{"frequency", "triggerType", "startDate",
                                                        "startTime", "endDate"};

/// A frequency, the mode that has it, and what there is between its slots; 0 for a single slot.
struct Row {
    std::string_view mode;
    std::string_view frequency;
    std::int64_t step;
};

constexpr std::int64_t by_month = -1;

constexpr std::array<Row, 9> rows{{
    {full, "ONCE", 0},
    {full, "DAILY", day_ms},
    {full, "WEEKLY", 7 * day_ms},
    {full, "MONTHLY", by_month},
    {incremental, "DAILY", day_ms},
    {incremental, "EVERY_3_HOURS", 3 * hour_ms},
    {incremental, "EVERY_6_HOURS", 6 * hour_ms},
    {incremental, "EVERY_8_HOURS", 8 * hour_ms},
    {incremental, "EVERY_12_HOURS", 12 * hour_ms},
}};

bool is_long(std::string_view frequency) {
    return frequency == "WEEKLY" || frequency == "MONTHLY";
}

/// The start of the day in epoch ms.
std::optional<std::int64_t> parse_day(const json::Value& text) {
    if (text.as_string().size() != 10) {
        return std::nullopt;
    }
    const auto seconds = parse_iso8601(text.as_string() + "T00:00:00Z");
    return seconds ? std::optional(*seconds * 1000) : std::nullopt;
}

bool is_full_hour(const std::string& text) {
    const auto day = parse_iso8601(fmt::format("2000-01-01T{}:00Z", text));
    return text.size() == 5 && day && text.substr(2) == ":00";
}

Outcome<void> check_trigger(const json::Value& mode, const json::Value& schedule) {
    const auto& trigger = schedule["triggerType"];
    const auto& frequency = schedule["frequency"].as_string();
    const bool may_follow_evaluation = mode.as_string() == full && !is_long(frequency);
    if (trigger.is_null() && mode.as_string() == full) {
        return plain(400, "schedule.triggerType is required for a full export");
    }
    if (!trigger.is_null() && trigger.as_string() != "SCHEDULED" &&
        !(may_follow_evaluation && trigger.as_string() == after_evaluation)) {
        return plain(400, "schedule.triggerType does not go with exportMode and frequency");
    }
    return {};
}

Outcome<void> check_times(const json::Value& schedule, const Settings& settings) {
    const auto start = parse_day(schedule["startDate"]);
    if (!start) {
        return plain(400, "schedule.startDate is required, as YYYY-MM-DD");
    }
    const auto& time = schedule["startTime"];
    if (schedule["triggerType"].as_string() == after_evaluation) {
        if (!time.is_null()) {
            return plain(400, "schedule.startTime does not go with AFTER_SEGMENT_EVAL");
        }
    } else if (!is_full_hour(time.as_string())) {
        return plain(400, "schedule.startTime is required, as HH:00");
    }
    const auto& end = schedule["endDate"];
    if (schedule["frequency"].as_string() == "ONCE") {
        return end.is_null() ? Outcome<void>{}
                             : Outcome<void>(plain(400, "schedule.endDate does not go with ONCE"));
    }
    if (end.is_null()) {
        return settings.end_date == EndDate::optional
                   ? Outcome<void>{}
                   : Outcome<void>(plain(400, "schedule.endDate is required"));
    }
    const auto end_day = parse_day(end);
    if (!end_day || *end_day <= *start) {
        return plain(400, "schedule.endDate is YYYY-MM-DD, after startDate");
    }
    return {};
}

} // namespace

Outcome<void> check_segment_schedule(const json::Value& mode, const json::Value& schedule,
                                     const Settings& settings) {
    if (mode.as_string() != full && mode.as_string() != incremental) {
        return plain(400, fmt::format("exportMode is {} or {}", full, incremental));
    }
    for (const auto& [name, value] : schedule.as_object()) {
        if (std::find(known_members.begin(), known_members.end(), name) == known_members.end() ||
            !value.is_string()) {
            return plain(400, fmt::format("schedule has no field {} of that type", name));
        }
    }
    const auto& frequency = schedule["frequency"].as_string();
    const bool legal = std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
        return row.mode == mode.as_string() && row.frequency == frequency;
    });
    if (!legal || (is_long(frequency) && settings.long_frequencies == LongFrequencies::refuse)) {
        return plain(400, "exportMode and schedule.frequency do not go together");
    }
    if (auto checked = check_trigger(mode, schedule); !checked) {
        return checked;
    }
    return check_times(schedule, settings);
}

std::int64_t next_slot(const json::Value& schedule, std::int64_t from) {
    const bool evaluated = schedule["triggerType"].as_string() == after_evaluation;
    const auto& time = schedule["startTime"].as_string();
    const auto hour = evaluated ? fmt::format("{:02}:00", evaluation_hour) : time;
    const auto& first_day = schedule["startDate"].as_string();
    const auto start = parse_iso8601(fmt::format("{}T{}:00Z", first_day, hour)).value_or(0);
    const auto& frequency = schedule["frequency"].as_string();
    const auto* row = std::find_if(rows.begin(), rows.end(),
                                   [&](const Row& entry) { return entry.frequency == frequency; });
    const auto step = row == rows.end() ? 0 : row->step;
    std::int64_t slot = start * 1000;
    if (step == 0) {
        return slot >= from ? slot : -1;
    }
    if (step == by_month) {
        for (int month = 1; slot < from; ++month) {
            slot = add_months(start, month) * 1000;
        }
    } else if (slot < from) {
        slot += (from - slot + step - 1) / step * step;
    }
    const auto end = parse_day(schedule["endDate"]);
    return end && slot >= *end ? -1 : slot;
}

} // namespace penstock::emulator
