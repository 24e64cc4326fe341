#pragma once

#include "base/result.hpp"
#include "json/value.hpp"
#include "plan/saved.hpp"
#include "render/report.hpp"
#include "render/style.hpp"

#include <string>

namespace penstock::render {

/// Where a saved plan is for and when it was made; behind that what `plan` has shown. Fails with
/// ErrorKind::refused where the file holds a change that is none.
Result<std::string> saved_plan_text(const plan::SavedPlan& saved, const Style& style);

/// The report of a saved plan, at the time when it was made; `scope` is what is known besides.
Result<Report> saved_plan_report(const plan::SavedPlan& saved, const Style& style, Scope scope);

/// The plan JSON as it stands in the file, with what it is for, and without manifests and pins.
json::Object saved_plan_json(const plan::SavedPlan& saved);

} // namespace penstock::render
