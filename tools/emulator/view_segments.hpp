#pragma once

#include "emulator/validation.hpp"

namespace penstock::emulator {

/// The transformations of a segment flow as GET returns them (sections 4.5 and 4.7): selectors with
/// a description, and what the switches change.
json::Value shown_transformations(json::Value transformations, const Surroundings& around);

} // namespace penstock::emulator
