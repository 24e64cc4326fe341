#pragma once

#include "flow/client.hpp"
#include "http/transport.hpp"
#include "live/mapping_set_list.hpp"
#include "model/graph.hpp"

#include <functional>
#include <vector>

namespace penstock::live {

/// Gives each of these dataflows the mapping set that it names, in the version that it names, or
/// the reason why it could not be read. Many sets are read from their list where that is fewer
/// requests; what it does not show just as a GET would is got by its id. The list may have been
/// read ahead. Runs the transport until done.
void read_mapping_sets(http::Transport& transport, flow::Client& client, MappingSetList& list,
                       const std::vector<model::LiveEntity*>& flows);

/// The same for those dataflows of ours that reading has left out as of no concern.
void read_other_mapping_sets(http::Transport& transport, flow::Client& client,
                             model::LiveGraph& live,
                             const std::function<bool(const model::EntityKey&)>& concerns);

/// What is compared of each mapping, and of the set what another dataflow may use again (reference,
/// section 4.6); the service says much more of them.
json::Value compared_part(json::Value set);

} // namespace penstock::live
