#pragma once

#include "cli/approval.hpp"
#include "cli/context.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "cli/selection.hpp"
#include "plan/approved.hpp"
#include "plan/plan.hpp"

#include <vector>

namespace penstock::cli {

/// A plan that is to be carried out.
struct Job {
    plan::Plan plan;
    std::vector<plan::Stale> stale = {}; ///< what of a saved plan is left alone
    Approval how = Approval::given;
    bool destroy = false;
};

/// Asks where somebody has to be asked, carries the plan out, and tells what came of it.
Outcome carry_out(const Arguments& arguments, const Host& host, Context& context,
                  const Selection& selection, Progress& progress, Job job);

} // namespace penstock::cli
