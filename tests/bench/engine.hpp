#pragma once

#include "bench/figures.hpp"
#include "bench/sandbox.hpp"

#include <cstddef>

namespace penstock::bench {

/// What penstock's own work costs, with no network at all: the commands run with kept answers,
/// each in a process of its own, beside the least that reading the same bytes can cost.
Part measure_engine(const Sandbox& sandbox, std::size_t runs);

} // namespace penstock::bench
