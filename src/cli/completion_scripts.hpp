#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::cli {

/// The shells that there is a script for.
const std::vector<std::string>& shells();

/// The completion script for a shell, made from the table of commands and flags.
std::optional<std::string> completion_script(std::string_view shell);

} // namespace penstock::cli
