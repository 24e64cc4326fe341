#pragma once

#include "emulator/refusal.hpp"
#include "json/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::emulator {

/// The steps of a Data Prep path: parted by dots, where `//.` is a dot that belongs to a name
/// (section 3.11).
std::vector<std::string> path_steps(std::string_view path);

/// True if the path leads to something in the JSON schema: through `properties`, through
/// `additionalProperties` of a map, and through the items of an array without a step of its own.
bool leads_somewhere(const json::Value& schema, std::string_view path);

/// The namespace of an identity that the mapping takes from the identity map, if it does.
std::optional<std::string> identity_of(const json::Value& mapping);

/// Refuses what is no list of mappings at all: not an array, empty, or an entry that is no object
/// with `sourceType`, `source` and `destination` as strings and known members.
Outcome<void> check_mapping_form(const json::Value& mappings);

/// What is wrong with each mapping, in their order; empty text for nothing. The source of an
/// ATTRIBUTE has to be in `input`, the destination in `output`, and no destination twice.
std::vector<std::string> mapping_faults(const json::Value& mappings, const json::Value& input,
                                        const json::Value& output);

} // namespace penstock::emulator
