#pragma once

#include "json/value.hpp"

#include <optional>

namespace penstock::bench {

/// What moves counts of instructions further than the margin, beside penstock itself: the compiler
/// and its flags, libraries and valgrind (each without its patch level), and which instructions the
/// processor has. How many processors there are is none of it: the counting program sees two
/// everywhere. Nothing without valgrind.
std::optional<json::Object> surroundings();

} // namespace penstock::bench
