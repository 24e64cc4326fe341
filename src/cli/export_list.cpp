#include "cli/export_list.hpp"

#include "catalogue/catalogue.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace penstock::cli {

namespace {

using model::EntityKind;
using model::LiveEntity;

const LiveEntity* first_linked(const model::EntityFinder& live, const LiveEntity& entity,
                               EntityKind kind) {
    const auto ids = model::linked_ids(entity, kind);
    return ids.empty() ? nullptr : live.find(kind, ids.front());
}

render::ExportStatus of_flow(const LiveEntity& flow, const model::EntityFinder& live) {
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
                        const model::EntityFinder& live) {
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
render::ExportStatus without_flow(const manifest::Export& document, const model::LiveGraph& live,
                                  const model::EntityFinder& finder) {
    render::ExportStatus status;
    status.name = document.metadata.name;
    status.account = document.account;
    status.destination = document.slug;
    for (const auto& entity : live.entities) {
        if (entity.kind != EntityKind::flow || entity.key) {
            continue;
        }
        if (uses_connection_of(entity, status.name, finder)) {
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

} // namespace

std::vector<render::ExportStatus> list_exports(const Selection& selection,
                                               const model::LiveGraph& live) {
    std::vector<render::ExportStatus> list;
    std::set<std::string> applied;
    std::set<std::string_view> described;
    const auto documents = selection.manifests.exports();
    for (const auto* document : documents) {
        described.insert(document->metadata.name);
    }
    const model::EntityFinder finder(live);
    for (const auto& entity : live.entities) {
        if (entity.kind != EntityKind::flow || !entity.key || !selection.covers(*entity.key)) {
            continue;
        }
        list.push_back(of_flow(entity, finder));
        applied.insert(entity.key->name);
        list.back().in_manifests = described.contains(entity.key->name);
    }
    for (const auto* document : documents) {
        const auto& name = document->metadata.name;
        if (!applied.contains(name) && selection.covers({EntityKind::flow, name})) {
            list.push_back(without_flow(*document, live, finder));
        }
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
    return list;
}

} // namespace penstock::cli
