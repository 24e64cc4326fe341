#pragma once

#include "emulator/json_patch.hpp"
#include "emulator/specs.hpp"

#include <cstdint>

namespace penstock::emulator {

/// Fills in what is missing of the skeleton of section 3.8, as a service would that does not ask
/// for it at creation.
json::Object with_skeleton(json::Object flow, Columns columns);

/// The steps without the times that a client sent along with a selector: the service keeps its own
/// (section 4.7).
std::vector<PatchStep> without_times(std::vector<PatchStep> steps);
json::Object without_times(json::Object flow);

/// `after` with createTime and updateTime, in seconds as text, in every selector that was written:
/// those are the ones without times. A segment that was selected `before` keeps its createTime.
json::Object with_times(json::Object after, const json::Object& before, std::int64_t now);

/// `flow` with its selectors of segments and profiles in another order, which follows from `draw`.
json::Object shuffled(json::Object flow, std::uint64_t draw);

} // namespace penstock::emulator
