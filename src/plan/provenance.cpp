#include "plan/provenance.hpp"

#include "diff/diff.hpp"
#include "normalise/normalise.hpp"
#include "plan/transformation.hpp"

#include <algorithm>
#include <iterator>
#include <variant>

namespace penstock::plan {

namespace {

using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

constexpr model::SecretUse secret_uses[] = {model::SecretUse::auth, model::SecretUse::encryption};

} // namespace

Provenance::Provenance(const model::DesiredGraph& desired, const LiveIndex& index,
                       const catalogue::Catalogue& catalogue, const Plan& plan,
                       const CredentialChecks& credentials)
    : desired_(desired), index_(index), catalogue_(catalogue), credentials_(credentials) {
    std::set<EntityKey> changing;
    for (const auto& step : plan.steps) {
        if (!std::holds_alternative<DeleteEntity>(step.operation)) {
            changing.insert(step.key);
        }
    }
    for (const auto& [key, id] : plan.bound) {
        if (!changing.contains(key)) {
            settled_.insert(id);
        }
    }
    for (const auto& [key, id] : plan.referred) {
        settled_.insert(id);
    }
}

bool Provenance::is_ours(const LiveEntity& flow) const {
    const auto* desired = desired_.find(*flow.key);
    return desired != nullptr &&
           (is_made_as(flow, *desired) || is_made_as(flow, as_created(*desired))) &&
           are_ours(flow, EntityKind::target) && are_ours(flow, EntityKind::source);
}

bool Provenance::are_ours(const LiveEntity& flow, EntityKind kind) const {
    const auto ids = model::linked_ids(flow, kind);
    return std::all_of(ids.begin(), ids.end(), [&](const auto& id) {
        const auto* connection = index_.find(kind, id);
        return connection != nullptr && is_our_connection(*connection);
    });
}

bool Provenance::is_our_connection(const LiveEntity& connection) const {
    return is_ours_or_settled(connection) &&
           (connection.kind == EntityKind::base ? holds_secrets(connection)
                                                : has_our_base(connection));
}

bool Provenance::has_our_base(const LiveEntity& connection) const {
    const auto* desired = desired_.find(*connection.key);
    if (desired != nullptr && desired->content["base"].is_null()) {
        return true; // the service has chosen one for this source (reference, section 4.3)
    }
    const auto& id = model::base_id(connection.document);
    const auto* base = index_.find(EntityKind::base, id);
    // One that an account names is not ours to judge.
    return base == nullptr || !base->key || settled_.contains(base->id) || is_our_connection(*base);
}

bool Provenance::is_ours_or_settled(const LiveEntity& live) const {
    const auto* desired = live.key ? desired_.find(*live.key) : nullptr;
    return settled_.contains(live.id) || (desired != nullptr && is_made_as(live, *desired));
}

bool Provenance::is_made_as(const LiveEntity& live, const model::DesiredEntity& desired) const {
    if (live.marker && !live.marker->digest.empty()) {
        return live.marker->digest == desired.digest;
    }
    const auto content = normalise::canonical(live, index_.owned_ids(), catalogue_);
    const auto fields = diff::compare(normalise::align(content, live, desired), desired.content);
    // Whose a base connection was that is gone cannot be told, nor does it matter: what leads there
    // exports nothing.
    const auto& base = model::base_id(live.document);
    const bool base_is_gone = !base.empty() && index_.find(EntityKind::base, base) == nullptr;
    return std::all_of(fields.begin(), fields.end(), [&](const auto& field) {
        return field.pointer == "/enabled" || // set by a step of its own
               (base_is_gone && (field.pointer == "/base" || field.pointer.starts_with("/base/")));
    });
}

bool Provenance::holds_secrets(const LiveEntity& base) const {
    return !base.marker ||
           std::all_of(std::begin(secret_uses), std::end(secret_uses), [&](auto use) {
               const auto check = credentials_.find({*base.key, use});
               return check == credentials_.end() || check->second.holders.contains(base.id);
           });
}

} // namespace penstock::plan
