#include "execute/bodies.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"
#include "secrets/fingerprint.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::execute {

std::optional<model::CredentialFingerprint>& fingerprint_of(model::Marker& marker,
                                                            model::SecretUse use) {
    return use == model::SecretUse::auth ? marker.credentials : marker.encryption;
}

Result<Filled> fill(const plan::Template& request, const plan::DescriptionSlot& description,
                    const Bound& bound, secrets::SecretSource& secrets,
                    std::uint64_t fingerprint_cost) {
    json::Value body = request.body;
    for (const auto& slot : request.entities) {
        const auto found = bound.ids.find(slot.key);
        if (found == bound.ids.end()) {
            return fail(ErrorKind::general,
                        fmt::format("{} has no id yet", model::address(slot.key)));
        }
        *json::find(body, slot.pointer) = found->second;
    }
    if (request.mapping) {
        const auto found = bound.mappings.find(description.marker.key);
        if (found == bound.mappings.end()) {
            return fail(ErrorKind::general, fmt::format("{} has no mapping set yet",
                                                        model::address(description.marker.key)));
        }
        *json::find(body, *request.mapping) = json::Object{
            {"mappingId", found->second.id}, {"mappingVersion", found->second.version}};
    }
    std::map<model::SecretUse, secrets::NamedSecrets> sent;
    for (const auto& slot : request.secrets) {
        auto secret = secrets.resolve(slot.reference);
        if (!secret) {
            return fail(std::move(secret.error()));
        }
        *json::find(body, slot.pointer) = secret->reveal();
        sent[slot.use].emplace_back(slot.name, std::move(*secret));
    }
    model::Marker marker = description.marker;
    for (const auto& [use, named] : sent) {
        const auto salt = secrets::random_salt();
        fingerprint_of(marker, use) =
            model::CredentialFingerprint{salt, secrets::fingerprint(named, salt, fingerprint_cost)};
    }
    *json::find(body, description.pointer) = model::join_description(description.text, marker);
    return Filled{json::write(body), std::move(marker)};
}

} // namespace penstock::execute
