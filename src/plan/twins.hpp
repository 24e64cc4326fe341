#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"

#include <set>
#include <string>

namespace penstock::plan {

/// The deletions by which a run that has made entities resolves what another run has made at the
/// same time: of two dataflows for one export the one goes that a plan would not keep, with the
/// connections that only it uses; so do connections among `made`, the ids of the entities that this
/// run has made, that nobody uses. Nothing goes for which no other stands, and what another run may
/// be about to use is left to it. Every run that sees both chooses the same one, since the choice
/// depends on nothing but ages and links. `live` was read after the run. Pure.
Plan remove_twins(const model::DesiredGraph& desired, const model::LiveGraph& live,
                  const catalogue::Catalogue& catalogue, const std::set<std::string>& made);

} // namespace penstock::plan
