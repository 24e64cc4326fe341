#pragma once

#include "plan/plan.hpp"

#include <cstdint>
#include <optional>

namespace penstock::plan {

/// Adds to each change what a data owner will notice of it. `now`, in milliseconds since 1970,
/// tells which times are past; nothing: none is.
void describe_effects(Plan& plan, const model::DesiredGraph& desired,
                      std::optional<std::int64_t> now);

} // namespace penstock::plan
