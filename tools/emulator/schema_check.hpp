#pragma once

#include "json/value.hpp"

#include <string>
#include <vector>

namespace penstock::emulator {

/// Faults of `document` against the part of draft-07 that connection specs use: type, properties,
/// required, additionalProperties, enum, oneOf of constants, pattern, minimum and maximum. A
/// property with a `conditional` member is left out of `required`, because the caller knows the
/// condition (section 5.3). Texts over 2000 bytes fail every pattern, which bounds the stack that
/// std::regex takes. Each fault is one sentence that never quotes a value.
std::vector<std::string> schema_faults(const json::Value& schema, const json::Value& document,
                                       const std::string& name);

} // namespace penstock::emulator
