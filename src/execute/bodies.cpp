#include "execute/bodies.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"
#include "secrets/fingerprint.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <utility>

namespace penstock::execute {

namespace {

/// A request with all in its places but the description.
struct Undescribed {
    json::Value body;
    plan::DescriptionSlot description;
    std::map<model::SecretUse, secrets::NamedSecrets> sent;
};

Result<Undescribed> fill_places(const plan::Template& request,
                                const plan::DescriptionSlot& description, const Bound& bound,
                                secrets::SecretSource& secrets) {
    Undescribed filled{request.body, description, {}};
    for (const auto& slot : request.entities) {
        const auto found = bound.ids.find(slot.key);
        if (found == bound.ids.end()) {
            return fail(ErrorKind::general,
                        fmt::format("{} has no id yet", model::address(slot.key)));
        }
        *json::find(filled.body, slot.pointer) = found->second;
    }
    if (request.mapping) {
        const auto found = bound.mappings.find(description.marker.key);
        if (found == bound.mappings.end()) {
            return fail(ErrorKind::general, fmt::format("{} has no mapping set yet",
                                                        model::address(description.marker.key)));
        }
        *json::find(filled.body, *request.mapping) = json::Object{
            {"mappingId", found->second.id}, {"mappingVersion", found->second.version}};
    }
    for (const auto& slot : request.secrets) {
        auto secret = secrets.resolve(slot.reference);
        if (!secret) {
            return fail(std::move(secret.error()));
        }
        *json::find(filled.body, slot.pointer) = secret->reveal();
        filled.sent[slot.use].emplace_back(slot.name, std::move(*secret));
    }
    return filled;
}

Filled describe(Undescribed request, std::uint64_t fingerprint_cost) {
    auto& [body, description, sent] = request;
    for (const auto& [use, named] : sent) {
        const auto salt = secrets::random_salt();
        fingerprint_of(description.marker, use) =
            model::CredentialFingerprint{salt, secrets::fingerprint(named, salt, fingerprint_cost)};
    }
    *json::find(body, description.pointer) =
        model::join_description(description.text, description.marker);
    return {json::write(body), std::move(description.marker)};
}

} // namespace

std::optional<model::CredentialFingerprint>& fingerprint_of(model::Marker& marker,
                                                            model::SecretUse use) {
    return use == model::SecretUse::auth ? marker.credentials : marker.encryption;
}

void Filler::fill(const plan::Template& request, const plan::DescriptionSlot& description,
                  const Bound& bound, const Done& done) {
    auto places = fill_places(request, description, bound, secrets_);
    if (!places) {
        done(fail(std::move(places.error())));
        return;
    }
    if (places->sent.empty()) {
        done(describe(std::move(*places), fingerprint_cost_));
        return;
    }
    ++waiting_;
    const auto undescribed = std::make_shared<Undescribed>(std::move(*places));
    const auto filled = std::make_shared<Filled>();
    transport_.compute(
        [undescribed, filled, cost = fingerprint_cost_] {
            *filled = describe(std::move(*undescribed), cost);
        },
        [this, filled, done] {
            --waiting_;
            done(std::move(*filled));
        });
}

} // namespace penstock::execute
