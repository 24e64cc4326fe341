#pragma once

#include "diff/diff.hpp"
#include "json/text.hpp"

#include <optional>
#include <string>

namespace penstock::execute {

inline std::string shown(const std::optional<json::Value>& value) {
    return value ? json::write(*value) : "nothing";
}

/// The part of an entity that a pointer lies in. Blocks travel whole, so a change anywhere in one
/// touches all of it.
inline std::string block_of(const std::string& pointer) {
    return pointer.substr(0, pointer.find('/', 1));
}

} // namespace penstock::execute
