#include "cli/planning.hpp"

#include "catalogue/catalogue.hpp"
#include "cli/live_side.hpp"
#include "cli/protection.hpp"
#include "execute/credentials.hpp"
#include "plan/forecast.hpp"
#include "plan/guards.hpp"
#include "plan/other_shards.hpp"
#include "plan/partial.hpp"
#include "plan/planner.hpp"
#include "plan/sources.hpp"
#include "plan/transformation.hpp"

#include <chrono>
#include <utility>

namespace penstock::cli {

namespace {

/// Asks for the profile's schema. What cannot be read is left out: the service checks mappings
/// itself before it stores them.
void ask_profile_schema(Context& context, plan::ProfileSchema& profile) {
    auto& data_prep = context.client().data_prep();
    data_prep.union_schema([&profile](Result<json::Value> schema) {
        if (schema) {
            profile.union_schema = std::move(*schema);
        } else {
            profile.unknown = schema.error().message;
        }
    });
    data_prep.identity_namespaces([&profile](Result<std::vector<std::string>> namespaces) {
        if (namespaces) {
            profile.namespaces = std::move(*namespaces);
        } else {
            profile.unknown = namespaces.error().message;
        }
    });
}

/// Asks for the number of all destinations of the sandbox, by their dataflows (reference, sections
/// 3.3 and 3.4); nothing if the service does not say.
void ask_destinations(Context& context, std::optional<std::size_t>& counted) {
    context.client().count(model::EntityKind::flow,
                           {"inheritedAttributes.properties.isDestinationFlow==true"},
                           [&counted](Result<std::size_t> count) {
                               if (count) {
                                   counted = *count;
                               }
                           });
}

Result<Planned> plan_on(const model::DesiredGraph& desired, model::LiveGraph live,
                        LiveSide& live_side, Context& context, const Selection& selection,
                        const PlanRequest& request, Progress& progress) {
    // What was cut off must not pass for what cannot be read, or cannot be checked.
    const auto interrupted = [] {
        return fail(ErrorKind::interrupted, "interrupted; nothing was changed");
    };
    if (context.interrupted()) {
        return interrupted();
    }
    plan::Options options;
    if (request.check_credentials && !request.destroy) {
        progress.now("checking credentials");
        options.credentials = execute::check_credentials(
            desired, live, context.secrets(), secrets::fingerprint_cost, selection.narrowing.shard);
        progress.clear();
        if (context.interrupted()) {
            return interrupted();
        }
    }
    options.destroy = request.destroy;
    options.client = context.client().site().api_key;
    options.now = request.made_at.value_or(
        std::chrono::duration_cast<Milliseconds>(context.clock().now().time_since_epoch()).count());
    if (!selection.everything) {
        options.may_delete = [&](const model::EntityKey& key) { return selection.chooses(key); };
    }
    options.shard = selection.narrowing.shard;
    options.hold_back = request.hold_back;
    options.staying = request.staying;
    const auto& catalogue = catalogue::Catalogue::embedded();
    Planned planned;
    planned.plan = plan::make(desired, live, catalogue, options);
    if (plan::writes_mappings(planned.plan) && live_side.read_other_mappings(live)) {
        if (context.interrupted()) {
            return interrupted();
        }
        planned.plan = plan::make(desired, live, catalogue, options);
    }
    if (options.shard && options.hold_back) {
        plan::OtherShards shards(desired, live, catalogue, options);
        shards.show_held_back(planned.plan);
        planned.others = shards.others(protection(selection.manifests, context.environment()));
    }
    planned.live = std::move(live);
    return planned;
}

/// Adds what else a reader has to know.
void complete(Planned& planned, Context& context, const Selection& selection,
              const PlanRequest& request, Progress& progress) {
    auto& plan = planned.plan;
    const bool checks_sources = request.check_sources && plan::writes_columns(plan);
    // What one shard makes says nothing about how many there will be.
    const bool forecasts = request.forecast && !plan.shard && plan::makes_dataflows(plan);
    plan::ProfileSchema profile;
    std::optional<std::size_t> destinations;
    if (checks_sources) {
        ask_profile_schema(context, profile);
    }
    if (forecasts) {
        ask_destinations(context, destinations);
    }
    if (checks_sources || forecasts) {
        progress.now("looking at what else the sandbox holds");
        http::run(context.transport());
        progress.clear();
    }
    if (checks_sources) {
        const auto notes = plan::check_sources(plan, profile);
        plan.notes.insert(plan.notes.end(), notes.begin(), notes.end());
    }
    if (forecasts) {
        plan::forecast(plan, destinations, planned.live);
    }
    if (request.guards) {
        guard(planned, selection, context, request);
    }
}

} // namespace

Result<Planned> make_plan(Context& context, const Selection& selection, const PlanRequest& request,
                          Progress& progress) {
    const model::DesiredGraph nothing{selection.manifests.project.metadata.name, {}, {}};
    LiveSide live_side(context, selection, progress, request.selective);
    if (request.pins) {
        live_side.keep_whole_documents();
    }
    const auto& desired = request.destroy ? nothing : live_side.described();
    if (!request.destroy) {
        live_side.read_for(desired);
    }
    const auto plan = [&](model::LiveGraph live) {
        return plan_on(desired, std::move(live), live_side, context, selection, request, progress);
    };
    std::optional<Planned> made;
    if (!request.destroy) {
        auto chosen = live_side.read_chosen();
        if (!chosen) {
            return fail(chosen.error());
        }
        if (*chosen) {
            auto planned = plan(std::move(**chosen));
            if (!planned) {
                return planned;
            }
            if (plan::holds_for_all(planned->plan)) {
                made = std::move(*planned);
            }
        }
    }
    if (!made) {
        auto live = live_side.read_all();
        if (!live) {
            return fail(live.error());
        }
        auto planned = plan(std::move(*live));
        if (!planned) {
            return planned;
        }
        made = std::move(*planned);
    }
    complete(*made, context, selection, request, progress);
    return std::move(*made);
}

void guard(Planned& planned, const Selection& selection, const Context& context,
           const PlanRequest& request) {
    const auto& manifests = selection.manifests;
    plan::Guards guards;
    guards.delete_percent = manifests.project.guards.delete_percent;
    guards.delete_count = manifests.project.guards.delete_count;
    guards.allowed_deletes = request.allowed_deletes;
    guards.no_exports = selection.everything && manifests.exports().empty();
    guards.no_accounts = selection.everything && manifests.accounts.empty();
    guards.destroy = request.destroy;
    guards.protection = protection(manifests, context.environment());
    guards.others = planned.others;
    plan::guard(planned.plan, planned.live, guards);
}

render::Style style(const Arguments& arguments, const Host& host, bool terminal) {
    render::Style style;
    style.explain = arguments.explain;
    style.colour = use_colour(colour_facts(host, arguments.colour, terminal));
    style.names[std::string(catalogue::data_lake_spec_id)] = "Data Lake";
    style.names[std::string(catalogue::profile_store_spec_id)] = "Profile Store";
    for (const auto& destination : catalogue::Catalogue::embedded().all()) {
        style.names[destination.connection_spec_id] = destination.title;
        style.names[destination.dataset_flow_spec_id] = "datasets to " + destination.title;
        // Several destinations may have one flow spec.
        const auto [spec, is_first] = style.names.try_emplace(destination.segment_flow_spec_id,
                                                              "segments to " + destination.title);
        spec->second += is_first ? "" : ", " + destination.title;
        for (const auto& variant : destination.target_variants) {
            for (const auto& [name, value] : variant.constants) {
                style.constants.insert(name);
            }
        }
    }
    return style;
}

render::Style without_colour(render::Style style) {
    style.colour = false;
    return style;
}

} // namespace penstock::cli
