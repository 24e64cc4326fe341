#pragma once

#include "base/result.hpp"
#include "cli/arguments.hpp"
#include "cli/host.hpp"
#include "cli/outcome.hpp"

#include <string>
#include <vector>

namespace penstock::cli {

enum class ReportFormat { text, json, markdown, sarif, junit, openmetrics, github, baseline };

/// One `--write FORMAT=FILE`.
struct ReportFile {
    ReportFormat format = ReportFormat::text;
    std::string path; ///< counts from the project's folder; `-` is standard output
};

/// The reports that the arguments ask for. Fails before any work is done if one of them cannot be
/// written where it shall be, as far as that can be seen.
Result<std::vector<ReportFile>> report_files(const Arguments& arguments);

/// True if a program will read the outcome's document; of a large plan it costs as much as all
/// else.
bool wants_document(const Arguments& arguments);
/// True if the outcome's report, or its text without colour, will be written anywhere.
bool wants_report(const Arguments& arguments, const Host& host);

/// Writes the files, and puts what goes to standard output in the place of the outcome's text.
/// Under GitHub Actions annotations follow the text, unless standard output is for programs. What
/// cannot be written is told besides the command's own result, and makes a success exit with 1.
void write_reports(const std::vector<ReportFile>& files, const Arguments& arguments,
                   const Host& host, Outcome& outcome);

} // namespace penstock::cli
