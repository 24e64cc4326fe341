#pragma once

#include "diff/diff.hpp"
#include "json/value.hpp"
#include "model/graph.hpp"

#include <optional>
#include <string>

namespace penstock::execute {

/// A value of canonical content for a message; `nothing` if there is none.
std::string shown(const std::optional<json::Value>& value);

/// The part of an entity that a pointer lies in. Blocks travel whole, so a change anywhere in one
/// touches all of it. Each segment of a dataflow is a block of its own.
std::string block_of(const std::string& pointer);

/// True if `change` takes away a column or attribute that a key of `content` names: without it the
/// service refuses the key (reference, section 6.4).
bool takes_from_keys(const diff::FieldChange& change, const model::Content& content);

/// A field for a message: `schedule.endTime`, `segment Gold (25768be6-...), schedule.endDate`.
std::string field_name(const std::string& pointer, const model::Content& content);

} // namespace penstock::execute
