#include "render/schedule_words.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

namespace penstock::render {

bool is_part_of_frequency(std::string_view name) {
    return name == "exportMode" || name == "timeUnit" || name == "interval";
}

std::string frequency_in_words(const json::Value& schedule) {
    const auto& mode = schedule["exportMode"].as_string();
    const auto& unit = schedule["timeUnit"].as_string();
    const auto& interval = schedule["interval"];
    if (schedule.is_null() || !interval.is_integer()) {
        return "none";
    }
    const auto count = interval.as_integer();
    if (count == 0) {
        return "ONCE";
    }
    const bool incremental = mode == "FIRST_FULL_THEN_INCREMENTAL";
    if (incremental && unit == "day" && count == 1) {
        return "DAILY";
    }
    if (incremental && unit == "hour" && (count == 3 || count == 6 || count == 9 || count == 12)) {
        return fmt::format("EVERY_{}_HOURS", count);
    }
    return fmt::format("every {} {}{}, {}", count, printable(unit), count == 1 ? "" : "s",
                       printable(mode));
}

std::string schedule_value_in_words(std::string_view name, const json::Value& value) {
    if ((name == "startTime" || name == "endTime") && value.is_integer()) {
        return format_iso8601(value.as_integer());
    }
    return printable(value.is_string() ? value.as_string() : json::write(value));
}

} // namespace penstock::render
