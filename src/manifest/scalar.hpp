#pragma once

#include "json/value.hpp"

#include <string_view>

namespace penstock::manifest {

/// What a plain scalar means: null, a boolean, a number or, failing these, a string.
json::Value resolve_plain(std::string_view text);

} // namespace penstock::manifest
