#pragma once

#include "base/result.hpp"
#include "cli/context.hpp"
#include "cli/progress.hpp"
#include "cli/selection.hpp"
#include "live/read.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"
#include "render/style.hpp"

namespace penstock::cli {

/// What kind of plan is asked for.
struct PlanRequest {
    bool check_credentials = true; ///< look whether destination secrets were rotated
    bool destroy = false;          ///< nothing is wanted any more
    bool hold_back_emptied = true; ///< a project without manifests deletes nothing
    bool check_sources = true;     ///< look whether the profile has what new columns are taken from
};

/// The live side, with progress. `options` says what to read; its `progress` is set here.
Result<model::LiveGraph> read_live(Context& context, live::ReadOptions options, Progress& progress);

/// A plan and the live side that it was made on.
struct Planned {
    plan::Plan plan;
    model::LiveGraph live;
};

/// Reads the live side and plans for the selection. An emptied project is held back by a note.
Result<Planned> make_plan(Context& context, const Selection& selection, const PlanRequest& request,
                          Progress& progress);

/// The style for a stream, with the destinations' titles.
render::Style style(const Arguments& arguments, const Host& host, bool terminal);

render::Style without_colour(render::Style style);

} // namespace penstock::cli
