#pragma once

#include "plan/candidates.hpp"
#include "plan/plan.hpp"
#include "plan/planner.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace penstock::plan {

/// Why `live` is not what `desired` wants, by the digest of what was written last.
Cause cause_of(const model::LiveEntity& live, const model::DesiredEntity& desired,
               const LiveIndex& index, const catalogue::Catalogue& catalogue);

/// Whose change each of `fields` is, git or drift, where both sides changed the entity: what was
/// written last is found by its digest among the contents that have some of the fields as live and
/// the others as desired. Empty where it is none of these, since one field changed on both sides,
/// or where there are too many fields to try.
std::vector<Cause> causes_of_fields(const model::LiveEntity& live,
                                    const model::DesiredEntity& desired,
                                    const std::vector<diff::FieldChange>& fields,
                                    const LiveIndex& index, const catalogue::Catalogue& catalogue);

/// True if an interrupted run left the dataflow enabled or disabled the wrong way: the digest is
/// written before that, so only this differs, and `client`, or who made the dataflow, was the last
/// to touch it, moments before `now` (milliseconds since 1970). Later on it passes for a change in
/// the platform: people may use the same client.
bool is_unfinished_toggle(const model::LiveEntity& live, const model::DesiredEntity& desired,
                          const std::vector<diff::FieldChange>& fields, const std::string& client,
                          std::optional<std::int64_t> now);

} // namespace penstock::plan
