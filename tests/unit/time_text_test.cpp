#include "base/time_text.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace penstock;

TEST_CASE("ISO 8601 times need an offset and a date that exists") {
    CHECK(parse_iso8601("2026-12-01T00:00:00Z") == 1796083200);
    CHECK(parse_iso8601("2026-12-01T02:00:00+02:00") == 1796083200);
    CHECK_FALSE(parse_iso8601("2026-12-01T00:00:00"));
    CHECK_FALSE(parse_iso8601("2026-02-30T00:00:00Z"));
    CHECK_FALSE(parse_iso8601("2026-12-01"));
    CHECK_FALSE(parse_iso8601("2026-12-01T24:00:00Z"));
    CHECK(format_iso8601(1796083200) == "2026-12-01T00:00:00Z");
}

TEST_CASE("months are added on the calendar") {
    CHECK(format_iso8601(add_months(*parse_iso8601("2026-08-31T10:00:00Z"), 6)) ==
          "2027-02-28T10:00:00Z");
}

TEST_CASE("times beyond four digits of a year are neither read nor written as dates") {
    CHECK(parse_iso8601("0000-01-01T00:00:00Z").has_value());
    CHECK(parse_iso8601("9999-12-31T23:59:59Z").has_value());
    CHECK_FALSE(parse_iso8601("0000-01-01T00:00:00+00:01"));
    CHECK_FALSE(parse_iso8601("9999-12-31T23:59:59-00:01"));
    CHECK(format_iso8601(253'402'300'799) == "9999-12-31T23:59:59Z");
    CHECK(format_iso8601(253'402'300'800) == "253402300800");
    CHECK(format_iso8601(INT64_MIN) == "-9223372036854775808");
    CHECK(add_months(INT64_MAX, 6) == *parse_iso8601("9999-12-31T23:59:59Z") + 182 * 86'400);
}
