#pragma once

#include "model/entity_key.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace penstock::plan {

/// By what an account (its base connection's key) or an export (its dataflow's) is protected;
/// empty: by nothing. Null: nothing is protected.
using Protection = std::function<std::string(const model::EntityKey&)>;

/// What people lose by a plan: exports are named by their dataflows' keys, accounts by those of
/// their base connections. An export that gets a new dataflow is replaced, and not deleted: the new
/// one stands before the old one goes. Twins that go are no loss. What waits for another shard
/// counts as if it were done.
struct Losses {
    std::vector<model::EntityKey> deleted;
    std::vector<model::EntityKey> replaced;
};
Losses losses(const Plan& plan);

/// True for what losses are named by.
bool stands_for_manifest(const model::EntityKey& key);

/// What the other shards do meanwhile, see OtherShards.
struct Others {
    Losses losses;
    std::size_t changes = 0; ///< entities that they change
};

/// What a plan must not do unless somebody has said so. All shards of a project have the same
/// limits together, so that all of them refuse or none.
struct Guards {
    std::size_t delete_percent = 30; ///< of the exports that stand; more than this and more than...
    std::size_t delete_count = 5;    ///< ...so many must not go
    std::optional<std::size_t> allowed_deletes; ///< so many may go, whatever the limits are
    bool no_exports = false;  ///< the manifests of the whole project describe no export
    bool no_accounts = false; ///< nor an account
    bool destroy = false;     ///< deletion is what was asked for: only what is protected counts
    Protection protection;
    Others others; ///< of a shard's plan
};

/// Why the plan must not be carried out, one error for each reason; empty: it may. Pure.
std::vector<Note> refusals(const Plan& plan, const model::LiveGraph& live, const Guards& guards);

/// Takes all steps out of a plan that a guard refuses, and says why: nothing of it is done, also
/// nothing that no guard minds.
void guard(Plan& plan, const model::LiveGraph& live, const Guards& guards);

} // namespace penstock::plan
