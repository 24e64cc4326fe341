#pragma once

#include "base/embedded_file.hpp"

#include <string>
#include <vector>

namespace penstock::cli {

/// The name under which `schema` prints a file: without its extension.
std::string schema_name(const EmbeddedFile& file);

std::vector<std::string> schema_names();

} // namespace penstock::cli
