#pragma once

#include "emulator/entity_store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace penstock::emulator {

/// When the flow's next run is listed whose slot is not before `from`, both in epoch ms; -1 for
/// never. A dataset flow has one schedule, a segment flow one for each segment (section 6).
std::int64_t next_flow_run(const json::Value& flow, std::int64_t from, bool ran_once);

/// The segments whose schedules have that slot, in the order of the selectors.
std::vector<std::string> segments_due(const json::Value& flow, std::int64_t slot);

/// True if both contents of a flow run at the same times and export the same segments then.
bool run_alike(const json::Value& one, const json::Value& other);

/// What a run is made from besides its flow.
struct RunDraw {
    std::string id;
    std::string etag;
    std::uint64_t bits = 0; ///< decide about success and counts
};

/// A run's content (section 8), finished at that time in epoch ms. The run of a segment flow counts
/// the records of each segment that it exports, on the side of the source and of the target.
json::Value run_content(const Entity& flow, const RunDraw& draw, std::int64_t finished);

} // namespace penstock::emulator
