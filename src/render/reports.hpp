#pragma once

#include "render/report.hpp"

#include <cstddef>
#include <string>

namespace penstock::render {

// One report in the formats of other programs. Each is a pure function and ends with a newline.

/// A comment that takes fewer than this fits wherever comments are written; the tightest of the
/// services that show them allows 65,536 characters.
inline constexpr std::size_t markdown_budget = 65'000;

/// GitHub-flavoured Markdown of at most `budget` bytes. The first line is the headline. Equal
/// changes of several exports are told once. What does not fit is folded further and at last left
/// out, which the text says near its top. What does not come from penstock stands in code spans,
/// where it can neither format nor call anybody.
std::string report_markdown(const Report& report, std::size_t budget = markdown_budget);

/// SARIF 2.1.0. Drift has a result for each field; accepted drift is suppressed.
std::string report_sarif(const Report& report);

/// JUnit XML: one suite, a case for each account and export and one for the run itself.
std::string report_junit(const Report& report);

/// Gauges that are valid both as OpenMetrics and in the older text format of Prometheus.
std::string report_metrics(const Report& report);

/// Workflow commands of GitHub that put notices, warnings and errors beside the lines of manifests.
std::string report_github(const Report& report);

} // namespace penstock::render
