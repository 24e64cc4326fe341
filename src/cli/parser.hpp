#pragma once

#include "base/result.hpp"
#include "cli/arguments.hpp"

#include <string>
#include <vector>

namespace penstock::cli {

/// Understands the words behind the program's name. Fails with ErrorKind::invalid_input and, where
/// a command or flag is near, names it.
Result<Arguments> parse(const std::vector<std::string>& words);

/// Whether a command line that was not understood asks for JSON all the same.
bool asks_for_json(const std::vector<std::string>& words);

} // namespace penstock::cli
