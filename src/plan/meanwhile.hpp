#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/candidates.hpp"
#include "plan/plan.hpp"
#include "plan/planner.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace penstock::plan {

/// Milliseconds after which a run that made an entity counts as over.
inline constexpr std::int64_t run_at_work = 10 * 60 * 1000;

/// What was made moments ago and has no place in the plan: another run may be about to use it, or
/// to delete what the plan keeps instead. If each deleted what the other keeps, the export would
/// have no dataflow.
struct Meanwhile {
    std::set<std::string> ids; ///< of what is left alone
    std::vector<Note> notes;
};

/// `plan` holds everything but deletions. Left alone are dataflows made of other manifests or with
/// other secrets after the one that goes on: so the latest dataflow of an export only ever goes
/// when a later one takes its place. So are connections that nobody uses yet, unless they are older
/// than the one that goes on and not as the manifests have it. `now` is in milliseconds since 1970;
/// nothing is left alone without it. Pure.
Meanwhile made_meanwhile(const model::DesiredGraph& desired, const LiveIndex& index,
                         const catalogue::Catalogue& catalogue, const Choice& choice,
                         const Plan& plan, const CredentialChecks& credentials,
                         std::optional<std::int64_t> now);

} // namespace penstock::plan
