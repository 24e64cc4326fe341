#pragma once

#include "bench/figures.hpp"
#include "bench/sandbox.hpp"

#include <cstddef>
#include <vector>

namespace penstock::bench {

/// An unchanged plan by the real program over loopback beside a bare libcurl loop that gets the
/// same pages (run_loop), at each latency in milliseconds: `wall` from the start of each process to
/// its end, `reading` from the arrival of its first request until its last answer is sent, as the
/// emulator has it. The secrets of the destinations are not there, so that no time goes into
/// checking them.
Part measure_fetch(const Sandbox& sandbox, const std::vector<int>& latencies, std::size_t runs);

} // namespace penstock::bench
