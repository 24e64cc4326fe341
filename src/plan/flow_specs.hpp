#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"
#include "plan/planner.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace penstock::plan {

/// Names of the flow specs that a sandbox has to be asked for before its dataflows of segments can
/// be read: of those without a documented id (reference, section 5.5).
std::vector<std::string> named_flow_specs(const model::DesiredGraph& desired,
                                          const catalogue::Catalogue& catalogue);

/// Ids of the flow specs that a sandbox has to be asked for before its dataflows of segments can be
/// planned: documents give them, some in disagreement (reference, section 5.1), and a dataflow that
/// exists keeps the one that it has.
std::vector<std::string> flow_specs_to_ask(const model::DesiredGraph& desired,
                                           const model::LiveGraph& live,
                                           const catalogue::Catalogue& catalogue);

struct ResolvedFlowSpecs {
    std::optional<model::DesiredGraph> desired; ///< set if something had to change
    /// Exports whose flow spec is not known, so that nothing can be said about their dataflows:
    /// they are left alone.
    std::set<std::string> unresolved;
    std::vector<Note> notes;
};

/// `desired` with the flow specs that the sandbox offers. A dataflow that exists keeps the one that
/// it has; the catalogue's stands if the sandbox offers it, if it offers none, or if what it offers
/// is not known. A spec that the catalogue knows by its name only has to be offered. `may_delete`:
/// which other entities the plan may touch, see Options. Notes tell of what `shard` owns.
ResolvedFlowSpecs resolve_flow_specs(const model::DesiredGraph& desired,
                                     const model::LiveGraph& live,
                                     const catalogue::Catalogue& catalogue,
                                     const MayDelete& may_delete,
                                     const std::optional<model::Shard>& shard = {});

} // namespace penstock::plan
