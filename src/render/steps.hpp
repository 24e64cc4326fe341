#pragma once

#include "json/value.hpp"
#include "plan/plan.hpp"
#include "render/style.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::render {

/// What a step of a plan does.
enum class Deed { create, fill, map, update, enable, disable, remove };

/// One step of a plan without its request: enough to tell why it is there, and why there.
struct StepOutline {
    Deed deed = Deed::create;
    model::EntityKey key;
    std::string id; ///< of the live entity that changes or goes; may be empty
    std::vector<plan::Prerequisite> after;
};

std::vector<StepOutline> outline(const plan::Plan& plan);

/// `steps` of a plan's JSON: [{step, operation, address, id, after: [{step, need}]}], numbered
/// from 1.
json::Value steps_json(const std::vector<StepOutline>& steps);

/// Reads what steps_json() wrote; none if one of them does not fit.
std::vector<StepOutline> read_steps(const json::Value& document);

/// Each step in the order in which they could run one by one, why it is there and what it waits
/// for. `plan` holds the changes that the steps make. Empty without steps.
std::string steps_text(const std::vector<StepOutline>& steps, const plan::Plan& plan,
                       const Style& style);

} // namespace penstock::render
