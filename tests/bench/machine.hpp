#pragma once

#include <cstddef>
#include <string>

namespace penstock::bench {

/// The processor's name, as the system has it.
std::string processor();

/// How many of them this process may use.
std::size_t processors();

} // namespace penstock::bench
