#pragma once

#include "emulator/refusal.hpp"
#include "json/value.hpp"

#include <set>
#include <string>

namespace penstock::emulator {

/// What keys may name.
struct Mapped {
    std::set<std::string> columns;
    std::set<std::string> namespaces;
};

/// Refuses mandatoryFields and primaryFields in `place` that are not as section 6.4 has them, or
/// name neither a column nor a namespace of an identity. The documents give no status for the
/// latter; 400 is assumed.
Outcome<void> check_keys(const json::Value& place, const Mapped& mapped);

} // namespace penstock::emulator
