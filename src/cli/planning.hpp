#pragma once

#include "base/result.hpp"
#include "cli/context.hpp"
#include "cli/progress.hpp"
#include "cli/selection.hpp"
#include "live/read.hpp"
#include "model/graph.hpp"
#include "plan/guards.hpp"
#include "plan/plan.hpp"
#include "render/style.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace penstock::cli {

/// What kind of plan is asked for.
struct PlanRequest {
    bool check_credentials = true; ///< look whether destination secrets were rotated
    bool destroy = false;          ///< nothing is wanted any more
    bool guards = true;            ///< refuse what the project's guards do not let through
    bool forecast = true;          ///< count destinations, if there will be more of them
    bool hold_back = true;         ///< see plan::Options
    bool check_sources = true;     ///< look whether the profile has what new columns are taken from
    bool pins = false;             ///< the plan is saved, or was: what moved must be told exactly
    /// Of what a selection is about alone; a plan for which that is not enough reads all.
    SelectiveReads selective = SelectiveReads::never;
    /// When it counts as made, in milliseconds since 1970; nothing: now. What was approved does not
    /// change because time passes.
    std::optional<std::int64_t> made_at = {};
    std::set<std::string> staying = {};              ///< see plan::Options
    std::optional<std::size_t> allowed_deletes = {}; ///< exports that may go in spite of limits
};

/// A plan and the live side that it was made on, or as much of it as it took.
struct Planned {
    plan::Plan plan;
    model::LiveGraph live;
    plan::Others others = {}; ///< of a shard's plan: what guards count besides
};

/// Reads the live side and plans for the selection.
Result<Planned> make_plan(Context& context, const Selection& selection, const PlanRequest& request,
                          Progress& progress);

/// Takes everything out of the plan if one of the project's guards refuses it.
void guard(Planned& planned, const Selection& selection, const Context& context,
           const PlanRequest& request);

/// The style for a stream, with the destinations' titles.
render::Style style(const Arguments& arguments, const Host& host, bool terminal);

render::Style without_colour(render::Style style);

} // namespace penstock::cli
