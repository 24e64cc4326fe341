#pragma once

#include "emulator/refusal.hpp"
#include "emulator/settings.hpp"
#include "emulator/specs.hpp"

namespace penstock::emulator {

/// The variant that the parameters of a target belong to (section 5.5): the one that `mode` names,
/// or without it the one that they are all of; null if there is none, and for a destination
/// without variants.
const TargetVariant* variant_of(const json::Value& params, const DestinationSpec& destination);

/// Refuses parameters of encryption that do not fit the spec, or do not belong here by the switch
/// (section 5.4).
Outcome<void> check_encryption(const json::Value& params, const json::Value& spec, bool is_place);

/// Refuses parameters that the destination does not take: those of sections 5.2 and 5.3 on the new
/// cards, those of one variant on the legacy ones: every parameter of it, none of another, and of
/// its constants none with another value (section 5.5).
Outcome<void> check_target_params(const json::Value& params, const DestinationSpec& destination,
                                  const Settings& settings);

} // namespace penstock::emulator
