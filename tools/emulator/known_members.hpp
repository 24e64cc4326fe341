#pragma once

#include "emulator/refusal.hpp"
#include "json/value.hpp"

#include <span>
#include <string_view>

namespace penstock::emulator {

/// Refuses what is no object, and an object with a member that is not `known`; `what` names it.
Outcome<void> check_known(const json::Value& object, std::span<const std::string_view> known,
                          std::string_view what);

} // namespace penstock::emulator
