#pragma once

#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/planner.hpp"
#include "secrets/fingerprint.hpp"
#include "secrets/source.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace penstock::execute {

/// For every use that an entity makes of secrets: which live entities were sent those that its
/// references lead to, by the fingerprint in the marker. What cannot be resolved is reported as
/// unchecked, with the reason. Of what `shard` does not own only the key that files are encrypted
/// with is looked at: it decides which connection goes on.
plan::CredentialChecks check_credentials(const model::DesiredGraph& desired,
                                         const model::LiveGraph& live,
                                         secrets::SecretSource& secrets,
                                         std::uint64_t fingerprint_cost = secrets::fingerprint_cost,
                                         const std::optional<model::Shard>& shard = {});

/// Resolves every secret that the plan sends, before anything is changed: an apply that would stop
/// half-way for want of a secret need not begin. Fails with ErrorKind::secret_unavailable and names
/// all that are missing, or that do not have the form which the destination asks for.
Result<void> require_secrets(const plan::Plan& plan, secrets::SecretSource& secrets,
                             const catalogue::Catalogue& catalogue);

} // namespace penstock::execute
