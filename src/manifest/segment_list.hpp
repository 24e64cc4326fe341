#pragma once

#include "manifest/readers.hpp"

#include <vector>

namespace penstock::manifest {

/// Reads `spec.segments` with the export's `schedule` and `filenameTemplate`, which are those of
/// every segment that has none of its own (reference, sections 6.2 and 6.3).
std::vector<Segment> read_segments(const Document& document, const Node& spec,
                                   Complaints& complaints);

} // namespace penstock::manifest
