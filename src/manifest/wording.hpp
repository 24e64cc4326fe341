#pragma once

#include "manifest/node.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::manifest {

/// A JSON Schema type with its article: `a string`, `true or false`.
std::string_view type_name(std::string_view type);

/// What a node is, with its article.
std::string_view kind_of(const Node& node);

bool contains(const std::vector<std::string>& list, std::string_view word);

/// What to write in the place of a node that has none of these JSON Schema types; may be empty.
std::string type_help(const std::vector<std::string>& types, const Node& node);

/// Each word in backticks.
std::vector<std::string> quoted(const std::vector<std::string>& words);

/// The choice that was probably meant: equal but for case, or a slip of the fingers away.
std::optional<std::string> meant(std::string_view word, const std::vector<std::string>& choices);

/// `did you mean ...?` if one of the choices is near, else all of them.
std::string choices_text(std::string_view word, const std::vector<std::string>& choices);

/// True if the text is nothing but digits.
bool is_number(std::string_view text);

/// True if the text holds a control character; line ends and tabs may be allowed.
bool has_control(std::string_view text, bool lines_allowed);

/// Text for a message: cut where it is long.
std::string shortened(std::string_view text);

} // namespace penstock::manifest
