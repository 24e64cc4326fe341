#pragma once

#include "emulator/validation.hpp"

#include <span>
#include <string_view>

namespace penstock::emulator {

/// The account that a client acts as.
std::string account(const std::string& client);

/// The account that the service's own changes carry in `updatedBy` (section 3.2).
inline constexpr std::string_view service_account = "acp_foundation_connectors";

/// The entity as GET returns it: what the client wrote, and what the service adds (sections 4.1 to
/// 4.5), as the switches have it.
json::Value view(const Entity& entity, const Surroundings& around);

/// Root fields of the view that may be filtered and sorted by (section 3.4).
std::span<const std::string_view> fields_of(Kind kind);

} // namespace penstock::emulator
