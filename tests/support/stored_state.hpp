#pragma once

#include "emulator/platform.hpp"

#include <string>
#include <vector>

namespace penstock::test {

/// What is stored, in words that do not depend on ids, etags, times and salts: one line for each
/// entity, sorted.
std::vector<std::string> stored_state(const emulator::Platform& platform);

/// The entities with a marker of `project`, and of them only what penstock manages: two ways to the
/// same manifests must end in the same lines.
std::vector<std::string> managed_state(const emulator::Platform& platform,
                                       const std::string& project);

} // namespace penstock::test
