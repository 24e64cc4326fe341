#pragma once

#include "manifest/readers.hpp"

#include <string>

namespace penstock::manifest {

/// Reads one written schedule, `spec.schedule` or that of a segment, and complains about what is
/// not in the table of the reference, section 6.2. `path` is where it stands.
SegmentSchedule read_segment_schedule(const Document& document, const Entry& schedule,
                                      const std::string& path, Complaints& complaints);

/// Checks a written schedule against what the destination allows.
void check_long_frequency(const Document& document, const Node& schedule,
                          const catalogue::Destination& destination, Complaints& complaints);

} // namespace penstock::manifest
