#include "emulator/flow_runs.hpp"
#include "emulator/platform.hpp"
#include "emulator/schedule.hpp"
#include "emulator/view.hpp"

#include <algorithm>
#include <limits>

namespace penstock::emulator {

namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

std::int64_t due(const Entity& entity) {
    const auto operation = entity.pending ? entity.pending->due : never;
    const auto run = entity.next_run >= 0 ? entity.next_run : never;
    return std::min(operation, run);
}

} // namespace

void Platform::settle() {
    const auto now = epoch_ms(clock_.now());
    while (next_event_ <= now) {
        Entity* first = nullptr;
        auto earliest = never;
        for (auto& [id, entity] : store_.entities()) {
            if (due(entity) < earliest) {
                earliest = due(entity);
                first = &entity;
            }
        }
        next_event_ = earliest;
        if (first == nullptr || earliest > now) {
            return;
        }
        if (first->pending && first->pending->due == earliest) {
            finish_operation(*first);
        } else {
            finish_run(*first);
        }
    }
}

void Platform::finish_operation(Entity& flow) {
    auto pending = std::move(*flow.pending);
    flow.pending.reset();
    const json::Value before(std::move(flow.body));
    const json::Value after(pending.body);
    flow.body = std::move(pending.body);
    flow.state = std::move(pending.state_after);
    if (before["scheduleParams"] != after["scheduleParams"]) {
        flow.ran_once = false;
    }
    auto& operation = flow.last_operation.make_object();
    operation["updated"] = pending.due;
    operation["percentCompleted"] = 100;
    operation["status"].make_object()["value"] = "completed";
    // The account stays: the service finishes the client's change and makes none of its own.
    touch(flow, flow.updated_by, pending.due);
    const bool goes_on = flow.state == "enabled" && flow.next_run >= 0 && run_alike(before, after);
    if (!goes_on) {
        plan_next_run(flow, pending.due);
    }
}

void Platform::plan_next_run(Entity& flow, std::int64_t from) {
    const json::Value body(flow.body);
    flow.next_run = flow.state == "enabled" ? next_flow_run(body, from, flow.ran_once) : -1;
    if (flow.next_run >= 0) {
        next_event_ = std::min(next_event_, flow.next_run);
    }
}

void Platform::finish_run(Entity& flow) {
    const auto finished = flow.next_run;
    auto id = ids_.uuid();
    auto etag = ids_.etag();
    auto content = run_content(flow, {id, std::move(etag), ids_.next()}, finished);
    flow.last_run = json::Object{{"id", std::move(id)},
                                 {"state", content["metrics"]["statusSummary"]["status"]},
                                 {"startedAtUTC", finished - run_duration_ms},
                                 {"completedAtUTC", finished}};
    store_.add_run(flow.scope, std::move(content));
    flow.ran_once = true;
    touch(flow, std::string(service_account), finished);
    const json::Value body(flow.body);
    flow.next_run = next_flow_run(body, finished - run_duration_ms + 1, true);
}

} // namespace penstock::emulator
