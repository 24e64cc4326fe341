#pragma once

#include "emulator/validation.hpp"

namespace penstock::emulator {

/// Refuses a flow that the service would not store (sections 3.8, 5.1, 6 and 7.1): an unknown flow
/// spec (1413-400), links to what is not there or does not fit, and content of the wrong workflow.
Outcome<void> check_flow(const json::Value& body, const Surroundings& around);

/// The destination of the flow's target connection; null if the target is not there.
const DestinationSpec* destination_of(const json::Value& flow, const Surroundings& around);

/// Refuses a new segment flow that carries more than the skeleton, if the switch has it so.
Outcome<void> check_new_flow(const json::Value& body, const Surroundings& around);

} // namespace penstock::emulator
