#pragma once

#include "cli/command_table.hpp"

#include <string>

namespace penstock::cli {

/// Commands, global flags and exit codes.
std::string overview_text();

/// One command with its flags and the global ones.
std::string command_text(const CommandEntry& command);

} // namespace penstock::cli
