#pragma once

#include "bench/requests.hpp"

#include <filesystem>
#include <string>

namespace penstock::bench {

/// The requests that one penstock has in flight at most, unless it is told otherwise.
inline constexpr std::size_t usual_parallelism = 8;

/// Writes down what run_loop() is to get: the chains of a run, and the headers that it sent.
void write_requests(const Calls& calls, const std::filesystem::path& file);

/// A bare libcurl multi loop: gets a token and then every chain, page after page within one and
/// chains side by side, at most eight requests in flight, over kept connections, and throws the
/// answers away. Prints `{"requests": N, "bytes": N}`, headers counted. The exit code.
int run_loop(const std::filesystem::path& requests, const std::string& endpoint);

} // namespace penstock::bench
