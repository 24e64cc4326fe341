#include "catalogue/catalogue.hpp"
#include "cli/commands.hpp"
#include "cli/planning.hpp"
#include "cli/project.hpp"
#include "render/run_status.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace penstock::cli {

namespace {

using model::EntityKind;
using model::LiveEntity;

const LiveEntity* first_linked(const model::LiveGraph& live, const LiveEntity& entity,
                               EntityKind kind) {
    const auto ids = model::linked_ids(entity, kind);
    return ids.empty() ? nullptr : live.find(kind, ids.front());
}

render::ExportStatus of_flow(const LiveEntity& flow, const model::LiveGraph& live) {
    render::ExportStatus status;
    status.name = flow.key->name;
    status.flow_id = flow.id;
    status.state = flow.state;
    if (const auto* target = first_linked(live, flow, EntityKind::target)) {
        const auto& spec = target->document["connectionSpec"]["id"].as_string();
        const auto* destination = catalogue::Catalogue::embedded().find_by_connection_spec(spec);
        status.destination = destination != nullptr ? destination->slug : spec;
        if (const auto* base = first_linked(live, *target, EntityKind::base)) {
            status.account = base->key ? base->key->name : base->name;
        }
    }
    return status;
}

bool uses_connection_of(const LiveEntity& flow, const std::string& name,
                        const model::LiveGraph& live) {
    for (const auto kind : {EntityKind::source, EntityKind::target}) {
        for (const auto& id : model::linked_ids(flow, kind)) {
            const auto* connection = live.find(kind, id);
            if (connection != nullptr && connection->key && connection->key->name == name) {
                return true;
            }
        }
    }
    return false;
}

/// An export of the manifests for which the sandbox holds no dataflow, or one that is not ours.
render::ExportStatus without_flow(const manifest::DatasetExport& document,
                                  const model::LiveGraph& live) {
    render::ExportStatus status;
    status.name = document.metadata.name;
    status.account = document.account;
    status.destination = document.slug;
    for (const auto& entity : live.entities) {
        if (entity.kind != EntityKind::flow || entity.key) {
            continue;
        }
        if (uses_connection_of(entity, status.name, live)) {
            status.absence = render::Absence::marker_lost;
            status.unowned_flow_id = entity.id;
            break;
        }
        if (entity.name == model::generated_name(live.project, status.name)) {
            status.absence = render::Absence::name_taken;
            status.unowned_flow_id = entity.id;
        }
    }
    return status;
}

/// Exports that the sandbox holds, and those that it does not hold yet.
std::vector<render::ExportStatus> collect(const Selection& selection,
                                          const model::LiveGraph& live) {
    std::vector<render::ExportStatus> list;
    std::set<std::string> applied;
    const auto& documents = selection.manifests.datasets;
    for (const auto& entity : live.entities) {
        if (entity.kind != EntityKind::flow || !entity.key || !selection.covers(*entity.key)) {
            continue;
        }
        list.push_back(of_flow(entity, live));
        applied.insert(entity.key->name);
        list.back().in_manifests =
            std::any_of(documents.begin(), documents.end(), [&](const auto& document) {
                return document.metadata.name == entity.key->name;
            });
    }
    for (const auto& document : documents) {
        if (!applied.contains(document.metadata.name)) {
            list.push_back(without_flow(document, live));
        }
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
    return list;
}

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
    const auto live = read_live(**context, selection.manifests.project.metadata.name, progress);
    if (!live) {
        return failed(live.error());
    }
    auto list = collect(selection, *live);
    progress.now("reading runs");
    add_runs(list, **context, arguments.runs);
    progress.clear();

    Outcome outcome;
    outcome.text = render::status_text(list, style(arguments, host, host.out_is_terminal));
    outcome.document = render::status_json(list, version());
    for (const auto& item : list) {
        if (item.error && outcome.code == ExitCode::done) {
            outcome.code = exit_code(item.error->kind);
        }
    }
    return outcome;
}

} // namespace penstock::cli
