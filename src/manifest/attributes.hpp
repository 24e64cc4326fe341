#pragma once

#include "manifest/export_keys.hpp"

namespace penstock::manifest {

/// Reads `attributes`, the columns of a destination that has them by profile selectors (reference,
/// section 4.5), and returns what keys may name.
KeyNames read_attributes(const Document& document, const Entry& list,
                         std::vector<std::string>& attributes, Complaints& complaints);

} // namespace penstock::manifest
