#pragma once

#include "manifest/readers.hpp"

#include <vector>

namespace penstock::manifest {

/// Checks the written `filenameTemplate`s, and whether files of these segments, as read from
/// `spec`, overwrite each other. Null: the destination is not known, and tokens of any will do.
void check_file_names(const Document& document, const Node& spec,
                      const std::vector<Segment>& segments,
                      const catalogue::Destination* destination,
                      const catalogue::Catalogue& catalogue, Complaints& complaints);

} // namespace penstock::manifest
