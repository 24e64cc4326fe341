#pragma once

#include "bench/figures.hpp"
#include "bench/sandbox.hpp"

#include <cstddef>

namespace penstock::bench {

/// An unchanged plan through an nginx that ends TLS, with HTTP/2 and without, at 20 ms: how long it
/// takes, and over how many connections its requests come.
Part measure_http2(const Sandbox& sandbox, std::size_t runs);

} // namespace penstock::bench
