#include "emulator/flow_check.hpp"

#include "emulator/schedule.hpp"
#include "emulator/segment_check.hpp"

#include <fmt/format.h>

namespace penstock::emulator {

namespace {

Outcome<const Entity*> linked(const json::Value& ids, Kind kind, const Surroundings& around) {
    if (ids.as_array().size() != 1) {
        return plain(400, fmt::format("A flow links exactly one of {}", collection_name(kind)));
    }
    const auto& id = ids.as_array().front().as_string();
    const auto* entity = around.store.find(kind, around.scope, id);
    if (entity == nullptr) {
        return plain(400, fmt::format("{} [{}] does not exist", collection_name(kind), id));
    }
    return entity;
}

std::string spec_of(const Entity& entity) {
    return json::Value(entity.body)["connectionSpec"]["id"].as_string();
}

/// The links of a flow, found.
struct Links {
    const Entity* source;
    const Entity* target;
};

Outcome<Links> find_links(const json::Value& body, const Surroundings& around) {
    const auto source = linked(body["sourceConnectionIds"], Kind::source_connection, around);
    if (!source) {
        return tl::unexpected<Refusal>(source.error());
    }
    const auto target = linked(body["targetConnectionIds"], Kind::target_connection, around);
    if (!target) {
        return tl::unexpected<Refusal>(target.error());
    }
    return Links{*source, *target};
}

/// The workflow of a flow whose spec serves the ends of its links.
Outcome<Workflow> check_links(const FlowSpec& spec, const Links& links) {
    if (!spec.serves(spec_of(*links.target))) {
        return plain(400, "The flow spec does not serve the target's connection spec");
    }
    const auto workflow =
        spec_of(*links.source) == profile_store_spec ? Workflow::segments : Workflow::datasets;
    if (!spec.serves(workflow)) {
        return plain(400, "The flow spec does not serve the source's connection spec");
    }
    const json::Value target(links.target->body);
    if (target["params"].as_object().contains("datasetFileType") !=
        (workflow == Workflow::datasets)) {
        return plain(400, "The target connection is of the other kind of export");
    }
    return workflow;
}

} // namespace

Outcome<void> check_flow(const json::Value& body, const Surroundings& around) {
    const auto* spec = around.specs.flow(body["flowSpec"]["id"].as_string(), around.settings);
    if (spec == nullptr) {
        return coded("1413-400", "Please provide a valid flow spec id");
    }
    const auto links = find_links(body, around);
    if (!links) {
        return tl::unexpected<Refusal>(links.error());
    }
    const auto workflow = check_links(*spec, *links);
    if (!workflow) {
        return tl::unexpected<Refusal>(workflow.error());
    }
    const auto& transformations = body["transformations"];
    if (*workflow == Workflow::segments) {
        if (!body["scheduleParams"].is_null()) {
            return plain(400, "A segment flow has no scheduleParams: each segment has a schedule");
        }
        const auto* destination = around.specs.destination(spec_of(*links->target));
        return check_transformations(transformations, *destination, around);
    }
    if (!transformations.as_array().empty() ||
        (!transformations.is_null() && !transformations.is_array())) {
        return plain(400, "transformations of a dataset flow is an empty array");
    }
    return check_schedule(body["scheduleParams"]);
}

const DestinationSpec* destination_of(const json::Value& flow, const Surroundings& around) {
    const auto target = linked(flow["targetConnectionIds"], Kind::target_connection, around);
    return target ? around.specs.destination(spec_of(**target)) : nullptr;
}

Outcome<void> check_new_flow(const json::Value& body, const Surroundings& around) {
    if (around.settings.populated_create == PopulatedCreate::refuse &&
        is_populated(body["transformations"])) {
        return plain(400, "A flow is created with the empty skeleton of its transformation");
    }
    return {};
}

} // namespace penstock::emulator
