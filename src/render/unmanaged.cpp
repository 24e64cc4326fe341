#include "render/unmanaged.hpp"

#include "base/text.hpp"
#include "render/words.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>

namespace penstock::render {

namespace {

using model::EntityKind;

std::string destination_of(const model::LiveEntity& flow, const model::LiveGraph& live,
                           const KnownNames& names) {
    for (const auto& id : model::linked_ids(flow, EntityKind::target)) {
        if (const auto* target = live.find(EntityKind::target, id)) {
            const auto& spec = target->document["connectionSpec"]["id"].as_string();
            const auto name = names.find(spec);
            return printable(name == names.end() ? spec : name->second);
        }
    }
    return {};
}

UnmanagedFlow unmanaged(const model::LiveEntity& flow, const model::LiveGraph& live,
                        const KnownNames& names) {
    model::Audit made;
    made.updated_by = flow.audit.created_by;
    made.updated_client = flow.audit.created_client;
    made.updated_at = flow.audit.created_at;
    return {printable(flow.id),
            printable(flow.name),
            destination_of(flow, live, names),
            printable(flow.state),
            flow.marker ? printable(flow.marker->project) : "",
            who_and_when(made),
            flow.audit};
}

} // namespace

std::vector<UnmanagedFlow> unmanaged_flows(const model::LiveGraph& live, const plan::Plan& plan,
                                           const KnownNames& names) {
    std::set<std::string> wanted;
    for (const auto& [key, id] : plan.bound) {
        wanted.insert(address(key));
    }
    std::set<std::string> left_over;
    for (const auto& change : plan.changes) {
        if (change.action == plan::Action::remove && !wanted.contains(address(change.key))) {
            left_over.insert(change.id.value_or(""));
        }
    }
    std::vector<UnmanagedFlow> flows;
    for (const auto& entity : live.entities) {
        // What no manifest names is split by the id, so that each is told of once.
        const bool told_here = entity.key || model::owns(plan.shard, {entity.kind, entity.id});
        if (entity.kind == EntityKind::flow && told_here &&
            (!entity.key || left_over.contains(entity.id))) {
            flows.push_back(unmanaged(entity, live, names));
        }
    }
    std::sort(flows.begin(), flows.end(), [](const auto& a, const auto& b) {
        return std::tie(a.name, a.id) < std::tie(b.name, b.id);
    });
    return flows;
}

} // namespace penstock::render
