#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// The candidate nearest to `word` if it is near enough to be a slip of the fingers.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// `a, b and c`; empty for an empty list.
std::string enumerate(std::span<const std::string> words, std::string_view conjunction = "and");

/// Text from outside made safe for a terminal: control characters (C0, DEL, C1), what ends a line
/// or reorders it, and invalid UTF-8 become `\x..`, so that a name can neither move the cursor nor
/// forge a line.
std::string printable(std::string_view text);

/// The same for a JSON document, which stays one with equal values: `\u....`. JSON itself lets a
/// string hold anything but C0.
std::string printable_json(std::string_view document);

/// What may be quoted of a text from outside: runs of white space become one blank, the rest is
/// made printable, and what exceeds `most` bytes becomes `...`.
std::string excerpt(std::string_view text, std::size_t most);

/// True if all of `text` is well-formed UTF-8.
bool is_utf8(std::string_view text);

/// How many code points `text` holds; a stray byte counts as one.
std::size_t code_points(std::string_view text);

/// `text` without white space at both ends.
std::string_view trimmed(std::string_view text);

/// ASCII lower case.
std::string lowercase(std::string_view text);

/// `1 export`, `2 exports`: the number with the noun in the right form.
std::string counted(std::size_t count, std::string_view singular, std::string_view plural = {});

} // namespace penstock
