#pragma once

#include "bench/figures.hpp"
#include "bench/requests.hpp"
#include "json/value.hpp"

#include <cstddef>
#include <vector>

namespace penstock::bench {

/// The longest chain of requests of an apply of which each needs the answer of the one before. Of
/// the steps of a plan (plan JSON, `steps`), and of what the apply has sent:
/// - the token, and the pages of the longest list that is read before the first write;
/// - the longest way through the plan's steps, where a step that waits begins as soon as what the
///   other writes is answered: a create is one POST, a fill is a GET for the etag and a PATCH, a
///   mapping set is the connection spec, its output schema, the validation and the POST, all else
///   is one request; behind the last of the way what it wrote is read back (for a dataflow of
///   segments with its mapping set);
/// - the pages of the longest list that is read after the last write, where the run looks for
///   twins.
/// That the service carries out a change of a dataflow for some time is left out: it does at once.
std::size_t critical_path(const json::Value& steps, const Calls& calls);

/// What is the same for many steps: how many destinations have exports of segments, and how many
/// sets of columns these exports have.
struct Shared {
    std::size_t destinations = 0;
    std::size_t column_sets = 0;
};

/// The fewest requests that carry out the steps of a plan in an empty sandbox as a safe run has to:
/// - the token; each of the four lists once before the first write; and behind the last one their
///   pages as they are then, where the run looks for twins;
/// - for a create the POST, and the GET that reads back what came of it;
/// - for a mapping set the look for one that an interrupted run has left, the validation and the
///   POST;
/// - for a fill the PATCH, with the etag that reading back the create has brought, and reading back
///   the dataflow and its mapping set;
/// - for what the mapping sets share, each destination's connection spec, an output schema for each
///   set of columns, and the union schema with the input schema made of it.
/// Checks of what the manifests name (attributes, namespaces, flow specs) are not among them.
std::size_t least_requests(const json::Value& steps, const Shared& shared);

/// Applies of whole projects to empty sandboxes over loopback, at each latency in milliseconds. The
/// bound of the time is max(critical path x latency, requests x latency / parallelism), with the
/// requests that the apply has sent; the bound of the requests is least_requests().
Part measure_apply(const std::vector<std::size_t>& exports, const std::vector<int>& latencies,
                   std::size_t runs);

} // namespace penstock::bench
