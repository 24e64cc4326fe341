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
/// touches all of it. Each segment of a dataflow is a block of its own.
inline std::string block_of(const std::string& pointer) {
    const auto end = pointer.find('/', 1);
    const bool segment = pointer.substr(0, end) == "/segments" && end != std::string::npos;
    return pointer.substr(0, segment ? pointer.find('/', end + 1) : end);
}

} // namespace penstock::execute
