#include "execute/credentials.hpp"

#include "base/text.hpp"
#include "secrets/fingerprint.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>
#include <vector>

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

Result<void> require_secrets(const plan::Plan& plan, secrets::SecretSource& secrets) {
    std::vector<std::string> missing;
    const auto look = [&](const plan::Step& step, const plan::Template& request) {
        for (const auto& slot : request.secrets) {
            if (const auto secret = secrets.resolve(slot.reference); !secret) {
                missing.push_back(fmt::format("{} {}: {}", model::address(step.key), slot.name,
                                              secret.error().message));
            }
        }
    };
    for (const auto& step : plan.steps) {
        if (const auto* create = std::get_if<plan::CreateEntity>(&step.operation)) {
            look(step, create->request);
        } else if (const auto* update = std::get_if<plan::UpdateEntity>(&step.operation)) {
            look(step, update->request);
        }
    }
    if (missing.empty()) {
        return {};
    }
    return fail(ErrorKind::secret_unavailable,
                fmt::format("nothing was changed: {} cannot be resolved\n  {}",
                            counted(missing.size(), "secret"), fmt::join(missing, "\n  ")),
                "set what is missing, or narrow the apply to other manifests by their paths");
}

} // namespace penstock::execute
