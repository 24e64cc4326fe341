#pragma once

#include "diff/diff.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"
#include "plan/saved.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::plan {

/// Why something of a saved plan is not carried out.
enum class Staleness {
    changed,  ///< the entity was changed after the plan was made
    gone,     ///< it was deleted
    appeared, ///< it was made
    differs,  ///< nothing moved, but what has to be done is not what the plan says
    needs,    ///< it depends on something else that is stale
};

/// `changed`, `gone`, `appeared`, `differs`, `needs`.
std::string_view name(Staleness staleness);

/// One entity because of which a manifest is left alone.
struct Stale {
    model::EntityKey key;
    Staleness why = Staleness::changed;
    std::string id;                             ///< may be empty
    model::Audit audit;                         ///< as it is now; empty for what is gone
    std::string needed = {};                    ///< address of what it depends on
    std::vector<diff::FieldChange> fields = {}; ///< from `before` to `now`
    json::Value before = {};                    ///< content when the plan was made; null: not known
    json::Value now = {};                       ///< content as it is; null: not known
};

/// What is left of a plan.
struct Approved {
    Plan plan;
    std::vector<Stale> stale;
    /// The saved plan asks for changes, and all of them are there already.
    bool applied_already = false;
};

/// Keeps of `plan`, made anew from the manifests of `saved` and from `live`, what the saved plan
/// says word by word. `shown` is `resource_changes` of the new plan, in its order. An account or
/// export with an entity that changed, went or came, or with another change than the saved one, is
/// left out as a whole, and what depends on it too: what runs is what was approved, or nothing of
/// that export. An etag alone says nothing: the service changes it by itself.
Approved keep_approved(Plan plan, const json::Array& shown, const SavedPlan& saved,
                       const model::LiveGraph& live);

} // namespace penstock::plan
