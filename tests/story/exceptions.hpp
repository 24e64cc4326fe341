#pragma once

#include "emulator/settings.hpp"
#include "http/message.hpp"
#include "manifest/documents.hpp"

#include <string>

namespace penstock::story {

/// All that the invariants let pass, in one place.

/// True if a story may have the switch at that value. The others make some of the changes
/// impossible that stories make, which tests of their own look at.
bool may_be_set(const emulator::Switch& option, std::size_t value);

/// True if the platform refuses a request for its form, not for the state of what it is about. With
/// `others_at_work`, what the request refers to may have gone since it was read.
bool is_malformed(const http::Response& response, bool others_at_work);

/// True for the parameters of credentials that the platform shows to everybody: a manifest may keep
/// them elsewhere, and yet plans show what is live.
bool is_no_secret(const manifest::Account& account, const std::string& parameter);

/// False for a move of an export of segments that is known to come to nothing: the dataflow that
/// leaves has the flow spec that documents also give for Campaign, and the new one is created with
/// that, whatever the sandbox offers.
bool may_move(const std::string& from_destination, const std::string& to_destination);

/// True if what is managed cannot be compared with a fresh sandbox under this setting: what the
/// service does not show cannot be brought into line.
bool hides_differences(const emulator::Switch& option, std::size_t value);

} // namespace penstock::story
