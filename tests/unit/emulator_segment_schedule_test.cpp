#include "base/time_text.hpp"
#include "emulator/segment_schedule.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace penstock;
using emulator::next_slot;

namespace {

struct Schedule {
    std::string frequency;
    std::string trigger;
    std::string start_date = "2026-11-02";
    std::string start_time = "06:00";
    std::string end_date{};

    [[nodiscard]] json::Value value() const {
        json::Object made{{"frequency", frequency}};
        const std::vector<std::pair<const char*, const std::string*>> members{
            {"triggerType", &trigger},
            {"startDate", &start_date},
            {"startTime", &start_time},
            {"endDate", &end_date}};
        for (const auto& member : members) {
            if (!member.second->empty()) {
                made[member.first] = *member.second;
            }
        }
        return made;
    }
};

const std::string full = "DAILY_FULL_EXPORT";
const std::string incremental = "FIRST_FULL_THEN_INCREMENTAL";

bool accepts(const std::string& mode, const json::Value& schedule,
             const emulator::Settings& settings = {}) {
    return emulator::check_segment_schedule(mode, schedule, settings).has_value();
}

bool accepts(const std::string& mode, const Schedule& schedule,
             const emulator::Settings& settings = {}) {
    return accepts(mode, schedule.value(), settings);
}

std::int64_t at(const std::string& time) {
    return parse_iso8601(time + ":00Z").value_or(0) * 1000;
}

/// The first slots from a time on, as text.
std::vector<std::string> slots(const Schedule& schedule, const std::string& from,
                               std::size_t count) {
    std::vector<std::string> found;
    auto time = at(from);
    while (found.size() < count) {
        const auto slot = next_slot(schedule.value(), time);
        if (slot < 0) {
            break;
        }
        found.push_back(format_iso8601(slot / 1000).substr(0, 16));
        time = slot + 1;
    }
    return found;
}

} // namespace

TEST_CASE("emulator: the rows of the segment schedule table, and no others") {
    const std::vector<std::string> frequencies{
        "ONCE",          "DAILY",         "WEEKLY",         "MONTHLY", "EVERY_3_HOURS",
        "EVERY_6_HOURS", "EVERY_8_HOURS", "EVERY_12_HOURS", "HOURLY",  "CHAINED"};
    const std::vector<std::string> triggers{"", "SCHEDULED", "AFTER_SEGMENT_EVAL", "MANUAL"};
    // mode, frequency, trigger, whether there is a time and whether there may be an end.
    const std::vector<std::string> legal{
        "full ONCE SCHEDULED time",      "full ONCE AFTER_SEGMENT_EVAL",
        "full DAILY SCHEDULED time",     "full DAILY SCHEDULED time end",
        "full DAILY AFTER_SEGMENT_EVAL", "full DAILY AFTER_SEGMENT_EVAL end",
        "full WEEKLY SCHEDULED time",    "full WEEKLY SCHEDULED time end",
        "full MONTHLY SCHEDULED time",   "full MONTHLY SCHEDULED time end",
    };
    const auto check = [&](const std::string& frequency, const std::string& trigger, bool has_time,
                           bool has_end) {
        Schedule schedule{frequency, trigger};
        schedule.start_time = has_time ? "06:00" : "";
        schedule.end_date = has_end ? "2026-12-01" : "";
        const auto row = fmt::format("full {} {}{}{}", frequency, trigger, has_time ? " time" : "",
                                     has_end ? " end" : "");
        INFO(row);
        CHECK(accepts(full, schedule) ==
              (std::find(legal.begin(), legal.end(), row) != legal.end()));
        const bool repeats = frequency == "DAILY" || frequency.rfind("EVERY_", 0) == 0;
        CHECK(accepts(incremental, schedule) ==
              (repeats && has_time && (trigger.empty() || trigger == "SCHEDULED")));
    };
    for (const auto& frequency : frequencies) {
        for (const auto& trigger : triggers) {
            for (int i = 0; i < 4; ++i) {
                check(frequency, trigger, i % 2 == 0, i < 2);
            }
        }
    }
}

TEST_CASE("emulator: dates of a segment schedule exist and times are full hours") {
    const auto with_start = [](const char* date, const char* time) {
        Schedule schedule{"DAILY", "SCHEDULED"};
        schedule.start_date = date;
        schedule.start_time = time;
        return accepts(full, schedule);
    };
    CHECK(with_start("2028-02-29", "00:00"));
    CHECK(with_start("2026-11-02", "23:00"));
    CHECK_FALSE(with_start("2026-02-29", "06:00"));
    CHECK_FALSE(with_start("2026-13-01", "06:00"));
    CHECK_FALSE(with_start("2026-1-01", "06:00"));
    CHECK_FALSE(with_start("20261102", "06:00"));
    CHECK_FALSE(with_start("", "06:00"));
    CHECK_FALSE(with_start("2026-11-02", "06:30"));
    CHECK_FALSE(with_start("2026-11-02", "24:00"));
    CHECK_FALSE(with_start("2026-11-02", "6:00"));
    CHECK_FALSE(with_start("2026-11-02", "06:00:00"));

    const auto with_end = [](const char* date) {
        Schedule schedule{"DAILY", "SCHEDULED"};
        schedule.end_date = date;
        return accepts(full, schedule);
    };
    CHECK(with_end("2026-11-03"));
    CHECK_FALSE(with_end("2026-11-02"));
    CHECK_FALSE(with_end("2026-11-31"));
    CHECK_FALSE(with_end("tomorrow"));

    const auto daily = Schedule{"DAILY", "SCHEDULED"}.value();
    auto odd = daily;
    odd.make_object()["interval"] = "1";
    CHECK_FALSE(accepts(full, odd));
    odd = daily;
    odd.make_object()["endDate"] = 1;
    CHECK_FALSE(accepts(full, odd));
    CHECK_FALSE(accepts("DAILY", daily));
    CHECK_FALSE(accepts(full, json::Value("DAILY")));
    CHECK_FALSE(accepts(full, json::Value()));
}

TEST_CASE("emulator: switches long_frequencies and end_date") {
    emulator::Settings settings;
    const Schedule weekly{"WEEKLY", "SCHEDULED"};
    const Schedule monthly{"MONTHLY", "SCHEDULED"};
    const Schedule daily{"DAILY", "SCHEDULED"};
    REQUIRE(emulator::set_switch(settings, "long_frequencies=refuse"));
    CHECK_FALSE(accepts(full, weekly, settings));
    CHECK_FALSE(accepts(full, monthly, settings));
    CHECK(accepts(full, daily, settings));
    REQUIRE(emulator::set_switch(settings, "end_date=required"));
    CHECK_FALSE(accepts(full, daily, settings));
    CHECK(accepts(full, Schedule{"ONCE", "SCHEDULED"}, settings));
    auto ending = daily;
    ending.end_date = "2026-11-05";
    CHECK(accepts(full, ending, settings));
}

TEST_CASE("emulator: when the slots of a segment schedule are") {
    using Slots = std::vector<std::string>;
    Schedule every{"EVERY_8_HOURS", ""};
    every.end_date = "2026-11-03";
    CHECK(slots(every, "2026-11-01T00:00", 9) ==
          Slots{"2026-11-02T06:00", "2026-11-02T14:00", "2026-11-02T22:00"});
    CHECK(slots(every, "2026-11-02T14:00", 1) == Slots{"2026-11-02T14:00"});
    CHECK(slots(every, "2026-11-02T14:01", 1) == Slots{"2026-11-02T22:00"});

    Schedule daily{"DAILY", "SCHEDULED"};
    daily.end_date = "2026-11-04";
    CHECK(slots(daily, "2026-11-01T00:00", 9) == Slots{"2026-11-02T06:00", "2026-11-03T06:00"});
    CHECK(slots({"WEEKLY", "SCHEDULED"}, "2026-11-03T00:00", 2) ==
          Slots{"2026-11-09T06:00", "2026-11-16T06:00"});
    Schedule monthly{"MONTHLY", "SCHEDULED"};
    monthly.start_date = "2026-12-31";
    CHECK(slots(monthly, "2026-11-03T00:00", 3) ==
          Slots{"2026-12-31T06:00", "2027-01-31T06:00", "2027-02-28T06:00"});

    CHECK(slots({"ONCE", "SCHEDULED"}, "2026-11-01T00:00", 9) == Slots{"2026-11-02T06:00"});
    CHECK(slots({"ONCE", "SCHEDULED"}, "2026-11-02T06:01", 9).empty());
    Schedule evaluated{"ONCE", "AFTER_SEGMENT_EVAL"};
    evaluated.start_time.clear();
    CHECK(slots(evaluated, "2026-11-01T00:00", 9) == Slots{"2026-11-02T07:00"});
    evaluated.frequency = "DAILY";
    CHECK(slots(evaluated, "2026-11-05T08:00", 2) == Slots{"2026-11-06T07:00", "2026-11-07T07:00"});
}
