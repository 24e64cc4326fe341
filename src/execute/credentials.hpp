#pragma once

#include "model/graph.hpp"
#include "plan/planner.hpp"
#include "secrets/fingerprint.hpp"
#include "secrets/source.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace penstock::execute {

/// For every account with secrets that exists in the service: whether its references lead to the
/// credentials that were sent last, by the fingerprint in its marker. What cannot be resolved is
/// reported as unchecked, with the reason.
std::map<std::string, plan::CredentialCheck, std::less<>>
check_credentials(const model::DesiredGraph& desired, const model::LiveGraph& live,
                  secrets::SecretSource& secrets,
                  std::uint64_t fingerprint_cost = secrets::fingerprint_cost);

} // namespace penstock::execute
