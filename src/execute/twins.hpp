#pragma once

#include "execute/execute.hpp"
#include "model/graph.hpp"

#include <optional>

namespace penstock::execute {

/// What a run did about entities that another one made at the same time.
struct TwinRemoval {
    plan::Plan plan; ///< deletions and relinks; empty if there was nothing to do
    Report report;
    std::optional<Error> error; ///< why the sandbox could not be looked at
};

/// After a run of `plan` that came to `report`: if it made entities, looks whether another run has
/// made the same and deletes what is one too many, see plan::remove_twins(). An interrupted run
/// leaves that to the next.
TwinRemoval remove_twins(const model::DesiredGraph& desired, const plan::Plan& plan,
                         const Report& report, http::Transport& transport, flow::Client& client,
                         secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
                         Reporter& reporter, const Options& options);

} // namespace penstock::execute
