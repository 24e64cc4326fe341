#pragma once

#include "diff/diff.hpp"
#include "model/graph.hpp"
#include "plan/patch.hpp"
#include "plan/plan.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace penstock::plan {

/// `transformations` of a new dataflow: of segments, the members that its PATCH will fill, all
/// empty (reference, section 3.8); of datasets, none.
json::Array new_transformations(const model::DesiredEntity& flow);

/// What a new dataflow is right after its POST: without segments, columns and keys. Its digest
/// tells a later run that this, and not more, was written. Other entities are created as a whole.
model::DesiredEntity as_created(const model::DesiredEntity& entity);

/// Adds to `patch` what the changed fields of a dataflow's transformation ask for: selectors are
/// replaced whole, then removed from the last index down, then added; indexes are those of `live`
/// (reference, sections 7.1 and 7.5). New ones keep what `inherited` has beyond our fields.
void patch_transformation(Patch& patch, Template& request, const model::DesiredEntity& desired,
                          const model::LiveEntity& live,
                          const std::vector<diff::FieldChange>& fields,
                          const json::Object& inherited);

/// The selectors of a live dataflow by segment; none of another entity or null.
json::Object selectors_of(const model::LiveEntity* live);

/// Schemas in Data Prep that dataflows of ours use: what fits is used again, since none can be
/// deleted.
struct KnownSchemas {
    std::vector<std::string> inputs;
    std::map<std::set<std::string>, std::vector<std::string>> outputs; ///< by names of columns
    std::map<std::string, std::size_t> users; ///< how many dataflows of ours name a mapping set
};
KnownSchemas known_schemas(const model::LiveGraph& graph);

/// True if a mapping set is written: for that, the mapping sets of all our dataflows are of
/// concern.
bool writes_mappings(const Plan& plan);

/// The operation that writes the mapping of a dataflow. `live` is the dataflow if it stays, else
/// null.
WriteMapping write_mapping(const model::DesiredEntity& flow, const model::LiveEntity* live,
                           const std::string& connection_spec, const KnownSchemas& known);

} // namespace penstock::plan
