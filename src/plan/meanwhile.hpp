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

/// Milliseconds between two dataflows of an export from which on the later one was not made at the
/// same time. Nothing is made in the place of what is younger than run_at_work, but clocks differ.
inline constexpr std::int64_t made_afterwards = run_at_work / 2;

/// What has no place in the plan and may belong to another run that is at work: it may be about to
/// use it, or to delete what the plan keeps instead. If each deleted what the other keeps, the
/// export would have no dataflow. So the latest dataflow of an export only goes in favour of a
/// later one, and whatever takes the place of others is what every run of the same manifests takes,
/// also while the others are going.
struct Meanwhile {
    std::set<std::string> ids; ///< of what is left alone, since it was made moments ago
    bool doubled = false;      ///< whether there is a dataflow among them
    std::vector<Note> notes;
    /// What runs of these manifests have made long after a dataflow of others was made in the place
    /// of that one and of all before. When they were made tells that, and nothing else, so runs
    /// agree whenever they look. Where one of others has stood for long beside the one that fits,
    /// and nothing was made in their place yet, nothing that stands goes on.
    Successors successors;
};

/// `plan` holds everything but deletions. Dataflows concern us if they were made of other manifests
/// or with other secrets after the one that goes on; connections if nobody uses them yet, unless
/// they are older than the one that goes on and not as the manifests have it. `now` is in
/// milliseconds since 1970; without it nothing is found. Pure.
Meanwhile made_meanwhile(const model::DesiredGraph& desired, const LiveIndex& index,
                         const catalogue::Catalogue& catalogue, const Choice& choice,
                         const Plan& plan, const CredentialChecks& credentials,
                         std::optional<std::int64_t> now);

} // namespace penstock::plan
