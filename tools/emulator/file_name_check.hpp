#pragma once

#include "emulator/refusal.hpp"
#include "emulator/specs.hpp"

namespace penstock::emulator {

/// Refuses a file name template that is empty or over 255 characters, that has a token which the
/// destination does not know or lacks one that it requires, and both DATETIME and TIMESTAMP
/// (section 6.3).
Outcome<void> check_file_name(const json::Value& name, const DestinationSpec& destination);

} // namespace penstock::emulator
