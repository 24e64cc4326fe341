#pragma once

#include "manifest/readers.hpp"

namespace penstock::manifest {

/// Puts a fault that the schema has found in an export of segments into better words, where it is a
/// near miss: another platform's spelling of a time, a word of dataset schedules, a field of the
/// API's own requests.
void explain_segment_fault(const Document& document, Fault& fault);

} // namespace penstock::manifest
