#include "base/time_text.hpp"

#include <doctest/doctest.h>

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
