#pragma once

#include "model/graph.hpp"
#include "plan/plan.hpp"

#include <cstddef>
#include <optional>

namespace penstock::plan {

/// Destinations that a sandbox may have: a hard limit in the newest text of the platform's
/// guardrails, a soft one in an older (reference, section 9.4). Each counts by its dataflow.
inline constexpr std::size_t destinations_per_sandbox = 100;

/// True if the plan makes dataflows, so that a forecast says something.
bool makes_dataflows(const Plan& plan);

/// Says how many destinations the sandbox will have, and warns where the guardrail is in the way.
/// `counted` is the number of all that it has now, nothing if the service did not say: then those
/// that penstock can describe, all in `live`, are counted.
void forecast(Plan& plan, std::optional<std::size_t> counted, const model::LiveGraph& live);

} // namespace penstock::plan
