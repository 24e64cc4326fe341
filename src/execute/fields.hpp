#pragma once

#include "diff/diff.hpp"
#include "json/text.hpp"

#include <optional>
#include <string>

namespace penstock::execute {

/// How often one create or update is tried in all.
inline constexpr int most_attempts = 4;

inline std::string shown(const std::optional<json::Value>& value) {
    return value ? json::write(*value) : "nothing";
}

/// The field of a flow that penstock changes by an action of its own, after everything else.
inline bool is_state(const diff::FieldChange& change) {
    return change.pointer == "/enabled";
}

} // namespace penstock::execute
