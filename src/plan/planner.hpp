#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace penstock::plan {

/// Which live entities hold the secrets that an entity's references lead to now.
struct CredentialCheck {
    std::string unchecked;         ///< why that could not be found out; empty: it could
    std::set<std::string> holders; ///< ids
};

/// One check for each use that an entity makes of secrets. What is missing counts as unchanged.
using CredentialChecks = std::map<std::pair<model::EntityKey, model::SecretUse>, CredentialCheck>;

/// Which of our live entities that no manifest describes may be deleted; null: all.
using MayDelete = std::function<bool(const model::EntityKey&)>;

struct Options {
    CredentialChecks credentials;
    MayDelete may_delete;
    bool destroy = false; ///< everything shall go: what cannot go is an error
    /// Plans for what this shard owns. What others own is referred to as they will have it, and
    /// never written.
    std::optional<model::Shard> shard = {};
    /// What needs something that another shard has to make is held back; else it is planned as if
    /// that were there, which is for looking only.
    bool hold_back = true;
    /// Milliseconds since 1970, to tell what another run may be at work on; nothing: none is, and
    /// what is one too many goes.
    std::optional<std::int64_t> now = {};
    std::set<std::string> staying; ///< ids of live entities that are not deleted, unused or not
    std::string client; ///< our API key, as the service's `updatedClient` has it; may be empty
};

/// What has to happen so that `live` becomes `desired`. Pure. Entities without our marker are never
/// touched; every other live entity of the project is kept, changed, replaced or deleted:
/// what fits is reused, twins and leftovers of interrupted runs go.
Plan make(const model::DesiredGraph& desired, const model::LiveGraph& live,
          const catalogue::Catalogue& catalogue, const Options& options);

} // namespace penstock::plan
