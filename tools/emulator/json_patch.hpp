#pragma once

#include "emulator/entity_store.hpp"
#include "emulator/refusal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::emulator {

/// What a PATCH may do to a value (section 7).
enum class PatchOp { add, replace, remove };

/// One step of a PATCH, checked in form.
struct PatchStep {
    PatchOp op = PatchOp::replace;
    std::string path;
    json::Value value;
};

/// Reads the body of a PATCH: an array of op, path and value, the value even for a remove. Refuses
/// an empty body with 1405, an operation that is not add, replace or remove in lower case with
/// 1434, and a path that the kind does not allow with 1455 (1414 for the connectionSpec of a
/// connection); sections 7.1 to 7.4.
Outcome<std::vector<PatchStep>> read_patch(Kind kind, std::string_view body);

/// Applies the steps in sequence (RFC 6902). A parent or a member to replace or remove that is not
/// there is refused with 1455-400.
Outcome<json::Object> apply_patch(const json::Object& content, const std::vector<PatchStep>& steps);

/// The steps as `lastOperation.ops` shows them (section 4.5).
json::Array describe_steps(const std::vector<PatchStep>& steps);

} // namespace penstock::emulator
