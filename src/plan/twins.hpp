#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"
#include "plan/planner.hpp"

#include <set>
#include <string>

namespace penstock::plan {

/// What a run has to do with the entities of its project.
struct RunIds {
    std::set<std::string> known; ///< what it saw when it planned
    std::set<std::string> made;  ///< what it has made
};

/// The steps by which a run that has made entities resolves what another run has made at the same
/// time: of two dataflows for one export the one goes that a plan would not keep, with the
/// connections that only it uses; so do connections that this run has made and nobody uses. Nothing
/// goes for which no other stands, or that was there before the run: what replaces it may not be
/// complete. What another run may be about to use is left to it. Dataflows that stay are led to the
/// source that stays, where several share one. Every run chooses the same, see choose(). `live` was
/// read after the run, and `credentials` tell which connections hold the keys that manifests lead
/// to: without them one with an old key would be kept. Pure.
Plan remove_twins(const model::DesiredGraph& desired, const model::LiveGraph& live,
                  const catalogue::Catalogue& catalogue, const CredentialChecks& credentials,
                  const RunIds& run);

/// True if two entities of ours carry the same key.
bool has_twins(const model::LiveGraph& live);

} // namespace penstock::plan
