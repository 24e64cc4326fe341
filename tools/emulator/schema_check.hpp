#pragma once

#include "emulator/refusal.hpp"
#include "json/value.hpp"

#include <string>

namespace penstock::emulator {

/// Refuses, with 400 and all faults as the message, a document that has faults against the part of
/// draft-07 that connection specs use: type, properties, required, additionalProperties, enum,
/// oneOf of constants, pattern, minLength, minimum and maximum. A property with a `conditional`
/// member is left out of `required`, because the caller knows the condition (section 5.3). Texts
/// over 2000 bytes fail every pattern, which bounds the stack that std::regex takes. Each fault is
/// one sentence that never quotes a value.
Outcome<void> check_schema(const json::Value& schema, const json::Value& document,
                           const std::string& name);

} // namespace penstock::emulator
