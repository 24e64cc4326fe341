#pragma once

#include "support/world.hpp"

#include <string>
#include <vector>

namespace penstock::test {

/// The run did all that was planned, and the plan had nothing to say but the note codes in
/// `allowed`.
void check_done(const Run& run, const std::vector<std::string>& allowed = {});

/// The run found nothing to do.
void check_unchanged(const Run& run);

/// The bodies of a run's requests of that method whose path contains `part`.
std::vector<std::string> bodies(const Run& run, const std::string& method, const std::string& part);

} // namespace penstock::test
