#pragma once

#include "bench/figures.hpp"

#include <cstddef>
#include <vector>

namespace penstock::bench {

/// Applies of whole projects to empty sandboxes over loopback, at each latency in milliseconds.
///
/// The bound is max(critical path x latency, requests x latency / parallelism), with the requests
/// that the apply has sent. The critical path is the longest chain of requests of which each needs
/// the answer of the one before:
/// - the token, and the pages of the longest list that is read before the first write;
/// - the longest way through the plan's steps (plan JSON, `steps`), where a step that waits begins
///   as soon as the other's writes are answered: a create is one POST, a fill is a GET for the etag
///   and a PATCH, a mapping set is the connection spec, its output schema, the validation and the
///   POST, all else is one request; behind the last of the way what it wrote is read back (for a
///   dataflow of segments with its mapping set);
/// - the pages of the longest list that is read after the last write, where the run looks for
///   twins.
/// That the service carries out a change of a dataflow for some time is left out: it does at once.
Part measure_apply(const std::vector<std::size_t>& exports, const std::vector<int>& latencies,
                   std::size_t runs);

} // namespace penstock::bench
