#pragma once

#include "model/entity_key.hpp"
#include "plan/plan.hpp"

#include <functional>
#include <string>
#include <utility>

namespace penstock::plan {

/// What goes ahead or stays as a whole: an account (true), or an export.
using Unit = std::pair<bool, std::string>;

Unit unit_of(const model::EntityKey& key);

/// Takes the changes, steps and waits of the units out for which `left_out` is true, and of those
/// that depend on them.
void leave_out(Plan& plan, const std::function<bool(const Unit&)>& left_out);

} // namespace penstock::plan
