#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

/// Seconds since the epoch of an ISO 8601 time with an offset, such as `2026-12-01T00:00:00Z` or
/// `2026-12-01T02:00:00+02:00`; fractions of a second are refused. Nothing for any other text or a
/// date that does not exist, or is in UTC before the year 0 or after 9999.
std::optional<std::int64_t> parse_iso8601(std::string_view text);

/// `2026-12-01T00:00:00Z` for seconds since the epoch; the bare number beyond the years 0 to 9999.
std::string format_iso8601(std::int64_t epoch_seconds);

/// The time so many calendar months later, the day clamped to the month's length. Times beyond the
/// years 0 to 9999 count as the first or last second of these.
std::int64_t add_months(std::int64_t epoch_seconds, int month_count);

} // namespace penstock
