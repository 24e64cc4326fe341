#pragma once

#include "manifest/readers.hpp"

#include <cstddef>

namespace penstock::manifest {

inline constexpr std::size_t most_columns = 50; ///< of a destination (reference, section 9.4)

/// Reads what the files hold, `mapping` or `attributes`, whichever the destination takes, and
/// `mandatoryFields` and `deduplicationKeys`. Null: the destination is not known, and what is
/// written counts.
void read_columns(const Document& document, const Node& spec,
                  const catalogue::Destination* destination, SegmentExport& result,
                  Complaints& complaints);

} // namespace penstock::manifest
