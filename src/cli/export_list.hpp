#pragma once

#include "cli/selection.hpp"
#include "model/graph.hpp"
#include "render/run_status.hpp"

#include <vector>

namespace penstock::cli {

/// The chosen exports that the sandbox holds, and those that it does not hold yet, sorted by name;
/// without their runs.
std::vector<render::ExportStatus> list_exports(const Selection& selection,
                                               const model::LiveGraph& live);

} // namespace penstock::cli
