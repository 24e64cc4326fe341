#pragma once

#include "base/clock.hpp"
#include "cli/approval.hpp"
#include "cli/context.hpp"
#include "cli/outcome.hpp"
#include "cli/planning.hpp"
#include "cli/progress.hpp"
#include "cli/selection.hpp"
#include "plan/approved.hpp"
#include "plan/plan.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace penstock::cli {

/// How a run goes on with what its first plan held back for other shards.
struct Rounds {
    std::function<Result<Planned>()> plan; ///< makes a new plan
    Milliseconds patience{0};              ///< how long it waits while it has nothing to do
};

/// A plan that is to be carried out.
struct Job {
    plan::Plan plan;
    std::vector<plan::Stale> stale = {}; ///< what of a saved plan is left alone
    Approval how = Approval::given;
    bool destroy = false;
    std::optional<Rounds> rounds = {}; ///< nothing: what is held back stays so
};

/// Asks where somebody has to be asked, carries the plan out, and tells what came of it.
Outcome carry_out(const Arguments& arguments, const Host& host, Context& context,
                  const Selection& selection, Progress& progress, Job job);

} // namespace penstock::cli
