#pragma once

#include "model/accepted_drift.hpp"
#include "render/report.hpp"

#include <string>
#include <vector>

namespace penstock::render {

/// Marks the findings of drift that a baseline accepts, and lists the entries that no finding
/// answers to any more. An entry counts until its last day is over in UTC.
void accept(Report& report, const std::vector<model::AcceptedDrift>& baseline);

/// A baseline that holds all findings of drift: those that are accepted as they were accepted,
/// others with owner, reason and last day left open, so that nobody accepts without a word.
std::string baseline_yaml(const Report& report);

} // namespace penstock::render
