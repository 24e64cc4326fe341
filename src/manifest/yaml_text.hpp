#pragma once

#include "manifest/source.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace penstock::manifest {

// What the parser does not say about a value is found by looking at the text around its mark.
// `text` ends where the document does.

/// Where the quoted scalar that starts at `begin` ends; nothing if no quote closes it.
std::optional<std::size_t> closing_quote(std::string_view text, std::size_t begin);

/// The first quote behind `begin` that opens a scalar and is never closed.
std::optional<std::size_t> unclosed_quote(std::string_view text, std::size_t begin);

/// The first bracket or quote of the flow collection at `begin` that nothing closes.
std::optional<std::size_t> open_bracket_or_quote(std::string_view text, std::size_t begin);

/// Where the value begins whose anchor and tag begin at `at`.
std::size_t after_properties(std::string_view text, std::size_t at);

/// The word at `begin`, such as an alias.
Span word_at(std::string_view text, std::size_t begin);

/// Where a scalar over several lines ends: before the first line that is indented no deeper than
/// the line in which it begins.
std::size_t end_of_block(std::string_view text, std::size_t begin);

} // namespace penstock::manifest
