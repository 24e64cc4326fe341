#pragma once

#include "json/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace penstock::diff {

/// One field that differs.
struct FieldChange {
    std::string pointer;               ///< RFC 6901, into the canonical content
    std::optional<json::Value> before; ///< nothing: the field is added
    std::optional<json::Value> after;  ///< nothing: the field is removed

    bool operator==(const FieldChange&) const = default;
};

/// What turns `before` into `after`: objects member by member, everything else as a whole. In the
/// order of `after`'s members, removed ones last. Empty if and only if the values are equal.
std::vector<FieldChange> compare(const json::Value& before, const json::Value& after);

/// `value` with `changes` made: apply(before, compare(before, after)) equals `after`.
json::Value apply(json::Value value, const std::vector<FieldChange>& changes);

} // namespace penstock::diff
