#pragma once

#include "json/value.hpp"
#include "model/graph.hpp"

#include <string>
#include <string_view>

namespace penstock::render {

/// The pointer by which a report names the field at `pointer` of an entity's content: what is said
/// in one sentence has one name. The parts of a frequency are `/schedule/frequency`, when a segment
/// is exported is `/segments/<id>/schedule`, a column is `/mapping/<name>`, a link `/source`.
std::string field_of(model::EntityKind kind, std::string_view pointer);

/// What `content` holds of the field that field_of() names; null if it holds nothing of it.
json::Value value_of_field(model::EntityKind kind, std::string_view field,
                           const model::Content& content);

} // namespace penstock::render
