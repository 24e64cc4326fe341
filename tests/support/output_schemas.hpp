#pragma once

#include "json/schema.hpp"
#include "json/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {

/// The embedded schemas/NAME.json; fails the test if there is none.
const json::Value& embedded_schema(std::string_view name);

/// What is closed beside the rest.
enum class Before { open, closed };

/// The schema with every object closed that says which members it has: what is valid then has no
/// member that is not described. `before` is what a platform has; the schema promises nothing of
/// its form, so it is held to the form of `after` only where the platform is known to be sound.
json::Value closed(json::Value schema, Before before = Before::open);

/// Pointers into the schema, at each member that it describes.
std::vector<std::string> described_members(const json::Value& schema);

/// The name of the schema that a document of --json answers to; empty if it has none.
std::string_view schema_of(const json::Value& document);

/// Fails the test unless the document fits its schema and has no member that is not described
/// there.
void check_described(const json::Value& document);

} // namespace penstock::test
