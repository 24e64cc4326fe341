#include "execute/credentials.hpp"

#include "base/text.hpp"
#include "json/schema.hpp"
#include "secrets/fingerprint.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>
#include <vector>

namespace penstock::execute {

namespace {

using plan::CredentialCheck;
using plan::CredentialState;

/// `live` holds the account's base connections: none before the first apply, several after an
/// interrupted run. Of several, the one that knows these credentials is the one that stays.
CredentialCheck check(const model::DesiredEntity& account,
                      const std::vector<const model::LiveEntity*>& live,
                      secrets::SecretSource& source, std::uint64_t cost) {
    secrets::NamedSecrets resolved;
    for (const auto& parameter : account.secrets) {
        auto secret = source.resolve(parameter.reference);
        if (!secret) {
            return {CredentialState::unchecked, secret.error().message};
        }
        resolved.emplace_back(parameter.name, std::move(*secret));
    }
    if (live.empty()) {
        return {CredentialState::changed, ""};
    }
    bool marked = false;
    for (const auto* base : live) {
        marked = marked || base->marker.has_value();
        if (base->marker && base->marker->credentials &&
            secrets::fingerprint(resolved, base->marker->credentials->salt, cost) ==
                base->marker->credentials->bits) {
            return {CredentialState::unchanged, ""};
        }
    }
    if (!marked) {
        return {CredentialState::unchecked, "the service keeps no description of base connections"};
    }
    return {CredentialState::changed, ""};
}

/// What is wrong with the form of a secret, by the destination's own pattern; never the secret.
std::string form_complaint(const model::DesiredEntity& account, const std::string& name,
                           const secrets::SecretString& secret,
                           const catalogue::Catalogue& catalogue) {
    const auto* destination =
        catalogue.find_by_connection_spec(account.content["connectionSpec"].as_string());
    const auto* spec =
        destination == nullptr
            ? nullptr
            : destination->find_auth_spec(account.content["auth"]["specName"].as_string());
    if (spec == nullptr) {
        return {};
    }
    for (const auto& parameter : spec->parameters) {
        if (parameter.name != name || parameter.pattern.empty()) {
            continue;
        }
        constexpr std::size_t longest = 1024; // a regular expression gets no more to chew on
        const auto schema = json::Schema::compile(json::Object{{"pattern", parameter.pattern}});
        if (schema &&
            (secret.reveal().size() > longest || !schema->check(secret.reveal()).empty())) {
            return fmt::format("the value does not have the form {}", parameter.pattern);
        }
    }
    return {};
}

} // namespace

std::map<std::string, plan::CredentialCheck, std::less<>>
check_credentials(const model::DesiredGraph& desired, const model::LiveGraph& live,
                  secrets::SecretSource& secrets, std::uint64_t fingerprint_cost) {
    std::map<std::string, std::vector<const model::LiveEntity*>> bases;
    for (const auto& entity : live.entities) {
        if (entity.key && entity.kind == model::EntityKind::base) {
            bases[entity.key->name].push_back(&entity);
        }
    }
    std::map<std::string, plan::CredentialCheck, std::less<>> checks;
    for (const auto& account : desired.entities) {
        if (!account.secrets.empty()) {
            checks[account.key.name] =
                check(account, bases[account.key.name], secrets, fingerprint_cost);
        }
    }
    return checks;
}

Result<void> require_secrets(const plan::Plan& plan, secrets::SecretSource& secrets,
                             const catalogue::Catalogue& catalogue) {
    std::vector<std::string> unusable;
    const auto look = [&](const model::DesiredEntity& account, const plan::Template& request) {
        for (const auto& slot : request.secrets) {
            const auto secret = secrets.resolve(slot.reference);
            const auto complaint = secret ? form_complaint(account, slot.name, *secret, catalogue)
                                          : secret.error().message;
            if (!complaint.empty()) {
                unusable.push_back(
                    fmt::format("{} {}: {}", model::address(account.key), slot.name, complaint));
            }
        }
    };
    for (const auto& step : plan.steps) {
        if (const auto* create = std::get_if<plan::CreateEntity>(&step.operation)) {
            look(create->desired, create->request);
        } else if (const auto* update = std::get_if<plan::UpdateEntity>(&step.operation)) {
            look(update->desired, update->request);
        }
    }
    if (unusable.empty()) {
        return {};
    }
    return fail(ErrorKind::secret_unavailable,
                fmt::format("nothing was changed: {} cannot be used\n  {}",
                            counted(unusable.size(), "secret"), fmt::join(unusable, "\n  ")),
                "mend what is said, or narrow the apply to other manifests by their paths");
}

} // namespace penstock::execute
