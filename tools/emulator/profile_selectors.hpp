#pragma once

#include "emulator/refusal.hpp"
#include "emulator/settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace penstock::emulator {

/// The namespace X of a path `identityMap.X`; nothing for other paths.
std::optional<std::string> identity_in_path(std::string_view path);

/// Refuses the `profileSelectors` of a legacy flow that are not as sections 4.5 and 7.1 have them:
/// selectors of type JSON_PATH, each with a path of its own, and keys (section 6.4) that name
/// selected paths or the namespaces of selected identities. May be missing.
Outcome<void> check_profile_selectors(const json::Value& place);

/// `profileSelectors` as GET returns them: with the operator, the mapping and the identity that the
/// service gives each selector (section 4.5), and what the switches change.
json::Value shown_profile_selectors(json::Value place, const Settings& settings);

} // namespace penstock::emulator
