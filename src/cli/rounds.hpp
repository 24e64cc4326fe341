#pragma once

#include "base/result.hpp"
#include "cli/carry_out.hpp"
#include "cli/context.hpp"
#include "cli/progress.hpp"
#include "execute/execute.hpp"
#include "plan/plan.hpp"

#include <functional>
#include <optional>

namespace penstock::cli {

/// What was planned and what came of it, all rounds of a run together.
struct Work {
    plan::Plan plan;
    execute::Report report;
    std::optional<ErrorKind> ended_by = {}; ///< why it did not go on, if that was an error
};

/// Adds a later round: its steps behind the others, and what it knows better.
void add_round(Work& work, Work next);

/// Carries a plan out, to which it may add what came of it.
using Perform = std::function<Result<execute::Report>(plan::Plan&)>;

/// Goes on with what the plan of the first round held back for other shards, and with nothing
/// else: waits, reads and plans again, and performs what can be done then. Ends when nothing is
/// held back any more, when the run has had nothing to do for as long as its patience lasts, which
/// is an error, or when somebody stops it. A network or service that fails for a while is borne
/// with as long. Notes tell of what was held back and never done.
void go_on(Work& work, const Rounds& rounds, const Perform& perform, Context& context,
           Progress& progress);

} // namespace penstock::cli
