#pragma once

#include "model/graph.hpp"
#include "plan/blocked.hpp"
#include "plan/candidates.hpp"
#include "plan/plan.hpp"
#include "plan/planner.hpp"

#include <map>
#include <optional>
#include <string>

namespace penstock::plan {

/// What a plan of a shard holds back until another shard has acted. Adds it to the plan, with notes
/// that name that shard. Without shards nothing waits.
class Waits {
  public:
    /// All arguments have to outlive this.
    Waits(const model::DesiredGraph& desired, const LiveIndex& index, const Options& options,
          const Choice& choice, Blocked& blocked, Plan& plan)
        : desired_(desired), index_(index), options_(options), choice_(choice), blocked_(blocked),
          plan_(plan) {}

    /// Exports that need what another shard has yet to make are left alone as a whole.
    void hold_back_exports();

    /// True if `live`, which has no place in the plan, goes once `user` has left it: another shard
    /// moves or deletes that, or it waits itself. `then` is what happens to `live`.
    bool wait_for(const model::LiveEntity& user, const model::LiveEntity& live, Action then);

  private:
    [[nodiscard]] std::map<std::string, model::EntityKey> needs_of_others() const;
    [[nodiscard]] std::optional<model::EntityKey> awaited(const model::LiveEntity& user) const;
    [[nodiscard]] std::string shard_of(const model::EntityKey& key) const;
    void add(Wait wait, std::string address, std::string message, std::string hint);

    const model::DesiredGraph& desired_;
    const LiveIndex& index_;
    const Options& options_;
    const Choice& choice_;
    Blocked& blocked_;
    Plan& plan_;
    std::map<std::string, model::EntityKey> held_back_; ///< exports, and what of others they need
    std::map<std::string, model::EntityKey> staying_;   ///< ids, and what of others has to go first
};

} // namespace penstock::plan
