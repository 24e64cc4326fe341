#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"
#include "plan/planner.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace penstock::plan {

/// What a run has to do with the entities of its project.
struct RunIds {
    std::set<std::string> known;                  ///< what it saw when it planned
    std::map<std::string, model::EntityKey> made; ///< what it has made
};

/// How a run resolves what another run has made at the same time.
struct TwinResolution {
    Plan plan;
    /// Exports with several dataflows, of which no more can be said than that another run made one
    /// from other manifests or with other secrets: all of them stand.
    std::vector<model::EntityKey> unresolved;
};

/// Looks at every export for which the run has made a dataflow while another stands that was not
/// there before. If both are what these manifests and secrets ask for, the one stays that a plan
/// would keep: it is completed first, and only then do the others go, with the connections that
/// only they use. So do connections that the run has made and nobody uses. Every run of the same
/// manifests and secrets chooses the same, see choose(); with others nothing goes, since each would
/// delete what the other keeps. Where answers come without descriptions, content stands in for
/// digests, and secrets are not known. What was there before the run is left to plans. `live` was
/// read after the run, and `credentials` tell which connections hold the secrets that manifests
/// lead to. What `shard` does not own is left to others. Pure.
TwinResolution resolve_twins(const model::DesiredGraph& desired, const model::LiveGraph& live,
                             const catalogue::Catalogue& catalogue,
                             const CredentialChecks& credentials, const RunIds& run,
                             const std::optional<model::Shard>& shard = {});

/// True if two entities of ours that `shard` owns carry the same key.
bool has_twins(const model::LiveGraph& live, const std::optional<model::Shard>& shard = {});

} // namespace penstock::plan
