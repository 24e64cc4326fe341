#pragma once

#include "manifest/readers.hpp"

namespace penstock::manifest {

/// Reads `mapping`, `mandatoryFields` and `deduplicationKeys` (reference, sections 3.11 and 6.4).
void read_columns(const Document& document, const Node& spec, SegmentExport& result,
                  Complaints& complaints);

} // namespace penstock::manifest
