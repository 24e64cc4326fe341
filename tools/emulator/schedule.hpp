#pragma once

#include "emulator/refusal.hpp"
#include "json/value.hpp"

#include <cstdint>

namespace penstock::emulator {

/// How long after its slot a run is finished and listed, in milliseconds.
inline constexpr std::int64_t run_duration_ms = 60'000;

/// Refuses `scheduleParams` that are no legal row of section 6.1's table: exportMode, timeUnit and
/// interval have to go together, times are whole epoch seconds, the end comes after the start.
Outcome<void> check_schedule(const json::Value& schedule);

/// True for the one-time export: unit `day` with interval 0 (section 6.1).
bool is_one_time(const json::Value& schedule);

/// When the next run is listed whose slot is not before `from`, both in epoch ms; -1 when the
/// schedule has ended.
std::int64_t next_run(const json::Value& schedule, std::int64_t from, bool ran_once);

/// `schedule` with the end that the service gives it when it has none: six months after creation
/// (section 6.1), or after now if that is over already. Times are epoch ms.
json::Value with_end_time(json::Value schedule, std::int64_t created_at, std::int64_t now);

} // namespace penstock::emulator
