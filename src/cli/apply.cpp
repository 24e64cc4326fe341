#include "base/time_text.hpp"
#include "cli/carry_out.hpp"
#include "cli/commands.hpp"
#include "cli/plan_file.hpp"
#include "cli/planning.hpp"
#include "cli/project.hpp"
#include "plan/leave_out.hpp"
#include "render/plan_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace penstock::cli {

namespace {

constexpr std::size_t default_patience = 600; ///< seconds

Error no_approval(bool destroy) {
    return {ErrorKind::refused,
            fmt::format("{} changes the platform and nobody can be asked for approval here",
                        destroy ? "destroy" : "apply"),
            "pass --auto-approve to approve in advance",
            {}};
}

Outcome change_platform(const Arguments& arguments, const Host& host, bool destroy) {
    const auto how = approval(arguments, host);
    if (how == Approval::impossible) {
        return failed(no_approval(destroy));
    }
    auto opened = open_project(arguments, host);
    if (!opened) {
        return std::move(opened).error();
    }
    auto context = Context::open(arguments, host, opened->selection.manifests, Access::write);
    if (!context) {
        return failed(context.error());
    }
    Progress progress(arguments, host);
    PlanRequest request;
    request.destroy = destroy;
    request.allowed_deletes = arguments.allow_deletes;
    request.selective = host.selective;
    auto planned = make_plan(**context, opened->selection, request, progress);
    if (!planned) {
        return failed(planned.error());
    }
    Job job{std::move(planned->plan), {}, how, destroy};
    job.rounds = Rounds{[&] { return make_plan(**context, opened->selection, request, progress); },
                        std::chrono::seconds(arguments.shard_timeout.value_or(default_patience))};
    return carry_out(arguments, host, **context, opened->selection, progress, std::move(job));
}

/// The environment that the plan was made for, unless somebody names another one.
Result<Arguments> for_environment_of(const plan::SavedPlan& saved, Arguments arguments,
                                     const Host& host) {
    auto wanted = arguments.environment;
    if (const auto variable = host.variable("PENSTOCK_ENVIRONMENT");
        !wanted && variable && !variable->empty()) {
        wanted = variable;
    }
    plan::Origin here = saved.origin;
    here.environment = wanted.value_or(here.environment);
    if (const auto same = plan::check_origin(saved, here); !same) {
        return fail(same.error());
    }
    arguments.environment = saved.origin.environment;
    return arguments;
}

/// Exports by their names, and by their addresses connections that have to go: what the saved plan
/// held back for another shard.
std::vector<std::string> held_back(const plan::SavedPlan& saved) {
    std::vector<std::string> addresses;
    for (const auto& note : saved.notes()) {
        if (note["code"] == json::Value(plan::waits_code)) {
            addresses.push_back(note["address"].as_string());
        }
    }
    return addresses;
}

/// The ids of the connections among that.
std::set<std::string> held_back_connections(const plan::SavedPlan& saved) {
    std::set<std::string> ids;
    for (const auto& address : held_back(saved)) {
        const auto key = model::parse_address(address);
        for (const auto& pin : saved.pins) {
            if (key == pin.key && !pin.stays) {
                ids.insert(pin.id);
            }
        }
    }
    return ids;
}

/// What the saved plan held back is no part of what was approved, though the other shard may have
/// acted since.
void leave_held_back(plan::Plan& plan, const plan::SavedPlan& saved) {
    std::set<plan::Unit> exports;
    for (const auto& address : held_back(saved)) {
        if (!model::parse_address(address)) {
            exports.emplace(false, address);
        }
        if (std::none_of(plan.notes.begin(), plan.notes.end(), [&](const plan::Note& told) {
                return told.code == plan::waits_code && told.address == address;
            })) {
            plan.notes.push_back({Severity::warning, std::string(plan::waits_code), address,
                                  "waited for another shard when the plan was made, and is no part "
                                  "of it",
                                  "plan again"});
        }
    }
    plan::leave_out(plan, [&](const plan::Unit& unit) { return exports.contains(unit); });
}

Outcome apply_saved(const Arguments& given, const Host& host) {
    const auto saved = read_plan_file(given, given.operands.front());
    if (!saved) {
        return failed(saved.error());
    }
    if (const auto same = plan::check_version(*saved, version()); !same) {
        return failed(same.error());
    }
    const auto arguments = for_environment_of(*saved, given, host);
    if (!arguments) {
        return failed(arguments.error());
    }
    std::vector<manifest::NamedText> texts;
    for (const auto& [file, text] : saved->manifests) {
        texts.push_back({file, text});
    }
    auto opened = open_project(*arguments, host, std::move(texts), saved->narrowing);
    if (!opened) {
        return std::move(opened).error();
    }
    const auto& selection = opened->selection;
    auto context = Context::open(*arguments, host, selection.manifests, Access::write);
    if (!context) {
        return failed(context.error());
    }
    if (const auto same = plan::check_origin(*saved, origin_of(selection.manifests, **context));
        !same) {
        return failed(same.error());
    }
    if (const auto same = check_project_here(*saved, *arguments, host, **context); !same) {
        return failed(same.error());
    }
    Progress progress(*arguments, host);
    PlanRequest request;
    request.pins = true;
    request.guards = false; // only what is left of the plan counts
    request.forecast = false;
    request.allowed_deletes = saved->allowed_deletes;
    request.staying = held_back_connections(*saved);
    if (const auto made_at = parse_iso8601(saved->created_at)) {
        request.made_at = *made_at * 1000;
    }
    auto planned = make_plan(**context, selection, request, progress);
    if (!planned) {
        return failed(planned.error());
    }
    leave_held_back(planned->plan, *saved);
    const auto shown = render::plan_json(planned->plan, version());
    auto approved =
        plan::keep_approved(std::move(planned->plan), shown.find("resource_changes")->as_array(),
                            *saved, planned->live);
    if (approved.applied_already) {
        return failed({ErrorKind::refused,
                       "this plan was applied already: all of its changes are there",
                       "plan again to see what is left to do",
                       {}});
    }
    planned->plan = std::move(approved.plan);
    guard(*planned, selection, **context, request);
    if (saved->refused() && !planned->plan.refused) {
        return failed({ErrorKind::refused,
                       "a guard has refused this plan when it was made",
                       "`penstock show` tells why; plan again",
                       {}});
    }
    return carry_out(*arguments, host, **context, selection, progress,
                     {std::move(planned->plan), std::move(approved.stale)});
}

/// A flag that was given and that has no meaning beside a saved plan, or null.
const char* flag_of_plan(const Arguments& arguments) {
    return !arguments.selectors.empty() ? "--selector"
           : !arguments.targets.empty() ? "--target"
           : arguments.shard            ? "--shard"
           : arguments.allow_deletes    ? "--allow-deletes"
                                        : nullptr;
}

} // namespace

Outcome apply(const Arguments& arguments, const Host& host) {
    const auto& operands = arguments.operands;
    if (std::none_of(operands.begin(), operands.end(),
                     [&](const auto& operand) { return is_plan_file(arguments, operand); })) {
        return change_platform(arguments, host, false);
    }
    if (operands.size() > 1) {
        return failed({ErrorKind::invalid_input,
                       "a saved plan cannot be narrowed: apply takes one plan file and no paths",
                       "narrow the plan: penstock plan --out FILE PATH...",
                       {}});
    }
    if (const auto* flag = flag_of_plan(arguments)) {
        return failed(
            {ErrorKind::invalid_input,
             fmt::format("{} says how a plan is made, and a saved plan is made already", flag),
             fmt::format("plan again: penstock plan --out FILE {} ...", flag),
             {}});
    }
    return apply_saved(arguments, host);
}

Outcome destroy(const Arguments& arguments, const Host& host) {
    return change_platform(arguments, host, true);
}

} // namespace penstock::cli
