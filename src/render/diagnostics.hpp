#pragma once

#include "base/diagnostic.hpp"
#include "json/value.hpp"

#include <string>
#include <vector>

namespace penstock::render {

/// Diagnostics for a person, each with its place, its line and a caret:
///
///     error[unknown-field]: unknown field `compresion` in `spec.destination`
///       --> exports.yaml:12:3
///        |
///     12 |   compresion: GZIP
///        |   ^^^^^^^^^^
///        = help: did you mean `compression`?
///
/// Ends with a count. Nothing in it can move a terminal's cursor. Empty if there are none.
std::string diagnostics_text(const std::vector<Diagnostic>& diagnostics, bool colour);

/// The same for programs, shaped as Terraform shapes its diagnostics.
json::Value diagnostics_json(const std::vector<Diagnostic>& diagnostics);

} // namespace penstock::render
