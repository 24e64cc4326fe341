#pragma once

#include "json/value.hpp"

#include <optional>

namespace penstock::bench {

/// All that counts of instructions depend on beside penstock itself: compiler, libraries, valgrind,
/// and which instructions the processor has. Nothing without valgrind.
std::optional<json::Object> surroundings();

} // namespace penstock::bench
