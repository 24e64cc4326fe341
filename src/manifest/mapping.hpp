#pragma once

#include "manifest/export_keys.hpp"

namespace penstock::manifest {

/// Reads `mapping`, the columns of a destination that has them by a mapping set (reference, section
/// 3.11), and returns what keys may name.
KeyNames read_mapping(const Document& document, const Entry& mapping, std::vector<Column>& columns,
                      Complaints& complaints);

} // namespace penstock::manifest
