#include "execute/credentials.hpp"

#include "secrets/fingerprint.hpp"

#include <utility>

namespace penstock::execute {

namespace {

using plan::CredentialCheck;
using plan::CredentialState;

CredentialCheck check(const model::DesiredEntity& account, const model::LiveEntity& live,
                      secrets::SecretSource& source, std::uint64_t cost) {
    if (!live.marker) {
        return {CredentialState::unchecked, "the service keeps no description of base connections"};
    }
    secrets::NamedSecrets resolved;
    for (const auto& parameter : account.secrets) {
        auto secret = source.resolve(parameter.reference);
        if (!secret) {
            return {CredentialState::unchecked, secret.error().message};
        }
        resolved.emplace_back(parameter.name, std::move(*secret));
    }
    const auto& known = live.marker->credentials;
    const bool same = known && secrets::fingerprint(resolved, known->salt, cost) == known->bits;
    return {same ? CredentialState::unchanged : CredentialState::changed, ""};
}

} // namespace

std::map<std::string, CredentialCheck, std::less<>>
check_credentials(const model::DesiredGraph& desired, const model::LiveGraph& live,
                  secrets::SecretSource& secrets, std::uint64_t fingerprint_cost) {
    std::map<std::string, CredentialCheck, std::less<>> checks;
    for (const auto& entity : live.entities) {
        if (!entity.key || entity.kind != model::EntityKind::base) {
            continue;
        }
        const auto* account = desired.find(*entity.key);
        if (account == nullptr || account->secrets.empty()) {
            continue;
        }
        const auto result = check(*account, entity, secrets, fingerprint_cost);
        // Of twins, the one that fits decides; that one has the newest fingerprint.
        auto& known = checks[account->key.name];
        if (known.state != CredentialState::unchanged) {
            known = result;
        }
    }
    return checks;
}

} // namespace penstock::execute
