#pragma once

#include "catalogue/catalogue.hpp"
#include "model/graph.hpp"
#include "plan/guards.hpp"
#include "plan/planner.hpp"

namespace penstock::plan {

/// What the shards beside `options.shard` do with the same manifests and the same sandbox, as far
/// as guards look at it; nothing without shards. Plans for the whole project where something may be
/// lost. Shards start and are started again at different times, so what another one is at work on
/// is no loss: what it has deleted already is not in `live`, and what it made within `run_at_work`
/// may have been read while it was half made. Pure.
Others other_shards(const model::DesiredGraph& desired, const model::LiveGraph& live,
                    const catalogue::Catalogue& catalogue, Options options,
                    const Protection& protection);

} // namespace penstock::plan
