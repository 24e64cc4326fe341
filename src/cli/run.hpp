#pragma once

#include "cli/host.hpp"

#include <string>
#include <vector>

namespace penstock::cli {

/// Runs the command that `words`, without the program's name, ask for, writes its one result and
/// returns the exit code.
int run(const std::vector<std::string>& words, const Host& host);

} // namespace penstock::cli
