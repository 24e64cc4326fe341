#pragma once

#include "plan/candidates.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <optional>

namespace penstock::plan {

/// Adds to each change what a data owner will notice of it. Exports that are not `desired`, since
/// the plan is narrowed, count by what is `live`. `now`, in milliseconds since 1970, tells which
/// times are past; nothing: none is.
void describe_effects(Plan& plan, const model::DesiredGraph& desired, const LiveIndex& live,
                      std::optional<std::int64_t> now);

} // namespace penstock::plan
