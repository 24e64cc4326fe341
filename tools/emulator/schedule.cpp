#include "emulator/schedule.hpp"

#include "base/time_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace penstock::emulator {

namespace {

constexpr int months_until_end = 6;

struct Row {
    std::string_view export_mode;
    std::string_view time_unit;
    std::int64_t interval;
};

constexpr std::array<Row, 6> legal_rows{{
    {"DAILY_FULL_EXPORT", "day", 0},
    {"FIRST_FULL_THEN_INCREMENTAL", "day", 1},
    {"FIRST_FULL_THEN_INCREMENTAL", "hour", 3},
    {"FIRST_FULL_THEN_INCREMENTAL", "hour", 6},
    {"FIRST_FULL_THEN_INCREMENTAL", "hour", 9},
    {"FIRST_FULL_THEN_INCREMENTAL", "hour", 12},
}};

constexpr std::array<std::string_view, 7> known_members{
    "exportMode", "timeUnit",           "interval",          "startTime",
    "endTime",    "foldernameTemplate", "folderNameTemplate"};

std::int64_t step_ms(const json::Value& schedule) {
    const std::int64_t unit = schedule["timeUnit"].as_string() == "hour" ? 3'600'000 : 86'400'000;
    return unit * std::max<std::int64_t>(schedule["interval"].as_integer(), 1);
}

} // namespace

Outcome<void> check_schedule(const json::Value& schedule) {
    if (!schedule.is_object()) {
        return plain(400, "scheduleParams is required and is an object");
    }
    for (const auto& [name, value] : schedule.as_object()) {
        if (std::find(known_members.begin(), known_members.end(), name) == known_members.end()) {
            return plain(400, fmt::format("scheduleParams has no field {}", name));
        }
    }
    const auto& mode = schedule["exportMode"];
    const auto& interval = schedule["interval"];
    if (!schedule["startTime"].is_integer() || !interval.is_integer() ||
        !schedule["timeUnit"].is_string()) {
        return plain(400, "scheduleParams needs startTime, interval and timeUnit");
    }
    const bool legal = std::any_of(legal_rows.begin(), legal_rows.end(), [&](const Row& row) {
        return (mode.is_null() || mode.as_string() == row.export_mode) &&
               schedule["timeUnit"].as_string() == row.time_unit &&
               interval.as_integer() == row.interval;
    });
    if (!legal) {
        return plain(400, "exportMode, timeUnit and interval of scheduleParams do not go together");
    }
    const auto& end = schedule["endTime"];
    if (!end.is_null() &&
        (!end.is_integer() || end.as_integer() <= schedule["startTime"].as_integer())) {
        return plain(400, "endTime of scheduleParams is not after startTime");
    }
    return {};
}

bool is_one_time(const json::Value& schedule) {
    return schedule["timeUnit"].as_string() == "day" && schedule["interval"].as_integer(-1) == 0;
}

std::int64_t next_run(const json::Value& schedule, std::int64_t from, bool ran_once) {
    if (!schedule.is_object()) {
        return -1;
    }
    const std::int64_t start = schedule["startTime"].as_integer() * 1000;
    std::int64_t slot = std::max(start, from);
    if (is_one_time(schedule)) {
        return ran_once ? -1 : slot + run_duration_ms;
    }
    const std::int64_t step = step_ms(schedule);
    slot = start + (slot - start + step - 1) / step * step;
    const auto& end = schedule["endTime"];
    return end.is_integer() && slot >= end.as_integer() * 1000 ? -1 : slot + run_duration_ms;
}

json::Value with_end_time(json::Value schedule, std::int64_t created_at, std::int64_t now) {
    if (schedule.is_object() && schedule["endTime"].is_null()) {
        const auto usual = add_months(created_at / 1000, months_until_end);
        const auto start = schedule["startTime"].as_integer();
        const auto end = usual > std::max(now / 1000, start)
                             ? usual
                             : add_months(std::max(now / 1000, start), months_until_end);
        schedule.make_object()["endTime"] = end;
    }
    return schedule;
}

} // namespace penstock::emulator
