#pragma once

#include "plan/candidates.hpp"
#include "plan/plan.hpp"
#include "plan/planner.hpp"

#include <vector>

namespace penstock::plan {

/// Why `live` is not what `desired` wants, by the digest of what was written last.
Cause cause_of(const model::LiveEntity& live, const model::DesiredEntity& desired,
               const LiveIndex& index, const catalogue::Catalogue& catalogue);

/// True if an interrupted run left the dataflow enabled or disabled the wrong way: the digest is
/// written before that, so only this differs, and nobody but `client` touched the dataflow since.
bool is_unfinished_toggle(const model::LiveEntity& live, const model::DesiredEntity& desired,
                          const std::vector<diff::FieldChange>& fields, const std::string& client);

} // namespace penstock::plan
