#pragma once

#include "base/diagnostic.hpp"
#include "model/accepted_drift.hpp"

#include <string>
#include <vector>

namespace penstock::manifest {

/// What reading a baseline came to. Of one with errors no entry counts.
struct BaselineResult {
    std::vector<model::AcceptedDrift> accepted;
    std::vector<Diagnostic> diagnostics; ///< all of them errors; sorted by file, line, column
};

/// Reads the documents of kind DriftBaseline in a file; `file` counts from the project's `folder`.
BaselineResult load_baseline(const std::string& folder, const std::string& file);

/// True if the file holds documents of kind DriftBaseline and nothing else, be they filled in or
/// not.
bool is_baseline(const std::string& folder, const std::string& file);

} // namespace penstock::manifest
