#pragma once

#include "json/value.hpp"
#include "plan/plan.hpp"
#include "render/report.hpp"
#include "render/style.hpp"

#include <cstddef>
#include <string>

namespace penstock::render {

/// What a plan says about the platform having moved away from git: every change that is not from
/// git alone, field by field, and the dataflows that lost their marker. A field's fingerprint stays
/// the same as long as the platform holds the same value there, whatever git says and whoever set
/// it. Of a value that is not shown it changes with the entity's last change instead.
Report drift_report(const plan::Plan& plan, const KnownNames& names, Scope scope);

/// How many entities differ from git in a way that counts.
std::size_t count_drift(const Report& report);
/// How many findings a baseline accepts.
std::size_t count_accepted(const Report& report);

/// Writes the headline and the remarks anew, after findings were accepted or unmanaged dataflows
/// were found.
void conclude_drift(Report& report);

/// Who changed what, as `expected -> found`. Ends with a newline.
std::string drift_text(const Report& report, const Style& style);

json::Object drift_json(const Report& report);

} // namespace penstock::render
