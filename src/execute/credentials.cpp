#include "execute/credentials.hpp"

#include "base/parallel.hpp"
#include "base/text.hpp"
#include "execute/bodies.hpp"
#include "json/schema.hpp"
#include "secrets/fingerprint.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>
#include <vector>

namespace penstock::execute {

namespace {

/// The secrets of one use, resolved.
Result<secrets::NamedSecrets> resolve(const model::DesiredEntity& entity, model::SecretUse use,
                                      secrets::SecretSource& source) {
    secrets::NamedSecrets resolved;
    for (const auto& parameter : entity.secrets) {
        if (parameter.use != use) {
            continue;
        }
        auto secret = source.resolve(parameter.reference);
        if (!secret) {
            return fail(std::move(secret.error()));
        }
        resolved.emplace_back(parameter.name, std::move(*secret));
    }
    return resolved;
}

/// `live` holds the entities that stand for the key: none before the first apply, several after an
/// interrupted run.
plan::CredentialCheck check(const secrets::NamedSecrets& secrets, model::SecretUse use,
                            const std::vector<const model::LiveEntity*>& live, std::uint64_t cost) {
    plan::CredentialCheck result;
    bool marked = false;
    bool told = false; ///< of the fingerprint
    for (const auto* entity : live) {
        marked = marked || entity->marker.has_value();
        auto marker = entity->marker.value_or(model::Marker{});
        const auto& known = fingerprint_of(marker, use);
        if (known && secrets::fingerprint(secrets, known->salt, cost) == known->bits) {
            result.holders.insert(entity->id);
        }
        told = told || known.has_value();
    }
    if (!live.empty() && marked && !told && use == model::SecretUse::encryption) {
        // A key can only be sent with a new connection and new dataflows: not on a guess.
        result.unchecked = "the marker does not tell which key files are encrypted with";
    }
    if (!live.empty() && !marked) {
        result.unchecked =
            fmt::format("the service keeps no description of {}s", title(live.front()->kind));
    }
    return result;
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

plan::CredentialChecks check_credentials(const model::DesiredGraph& desired,
                                         const model::LiveGraph& live,
                                         secrets::SecretSource& secrets,
                                         std::uint64_t fingerprint_cost,
                                         const std::optional<model::Shard>& shard) {
    std::map<model::EntityKey, std::vector<const model::LiveEntity*>> by_key;
    for (const auto& entity : live.entities) {
        if (entity.key) {
            by_key[*entity.key].push_back(&entity);
        }
    }
    struct Resolved {
        secrets::NamedSecrets secrets;
        model::SecretUse use;
        const std::vector<const model::LiveEntity*>& live;
        plan::CredentialCheck& result;
    };
    plan::CredentialChecks checks;
    std::vector<Resolved> all;
    for (const auto& entity : desired.entities) {
        for (const auto& parameter : entity.secrets) {
            const bool decides = entity.key.kind == model::EntityKind::base &&
                                 parameter.use == model::SecretUse::encryption;
            if (!decides && !model::owns(shard, entity.key)) {
                continue;
            }
            if (checks.contains({entity.key, parameter.use})) {
                continue;
            }
            auto& result = checks[{entity.key, parameter.use}];
            auto resolved = resolve(entity, parameter.use, secrets);
            if (resolved) {
                all.push_back({std::move(*resolved), parameter.use, by_key[entity.key], result});
            } else {
                result.unchecked = resolved.error().message;
            }
        }
    }
    // A fingerprint is dear by design, and each is found by itself; each takes 16 MiB.
    constexpr std::size_t at_once = 4;
    for_each_on_all_cores(
        all.size(),
        [&](std::size_t i) {
            all[i].result = check(all[i].secrets, all[i].use, all[i].live, fingerprint_cost);
        },
        at_once);
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
