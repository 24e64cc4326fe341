#include "base/time_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock {

namespace {

using namespace std::chrono;

/// What four digits of a year can tell, in seconds since the epoch.
constexpr std::int64_t first_second = -62'167'219'200; // 0000-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z

bool has_a_date(std::int64_t epoch_seconds) {
    return epoch_seconds >= first_second && epoch_seconds <= last_second;
}

/// The number that `text[from, from + length)` spells, or -1 if it is not all digits.
int digits(std::string_view text, std::size_t from, std::size_t length) {
    int value = 0;
    for (std::size_t i = from; i < from + length; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9') {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/// Seconds east of UTC for "Z" or "+hh:mm"; nothing for other text.
std::optional<int> parse_offset(std::string_view text) {
    if (text == "Z" || text == "z") {
        return 0;
    }
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return std::nullopt;
    }
    const int hours = digits(text, 1, 2);
    const int minutes = digits(text, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return std::nullopt;
    }
    const int seconds_east = hours * 3600 + minutes * 60;
    return text[0] == '+' ? seconds_east : -seconds_east;
}

} // namespace

std::optional<std::int64_t> parse_iso8601(std::string_view text) {
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') {
        return std::nullopt;
    }
    const int y = digits(text, 0, 4);
    const int mo = digits(text, 5, 2);
    const int d = digits(text, 8, 2);
    const int h = digits(text, 11, 2);
    const int mi = digits(text, 14, 2);
    const int s = digits(text, 17, 2);
    const auto offset = parse_offset(text.substr(19));
    if (y < 0 || mo < 0 || d < 0 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59 ||
        !offset) {
        return std::nullopt;
    }
    const year_month_day date{year{y}, month{static_cast<unsigned>(mo)},
                              day{static_cast<unsigned>(d)}};
    if (!date.ok()) {
        return std::nullopt;
    }
    const auto days_since_epoch = sys_days{date}.time_since_epoch();
    const std::int64_t time = seconds{days_since_epoch}.count() + h * 3600 + mi * 60 + s - *offset;
    return has_a_date(time) ? std::optional(time) : std::nullopt;
}

std::string format_iso8601(std::int64_t epoch_seconds) {
    if (!has_a_date(epoch_seconds)) {
        return fmt::format("{}", epoch_seconds);
    }
    const sys_seconds point{seconds{epoch_seconds}};
    const auto midnight = floor<days>(point);
    const year_month_day date{midnight};
    const hh_mm_ss time{point - midnight};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::int64_t add_months(std::int64_t epoch_seconds, int month_count) {
    epoch_seconds = std::clamp(epoch_seconds, first_second, last_second);
    const sys_seconds point{seconds{epoch_seconds}};
    const auto midnight = floor<days>(point);
    auto date = year_month_day{midnight} + months{month_count};
    if (!date.ok()) {
        date = date.year() / date.month() / last;
    }
    return (sys_days{date} + (point - midnight)).time_since_epoch().count();
}

} // namespace penstock
