#include "base/time_text.hpp"
#include "emulator/flow_check.hpp"
#include "emulator/flow_runs.hpp"
#include "emulator/platform.hpp"
#include "emulator/schedule.hpp"
#include "emulator/selectors.hpp"
#include "emulator/view.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::emulator {

namespace {

/// The day, as `authorizedDate` has it.
std::string day_of(std::int64_t epoch_ms) {
    return format_iso8601(epoch_ms / 1000).substr(0, 10);
}

json::Value operation(std::string_view what, std::int64_t started, json::Array ops, bool finished,
                      std::int64_t updated) {
    return json::Object{{"started", started},
                        {"updated", updated},
                        {"percentCompleted", finished ? 100 : 0},
                        {"status", json::Object{{"value", finished ? "completed" : "IN_PROGRESS"},
                                                {"properties", nullptr},
                                                {"errors", json::Array{}}}},
                        {"ops", std::move(ops)},
                        {"operation", what}};
}

bool holds(const json::Value& ids, const std::string& id) {
    const auto& all = ids.as_array();
    return std::any_of(all.begin(), all.end(),
                       [&](const json::Value& entry) { return entry.as_string() == id; });
}

bool writes_auth(const std::vector<PatchStep>& steps) {
    return std::any_of(steps.begin(), steps.end(),
                       [](const PatchStep& step) { return step.path == "/auth/params"; });
}

/// What a flow would be after a PATCH is refused under the code of the PATCH (section 9.3); what
/// has a code of its own keeps it.
tl::unexpected<Refusal> patch_refusal(Refusal refusal) {
    if (refusal.body == ErrorBody::plain && refusal.status == 400) {
        return coded("1455-400", fmt::format("Patch validation failed: {}", refusal.message));
    }
    return tl::unexpected<Refusal>(std::move(refusal));
}

} // namespace

Platform::Answer Platform::create(Kind kind, const Call& call) {
    auto body = read_body(call.request.body);
    if (!body) {
        return tl::unexpected<Refusal>(std::move(body.error()));
    }
    if (auto checked = check_entity(kind, *body, around(call.scope)); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    if (kind == Kind::flow) {
        if (auto checked = check_new_flow(json::Value(*body), around(call.scope)); !checked) {
            return tl::unexpected<Refusal>(std::move(checked.error()));
        }
        body = with_times(without_times(std::move(*body)), {}, call.now);
    }
    Entity made;
    made.kind = kind;
    made.scope = call.scope;
    made.id = ids_.uuid();
    made.body = std::move(*body);
    made.created_at = call.now;
    made.created_by = call.client;
    if (kind == Kind::connection) {
        made.authorized_date = day_of(call.now);
    }
    if (kind == Kind::source_connection) {
        made.internal_base_id = ids_.uuid();
        if (const auto* reused = profile_store_base(json::Value(made.body), call.scope)) {
            made.internal_base_id = reused->id;
        }
    }
    if (kind == Kind::flow) {
        made.last_operation = operation("create", call.now, {}, true, call.now);
        auto* schedule = made.body.find("scheduleParams");
        if (schedule != nullptr && settings_.end_time == EndTime::injected) {
            *schedule = with_end_time(std::move(*schedule), call.now, call.now);
        }
    }
    touch(made, call.client, call.now);
    auto& stored = store_.add(std::move(made));
    if (kind == Kind::flow) {
        plan_next_run(stored, call.now);
    }
    json::Object created{{"id", stored.id}};
    if (settings_.etag_on_create == EtagOnCreate::present) {
        created["etag"] = stored.etag;
    }
    auto response = json_response(201, created);
    response.headers.set("Location", fmt::format("/{}/{}", collection_name(kind), stored.id));
    return response;
}

const Entity* Platform::profile_store_base(const json::Value& source, const Scope& scope) const {
    if (settings_.profile_store_base == ProfileStoreBase::internal ||
        source["connectionSpec"]["id"].as_string() != profile_store_spec) {
        return nullptr;
    }
    const auto bases = store_.list(Kind::connection, scope, INT64_MAX);
    const auto found = std::find_if(bases.begin(), bases.end(), [](const Entity* base) {
        return json::Value(base->body)["connectionSpec"]["id"].as_string() == profile_store_spec;
    });
    return found == bases.end() ? nullptr : *found;
}

Platform::Answer Platform::patch(Kind kind, const Call& call, const std::string& id) {
    auto* found = store_.find(kind, call.scope, id);
    if (found == nullptr) {
        return not_found(collection_name(kind), id);
    }
    if (kind == Kind::source_connection && settings_.source_patch == SourcePatch::refuse) {
        return plain(405, "Method not allowed");
    }
    if (kind == Kind::connection && settings_.connection_patch == ConnectionPatch::disabled) {
        return coded("1445-400", "PATCH Connection Feature not enabled");
    }
    if (auto checked = check_version(call, *found); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    if (auto checked = check_flow_is_stable(*found, "1420-400"); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    if (kind == Kind::flow && found->state == "disabled" &&
        settings_.disabled_flow_patch == DisabledFlowPatch::refuse) {
        return coded("1420-400", "Flow in state [disabled] cannot be updated");
    }
    const auto steps = read_patch(kind, call.request.body);
    if (!steps) {
        return tl::unexpected<Refusal>(steps.error());
    }
    auto changed = changed_body(*found, *steps);
    if (!changed) {
        return tl::unexpected<Refusal>(std::move(changed.error()));
    }
    const bool dropped_auth = kind == Kind::connection && writes_auth(*steps) &&
                              !json::Value(*changed)["auth"].as_object().contains("params");
    if (!dropped_auth) {
        if (auto checked = check_entity(kind, *changed, around(call.scope)); !checked) {
            return kind == Kind::flow ? patch_refusal(std::move(checked.error()))
                                      : tl::unexpected<Refusal>(std::move(checked.error()));
        }
    }
    if (kind == Kind::flow) {
        *changed = with_times(std::move(*changed), found->body, call.now);
        if (settings_.selector_order == SelectorOrder::shuffled) {
            *changed = shuffled(std::move(*changed), ids_.next());
        }
        auto* schedule = changed->find("scheduleParams");
        if (schedule != nullptr && settings_.end_time == EndTime::injected) {
            *schedule = with_end_time(std::move(*schedule), found->created_at, call.now);
        }
        const auto state = found->state;
        start_operation(*found, std::move(*changed), "updating", state, describe_steps(*steps),
                        call);
    } else {
        found->body = std::move(*changed);
        if (writes_auth(*steps)) {
            found->authorized_date = day_of(call.now);
        }
        touch(*found, call.client, call.now);
    }
    return patched(*found, call);
}

Outcome<json::Object> Platform::changed_body(const Entity& found,
                                             const std::vector<PatchStep>& steps) const {
    if (found.kind != Kind::flow) {
        return apply_patch(found.body, steps);
    }
    const json::Value body(found.body);
    const auto* destination = destination_of(body, around(found.scope));
    const bool fills = settings_.flow_skeleton == FlowSkeleton::optional &&
                       body["scheduleParams"].is_null() && destination != nullptr;
    return apply_patch(fills ? with_skeleton(found.body, destination->columns) : found.body,
                       without_times(steps));
}

Platform::Answer Platform::remove(Kind kind, const Call& call, const std::string& id) {
    auto* found = store_.find(kind, call.scope, id);
    if (found == nullptr) {
        return not_found(collection_name(kind), id);
    }
    if (auto checked = check_flow_is_stable(*found, "1458-400"); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    if (auto checked = check_unused(kind, *found); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    store_.remove(id, call.now);
    ++revision_;
    http::Response response;
    response.status = settings_.delete_status == DeleteStatus::accepted ? 202 : 204;
    return response;
}

Platform::Answer Platform::act(const Call& call, const std::string& id) {
    auto* found = store_.find(Kind::flow, call.scope, id);
    if (found == nullptr) {
        return not_found(collection_name(Kind::flow), id);
    }
    const auto op = http::find(call.query, "op").value_or("");
    if (op != "enable" && op != "disable") {
        return coded("1402-400", fmt::format("Action [{}] is not supported", op));
    }
    if (auto checked = check_flow_is_stable(*found, "1421-400"); !checked) {
        return tl::unexpected<Refusal>(std::move(checked.error()));
    }
    const bool enable = op == "enable";
    start_operation(*found, found->body, enable ? "enabling" : "disabling",
                    enable ? "enabled" : "disabled", {}, call);
    return json_response(200, json::Object{{"id", found->id}, {"etag", found->etag}});
}

Outcome<void> Platform::check_version(const Call& call, const Entity& found) const {
    const auto supplied = call.request.headers.find("If-Match");
    if (!supplied || supplied->empty()) {
        return coded("1403-400", "Header If-Match is missing");
    }
    // The entity's version holds its quote characters, so an unquoted one never matches.
    if (*supplied != found.etag) {
        return stale(*supplied, found.id);
    }
    return {};
}

Outcome<void> Platform::check_flow_is_stable(const Entity& found, std::string_view code) const {
    if (found.pending) {
        return coded(code, fmt::format("Flow in state [{}] cannot be changed", found.state));
    }
    return {};
}

Outcome<void> Platform::check_unused(Kind kind, const Entity& found) const {
    for (const auto& [id, flow] : store_.entities()) {
        if (flow.kind != Kind::flow || flow.scope != found.scope) {
            continue;
        }
        // A change under way counts with both its ends.
        std::vector<json::Value> bodies{flow.body};
        if (flow.pending) {
            bodies.emplace_back(flow.pending->body);
        }
        for (const auto& body : bodies) {
            if ((kind == Kind::source_connection && holds(body["sourceConnectionIds"], found.id)) ||
                (kind == Kind::target_connection && holds(body["targetConnectionIds"], found.id))) {
                return coded("1447-400",
                             fmt::format("Found active flows containing id {}", found.id),
                             fmt::format("Flow {} uses it", id));
            }
            if (kind != Kind::connection) {
                continue;
            }
            for (const auto& [members, linked_kind] :
                 {std::pair("sourceConnectionIds", Kind::source_connection),
                  std::pair("targetConnectionIds", Kind::target_connection)}) {
                for (const auto& linked : body[members].as_array()) {
                    const auto* user = store_.find(linked_kind, found.scope, linked.as_string());
                    if (user != nullptr &&
                        json::Value(user->body)["baseConnectionId"].as_string() == found.id) {
                        return coded("1418-400",
                                     fmt::format("Base connection {} is used by a flow", found.id),
                                     fmt::format("Flow {} uses it", id));
                    }
                }
            }
        }
    }
    return {};
}

void Platform::touch(Entity& changed, const std::string& who, std::int64_t now) {
    changed.etag = ids_.etag();
    changed.updated_at = now;
    changed.updated_by = who;
    ++revision_;
}

http::Response Platform::patched(const Entity& changed, const Call& call) const {
    switch (settings_.patch_response) {
    case PatchResponse::ok_body:
        return json_response(200, json::Object{{"id", changed.id}, {"etag", changed.etag}});
    case PatchResponse::accepted_empty:
        break;
    case PatchResponse::ok_list:
        return json_response(
            200, json::Object{{"items", json::Array{view(changed, around(call.scope))}}});
    }
    http::Response response;
    response.status = 202;
    return response;
}

void Platform::start_operation(Entity& flow, json::Object body, std::string state_during,
                               std::string state_after, json::Array ops, const Call& call) {
    if (settings_.patch_visibility == PatchVisibility::immediate) {
        // The end of the operation will find no difference, so the runs are told now.
        if (!run_alike(json::Value(flow.body), json::Value(body))) {
            flow.next_run = -1;
            flow.ran_once = false;
        }
        flow.body = body;
    }
    flow.last_operation = operation("update", call.now, std::move(ops), false, call.now);
    flow.state = std::move(state_during);
    flow.pending = Pending{std::move(body), std::move(state_after),
                           call.now + settings_.patch_duration.count()};
    touch(flow, call.client, call.now);
    if (settings_.patch_duration.count() <= 0) {
        finish_operation(flow);
    } else {
        next_event_ = std::min(next_event_, flow.pending->due);
    }
}

} // namespace penstock::emulator
