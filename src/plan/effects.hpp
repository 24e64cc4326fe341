#pragma once

#include "plan/plan.hpp"

namespace penstock::plan {

/// Adds to each change what a data owner will notice of it.
void describe_effects(Plan& plan, const model::DesiredGraph& desired);

} // namespace penstock::plan
