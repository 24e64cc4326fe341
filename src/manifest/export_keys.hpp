#pragma once

#include "manifest/readers.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace penstock::manifest {

/// What `mandatoryFields` and `deduplicationKeys` of an export may name.
struct KeyNames {
    catalogue::Columns columns_are = catalogue::Columns::mapping_set;
    std::set<std::string, std::less<>> columns; ///< by `mapping`, or the paths of `attributes`
    std::vector<std::string> namespaces; ///< of the identities among them, in the file's order
    /// What people write in the place of a column's name, and that name.
    std::map<std::string, std::string> instead = {};
    bool is_sound = true; ///< false: there may be more columns than could be read
};

/// Reads both lists (reference, section 6.4).
void read_keys(const Document& document, const Node& spec, const KeyNames& names,
               SegmentExport& result, Complaints& complaints);

/// The text with underscores for dots: what a column is named that holds this path.
std::string without_dots(std::string text);

} // namespace penstock::manifest
