#include "execute/bodies.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"
#include "secrets/fingerprint.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::execute {

Result<Filled> fill(const plan::Template& request, const plan::DescriptionSlot& description,
                    const BoundIds& ids, secrets::SecretSource& secrets,
                    std::uint64_t fingerprint_cost) {
    json::Value body = request.body;
    for (const auto& slot : request.entities) {
        const auto found = ids.find(slot.key);
        if (found == ids.end()) {
            return fail(ErrorKind::general,
                        fmt::format("{} has no id yet", model::address(slot.key)));
        }
        *json::find(body, slot.pointer) = found->second;
    }
    secrets::NamedSecrets sent;
    for (const auto& slot : request.secrets) {
        auto secret = secrets.resolve(slot.reference);
        if (!secret) {
            return fail(std::move(secret.error()));
        }
        *json::find(body, slot.pointer) = secret->reveal();
        sent.emplace_back(slot.name, std::move(*secret));
    }
    model::Marker marker = description.marker;
    if (!sent.empty()) {
        const auto salt = secrets::random_salt();
        marker.credentials =
            model::CredentialFingerprint{salt, secrets::fingerprint(sent, salt, fingerprint_cost)};
    }
    *json::find(body, description.pointer) = model::join_description(description.text, marker);
    return Filled{json::write(body), std::move(marker)};
}

} // namespace penstock::execute
