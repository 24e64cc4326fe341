#pragma once

#include "plan/plan.hpp"
#include "render/apply_report.hpp"
#include "render/report.hpp"
#include "render/style.hpp"

#include <string>

namespace penstock::test {

/// A plan of everything at once: git and platform changed, one export is new, one is gone, one is
/// taken.
plan::Plan mixed_plan();

/// An apply that did, failed and skipped something.
render::ApplyReport partial_apply();

/// Where the examples took place: three manifests in dev, on 22 November 2026.
render::Scope example_scope();

/// A style without colour that knows the destinations of the examples.
render::Style example_style(bool colour = false);

/// Drift as its text and its JSON.
std::string drift_text(const plan::Plan& plan, const render::Style& style);
std::string drift_json(const plan::Plan& plan);

} // namespace penstock::test
