#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"

#include <functional>
#include <map>
#include <string>

namespace penstock::plan {

/// Whether the credentials that an account's references lead to are those sent last.
enum class CredentialState { unchanged, changed, unchecked };

struct CredentialCheck {
    CredentialState state = CredentialState::unchecked;
    std::string reason; ///< why they could not be checked
};

struct Options {
    /// By account. An account that is missing here counts as unchanged.
    std::map<std::string, CredentialCheck, std::less<>> credentials;
    /// Which of our live entities that no manifest describes may be deleted; null: all.
    std::function<bool(const model::EntityKey&)> may_delete;
    bool destroy = false; ///< everything shall go: what cannot go is an error
    std::string client;   ///< our API key, as the service's `updatedClient` has it; may be empty
};

/// What has to happen so that `live` becomes `desired`. Pure. Entities without our marker are never
/// touched; every other live entity of the project is kept, changed, replaced or deleted:
/// what fits is reused, twins and leftovers of interrupted runs go.
Plan make(const model::DesiredGraph& desired, const model::LiveGraph& live,
          const catalogue::Catalogue& catalogue, const Options& options);

} // namespace penstock::plan
