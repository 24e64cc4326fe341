#pragma once

#include "support/tool_run.hpp"

#include <string>

namespace penstock::test {

/// All that the tool writes about a run: every format of every command, and a plan file.
std::string outputs(const ToolRun& run);

} // namespace penstock::test
