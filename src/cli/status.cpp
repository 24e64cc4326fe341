#include "cli/commands.hpp"
#include "cli/export_list.hpp"
#include "cli/live_side.hpp"
#include "cli/planning.hpp"
#include "cli/project.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"
#include "render/run_status.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace penstock::cli {

namespace {

/// Asks for the runs of all dataflows at the same time.
void add_runs(std::vector<render::ExportStatus>& list, Context& context, std::size_t at_most) {
    for (auto& status : list) {
        if (status.flow_id.empty()) {
            continue;
        }
        context.client().runs(status.flow_id, at_most, [&status](auto runs) {
            if (!runs) {
                status.error = runs.error();
                return;
            }
            std::transform(runs->begin(), runs->end(), std::back_inserter(status.runs),
                           render::summarise_run);
        });
    }
    http::run(context.transport());
}

Result<model::LiveGraph> read(Context& context, const Selection& selection, Progress& progress,
                              SelectiveReads selective) {
    LiveSide live_side(context, selection, progress, selective);
    auto chosen = live_side.read_chosen();
    if (!chosen) {
        return fail(chosen.error());
    }
    if (*chosen) {
        return std::move(**chosen);
    }
    return live_side.read_all();
}

} // namespace

Outcome status(const Arguments& arguments, const Host& host) {
    auto opened = open_project(arguments, host);
    if (!opened) {
        return std::move(opened).error();
    }
    const auto& selection = opened->selection;
    auto context = Context::open(arguments, host, selection.manifests, Access::read);
    if (!context) {
        return failed(context.error());
    }
    Progress progress(arguments, host);
    const auto live = read(**context, selection, progress, host.selective);
    if (!live) {
        return failed(live.error());
    }
    auto list = list_exports(selection, *live);
    progress.now("reading runs");
    add_runs(list, **context, arguments.runs);
    progress.clear();

    Outcome outcome;
    outcome.text = render::status_text(list, style(arguments, host, host.out_is_terminal));
    outcome.document = render::status_json(list, version());
    if (const auto& shard = selection.narrowing.shard) {
        outcome.text += "\n" + render::shard_text(*shard) + "\n";
        outcome.document["shard"] = render::shard_json(shard);
    }
    for (const auto& item : list) {
        if (item.error && outcome.code == ExitCode::done) {
            outcome.code = exit_code(item.error->kind);
        }
    }
    return outcome;
}

} // namespace penstock::cli
