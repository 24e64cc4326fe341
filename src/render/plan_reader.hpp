#pragma once

#include "base/result.hpp"
#include "json/value.hpp"
#include "plan/plan.hpp"

namespace penstock::render {

/// What plan_json() wrote, as a plan to show: changes and notes, without steps. Fails with
/// ErrorKind::refused where a change is none; whatever the rest holds can be shown.
Result<plan::Plan> read_plan_json(const json::Object& document);

} // namespace penstock::render
