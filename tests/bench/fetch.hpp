#pragma once

#include "bench/figures.hpp"
#include "bench/sandbox.hpp"

#include <cstddef>
#include <vector>

namespace penstock::bench {

/// An unchanged plan by the real program over loopback, from the start of its process to its end,
/// beside a bare libcurl loop that gets the same pages (run_loop), at each latency in milliseconds.
Part measure_fetch(const Sandbox& sandbox, const std::vector<int>& latencies, std::size_t runs);

} // namespace penstock::bench
