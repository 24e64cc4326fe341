#pragma once

#include "emulator/refusal.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <string_view>

namespace penstock::emulator {

/// The hour (UTC) at which the daily evaluation of segments has ended here. The documents name
/// none; what is exported after evaluation runs at this time.
inline constexpr std::int64_t evaluation_hour = 7;

/// Refuses a selector's `exportMode` and `schedule` that are no legal row of section 6.2's table: a
/// member that the row requires and that is not there, one that it has no place for, a date that
/// does not exist, a time that is no full hour. That the end has to come after the start is
/// assumed: the last day is exclusive, so that nothing would be exported otherwise.
Outcome<void> check_segment_schedule(const json::Value& mode, const json::Value& schedule,
                                     const Settings& settings);

/// The first slot of a legal schedule that is not before `from`, both in epoch ms; -1 when there is
/// none any more. Slots that have passed are not made up for.
std::int64_t next_slot(const json::Value& schedule, std::int64_t from);

} // namespace penstock::emulator
