#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/guards.hpp"
#include "plan/planner.hpp"

#include <optional>

namespace penstock::plan {

/// What a shard's plan has to know of the whole project's, which is made when it is first needed.
/// Pure.
class OtherShards {
  public:
    /// `options.shard` is the one that the plan is of. The arguments have to outlive this.
    OtherShards(const model::DesiredGraph& desired, const model::LiveGraph& live,
                const catalogue::Catalogue& catalogue, const Options& options)
        : desired_(desired), live_(live), catalogue_(catalogue), options_(options) {}

    /// What the other shards do with the same manifests and the same sandbox, as far as guards look
    /// at it; nothing if they lose nothing. Shards start and are started again at different times,
    /// so what another one is at work on is no loss: what it has deleted already is not live any
    /// more, and what it made within `run_at_work` may have been read while it was half made.
    Others others(const Protection& protection);

    /// Adds the changes that the shard's plan holds back, with the shard that has to act first.
    void show_held_back(Plan& plan);

  private:
    [[nodiscard]] bool may_lose(const Protection& protection) const;
    const Plan& whole();

    const model::DesiredGraph& desired_;
    const model::LiveGraph& live_;
    const catalogue::Catalogue& catalogue_;
    const Options& options_;
    std::optional<Plan> whole_;
};

} // namespace penstock::plan
