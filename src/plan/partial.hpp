#pragma once

#include "plan/plan.hpp"

namespace penstock::plan {

/// True if a plan on the chosen exports and accounts alone, each of which stands whole, is what it
/// would be on the whole sandbox: it changes targets and dataflows where they are. All else takes
/// the whole picture: what is made may be there twice or be counted, what is deleted or replaced
/// may be in use, a base connection tells how many exports share it, and a mapping may use the
/// schemas of another export.
bool holds_for_all(const Plan& plan);

} // namespace penstock::plan
