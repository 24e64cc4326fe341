#pragma once

#include "cli/exit_codes.hpp"
#include "execute/execute.hpp"
#include "execute/twins.hpp"
#include "plan/plan.hpp"
#include "render/apply_report.hpp"

namespace penstock::cli {

/// One step with what became of it.
render::AppliedStep applied_step(const plan::Plan& plan, const plan::Step& step,
                                 const execute::StepResult& result);

/// An apply that leaves an export doubled has not done what it was asked for; a plan warns of it.
void hold_as_error(plan::Plan& plan);

/// The run in the reader's terms.
render::ApplyReport make_report(const plan::Plan& plan, const execute::Report& report,
                                bool destroy);

/// Adds what became of twins to the run that looked for them, with notes that tell of it.
void add_twins(plan::Plan& plan, execute::Report& report, execute::TwinReport twins);

/// What the run came to for the shell. `signal` is the one that stopped it, if one did; `ended_by`
/// the error for which it did not go on to what it still had to do.
ExitCode exit_code_of_run(const plan::Plan& plan, const execute::Report& report, int signal,
                          const std::optional<ErrorKind>& ended_by = {});

/// The same where some of a saved plan was left alone because it is stale.
ExitCode exit_code_when_stale(ExitCode code, const execute::Report& report);

} // namespace penstock::cli
