#pragma once

#include "plan/plan.hpp"
#include "render/report.hpp"
#include "render/style.hpp"
#include "render/words.hpp"

#include <vector>

namespace penstock::render {

/// The report of a plan: what it changes, and its notes.
Report plan_report(const plan::Plan& plan, const Style& style, Scope scope);

/// What belongs to one field, in one entry for each name that field_of() gives, in the order of the
/// words. `say` turns one difference into a line.
std::vector<ReportField> report_fields(const plan::EntityChange& change, const plan::Plan& plan,
                                       const KnownNames& names,
                                       std::string (*say)(const FieldWords&));

/// The finding of a change, without its fields and its fingerprint.
Finding finding_of(const plan::EntityChange& change, const Scope& scope);

} // namespace penstock::render
