#pragma once

#include "emulator/platform.hpp"
#include "emulator/settings.hpp"
#include "http/message.hpp"
#include "manifest/documents.hpp"

#include <string>
#include <string_view>

namespace penstock::story {

/// All that the invariants let pass, in one place.

/// True if a story may have the switch at that value. The others make some of the changes
/// impossible that stories make, which tests of their own look at.
bool may_be_set(const emulator::Switch& option, std::size_t value);

/// True if the platform refuses a request for its form, not for the state of what it is about. With
/// `others_at_work`, what the request refers to may have gone since it was read, or the sandbox did
/// not tell its flow specs.
bool is_malformed(const http::Response& response, bool others_at_work);

/// True for an entity that may stand twice, or be left over: where the service picks a base
/// connection of ours for sources that name none, it shows it as in use by others.
bool may_stay_in_use(const emulator::Settings& settings, std::string_view marker);

/// True for the parameters of credentials that the platform shows to everybody: a manifest may keep
/// them elsewhere, and yet plans show what is live.
bool is_no_secret(const manifest::Account& account, const std::string& parameter);

/// True if what is managed cannot be compared with a fresh sandbox under this setting: what the
/// service does not show cannot be brought into line. may_stay_in_use() is part of it.
bool hides_differences(const emulator::Switch& option, std::size_t value);

} // namespace penstock::story
