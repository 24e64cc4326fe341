#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace penstock::plan {

/// The flow specs that a sandbox has to be asked for: those of dataflows of segments, about which
/// documents disagree (reference, section 5.1), with the ids that others give.
std::vector<std::string> disputed_flow_specs(const model::DesiredGraph& desired,
                                             const catalogue::Catalogue& catalogue);

struct ResolvedFlowSpecs {
    std::optional<model::DesiredGraph> desired; ///< set if something had to change
    std::vector<Note> notes;
};

/// `desired` with the flow specs that the sandbox offers. A dataflow that exists keeps the one that
/// it has; the catalogue's stands if the sandbox offers it, if it offers none, or if what it offers
/// is not known.
ResolvedFlowSpecs resolve_flow_specs(const model::DesiredGraph& desired,
                                     const model::LiveGraph& live,
                                     const catalogue::Catalogue& catalogue);

} // namespace penstock::plan
