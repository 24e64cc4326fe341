#pragma once

#include <string>
#include <vector>

namespace penstock::render {

/// Rows of cells as aligned columns, two spaces apart; the first row is the heading. Columns named
/// in `to_the_right` hold numbers. No line ends in a space.
std::string table(const std::vector<std::vector<std::string>>& rows,
                  const std::vector<std::size_t>& to_the_right = {});

} // namespace penstock::render
