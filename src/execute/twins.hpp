#pragma once

#include "execute/execute.hpp"
#include "model/graph.hpp"

#include <optional>
#include <vector>

namespace penstock::execute {

/// What a run did about entities that another one made at the same time.
struct TwinReport {
    plan::Plan plan; ///< completions and deletions; empty if there was nothing to do
    Report report;
    std::vector<model::EntityKey> unresolved; ///< see plan::TwinResolution
    std::optional<Error> error;               ///< why the sandbox could not be looked at
};

/// After a run of `plan` that came to `report`: if it made entities, looks whether another run has
/// made the same and resolves that, see plan::resolve_twins(). Lists may lag, so they are read
/// again until they show what this run has made: of two runs, the later one sees both then. An
/// interrupted run leaves all that to the next, and a shard what others own to them.
TwinReport resolve_twins(const model::DesiredGraph& desired, const plan::Plan& plan,
                         const Report& report, http::Transport& transport, flow::Client& client,
                         secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
                         Reporter& reporter, const Options& options);

} // namespace penstock::execute
