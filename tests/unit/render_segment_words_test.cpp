#include "render/segment_words.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace penstock;
using json::Object;
using json::Value;

namespace {

constexpr const char* full = "DAILY_FULL_EXPORT";
constexpr const char* incremental = "FIRST_FULL_THEN_INCREMENTAL";

/// Members that are empty are left out.
Value schedule(const char* frequency, const char* trigger, const char* start_time,
               const char* start_date = "2027-01-01", const char* end_date = "2028-01-01") {
    Object result{{"frequency", frequency}};
    for (const auto& [name, value] :
         {std::pair("triggerType", trigger), std::pair("startDate", start_date),
          std::pair("startTime", start_time), std::pair("endDate", end_date)}) {
        if (*value != '\0') {
            result[name] = value;
        }
    }
    return result;
}

Value daily() {
    return schedule("DAILY", "AFTER_SEGMENT_EVAL", "");
}

std::string rescheduled(const char* old_mode, Value before, const char* new_mode, Value after) {
    const auto segment = [](const char* mode, Value& when) {
        return Object{{"exportMode", mode}, {"schedule", std::move(when)}};
    };
    const auto both =
        render::rescheduling_in_words(segment(old_mode, before), segment(new_mode, after));
    return both.first + " becomes " + both.second;
}

} // namespace

TEST_CASE("every legal schedule of a segment has a phrase of its own") {
    struct Row {
        const char* mode;
        const char* frequency;
        const char* trigger;
        const char* time;
        const char* words;
    };
    const Row rows[] = {
        {full, "ONCE", "SCHEDULED", "12:00", "once at 2027-01-01 12:00 UTC"},
        {full, "ONCE", "AFTER_SEGMENT_EVAL", "", "once after evaluation"},
        {full, "DAILY", "SCHEDULED", "12:00", "daily in full at 12:00 UTC"},
        {full, "DAILY", "AFTER_SEGMENT_EVAL", "", "daily after evaluation"},
        {full, "WEEKLY", "SCHEDULED", "12:00", "weekly at 12:00 UTC"},
        {full, "MONTHLY", "SCHEDULED", "12:00", "monthly at 12:00 UTC"},
        {incremental, "DAILY", "SCHEDULED", "12:00", "daily changes at 12:00 UTC"},
        {incremental, "DAILY", "", "12:00", "daily changes at 12:00 UTC"},
        {incremental, "EVERY_3_HOURS", "SCHEDULED", "12:00", "every 3 h, from 12:00 UTC"},
        {incremental, "EVERY_6_HOURS", "SCHEDULED", "00:00", "every 6 h, from 00:00 UTC"},
        {incremental, "EVERY_8_HOURS", "SCHEDULED", "12:00", "every 8 h, from 12:00 UTC"},
        {incremental, "EVERY_12_HOURS", "", "12:00", "every 12 h, from 12:00 UTC"},
    };
    for (const auto& row : rows) {
        CHECK(render::segment_schedule_in_words(schedule(row.frequency, row.trigger, row.time),
                                                row.mode) == row.words);
    }
}

TEST_CASE("schedules that no manifest can say are shown as they are") {
    const auto words = render::segment_schedule_in_words;
    CHECK(words(schedule("EVERY_6_HOURS", "SCHEDULED", "12:00"), full) ==
          "every 6 h in full, from 12:00 UTC");
    CHECK(words(schedule("DAILY", "AFTER_SEGMENT_EVAL", "12:00"), incremental) ==
          "daily changes after evaluation at 12:00 UTC");
    CHECK(words(schedule("EVERY_FULL_MOON", "HOWLING\x1b[2J", "25:61"), "SOME\nMODE") ==
          "EVERY_FULL_MOON, SOME\\x0aMODE, HOWLING\\x1b[2J at 25:61 UTC");
    CHECK(words(Object{}, "") == "no frequency, no export mode");
    CHECK(words(Object{{"frequency", 7}, {"startTime", Object{}}}, full) ==
          "no frequency in full at {} UTC");
    CHECK(words({}, full) == "no schedule");
    CHECK(words("weekly\r", full) == "weekly\\x0d");
}

TEST_CASE("the dates of a segment's schedule") {
    const auto dates = [](const char* frequency, const char* trigger, const char* from,
                          const char* to) {
        return render::segment_dates_in_words(schedule(frequency, trigger, "", from, to));
    };
    CHECK(dates("DAILY", "", "2027-01-01", "2028-01-01") == "from 2027-01-01 to 2028-01-01");
    CHECK(dates("DAILY", "", "2027-01-01", "") == "from 2027-01-01 without end");
    CHECK(dates("DAILY", "", "", "2028-01-01") == "to 2028-01-01");
    CHECK(dates("DAILY", "", "", "").empty());
    CHECK(dates("ONCE", "AFTER_SEGMENT_EVAL", "2027-01-01", "") == "from 2027-01-01");
    CHECK(dates("ONCE", "SCHEDULED", "2027-01-01", "").empty());
    CHECK(dates("ONCE", "SCHEDULED", "2027-01-01", "2028-01-01") == "to 2028-01-01");
}

TEST_CASE("a changed schedule is told in one line, and only what changed") {
    const auto six = schedule("EVERY_6_HOURS", "SCHEDULED", "12:00");
    CHECK(rescheduled(incremental, six, full, daily()) ==
          "every 6 h becomes daily after evaluation");
    CHECK(rescheduled(full, daily(), incremental, six) ==
          "daily after evaluation becomes every 6 h, from 12:00 UTC");
    CHECK(rescheduled(incremental, six, incremental,
                      schedule("EVERY_6_HOURS", "SCHEDULED", "13:00")) ==
          "every 6 h, from 12:00 UTC becomes every 6 h, from 13:00 UTC");
    CHECK(rescheduled(full, schedule("DAILY", "SCHEDULED", "12:00"), incremental,
                      schedule("DAILY", "SCHEDULED", "12:00")) ==
          "daily in full at 12:00 UTC becomes daily changes at 12:00 UTC");
    CHECK(rescheduled(full, daily(), full,
                      schedule("DAILY", "AFTER_SEGMENT_EVAL", "", "2027-01-01", "")) ==
          "from 2027-01-01 to 2028-01-01 becomes from 2027-01-01 without end");
    CHECK(rescheduled(full, schedule("ONCE", "SCHEDULED", "12:00", "2027-01-01", ""), full,
                      schedule("ONCE", "SCHEDULED", "12:00", "2027-02-01", "")) ==
          "once at 2027-01-01 12:00 UTC becomes once at 2027-02-01 12:00 UTC");
    CHECK(rescheduled(incremental, six, full,
                      schedule("DAILY", "AFTER_SEGMENT_EVAL", "", "2027-02-01", "2028-01-01")) ==
          "every 6 h, from 2027-01-01 to 2028-01-01 becomes daily after "
          "evaluation, from 2027-02-01 to 2028-01-01");
    CHECK(rescheduled(full, daily(), full, {}) ==
          "daily after evaluation, from 2027-01-01 to 2028-01-01 becomes no "
          "schedule");
}

TEST_CASE("no change of a schedule reads as if nothing had changed") {
    CHECK(rescheduled(full, schedule("DAILY", "", "12:00"), full,
                      schedule("DAILY", "SCHEDULED", "12:00")) ==
          "exportMode DAILY_FULL_EXPORT, frequency DAILY, startDate 2027-01-01, "
          "startTime 12:00, endDate 2028-01-01 becomes exportMode DAILY_FULL_EXPORT, frequency "
          "DAILY, triggerType SCHEDULED, startDate 2027-01-01, startTime 12:00, endDate "
          "2028-01-01");
}

TEST_CASE("schedule and dates together say each day once") {
    const auto words = [](const char* mode, Value when) {
        return render::segment_plan_in_words(
            Object{{"exportMode", mode}, {"schedule", std::move(when)}});
    };
    CHECK(words(incremental, schedule("EVERY_6_HOURS", "SCHEDULED", "12:00")) ==
          "every 6 h, from 2027-01-01 12:00 UTC to 2028-01-01");
    CHECK(words(full, daily()) == "daily after evaluation, from 2027-01-01 to 2028-01-01");
    CHECK(words(full, schedule("ONCE", "SCHEDULED", "12:00", "2027-01-01", "")) ==
          "once at 2027-01-01 12:00 UTC");
    CHECK(words(full, {}) == "no schedule");
}
