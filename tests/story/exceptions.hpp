#pragma once

#include "emulator/settings.hpp"
#include "http/message.hpp"

#include <string_view>

namespace penstock::story {

/// All that the invariants let pass, in one place.

/// True if a story may have the switch at that value. The others make some of the changes
/// impossible that stories make, which tests of their own look at.
bool may_be_set(const emulator::Switch& option, std::size_t value);

/// True if the platform refuses a request for its form, not for the state of what it is about.
bool is_malformed(const http::Response& response);

/// True if what is managed cannot be compared with a fresh sandbox under this setting: what the
/// service does not show cannot be brought into line.
bool hides_differences(const emulator::Switch& option, std::size_t value);

} // namespace penstock::story
