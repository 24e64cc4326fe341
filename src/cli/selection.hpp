#pragma once

#include "base/result.hpp"
#include "live/partition.hpp"
#include "manifest/documents.hpp"
#include "model/entity_key.hpp"
#include "plan/saved.hpp"

#include <set>
#include <string>

namespace penstock::cli {

/// The part of a project that a command is about.
struct Selection {
    manifest::Manifests manifests;  ///< what is chosen, and the accounts that chosen exports need
    bool everything = true;         ///< no manifest is left out
    std::set<std::string> accounts; ///< chosen themselves; empty if everything is
    std::set<std::string> exports;
    live::Expected described;  ///< entities of all manifests, chosen or not; empty if all are
    plan::Narrowing narrowing; ///< as given; paths relative to the project's folder

    /// True if the entity belongs to a manifest that is chosen, or everything is.
    [[nodiscard]] bool chooses(const model::EntityKey& key) const;
    /// True if the command is about the entity: it is chosen, and the shard owns it.
    [[nodiscard]] bool covers(const model::EntityKey& key) const;
};

/// Chooses the manifests that fit all of what `narrowing` says: that come from one of the paths,
/// which count from the project's folder; that carry labels as all selectors want them; and that
/// are one of the targets. A target is the name of an export or account, or the address of one of
/// its entities, which stands for the export or account as a whole. A path or target that chooses
/// nothing, and a selection that leaves nothing, is an error; a shard that has a part of nothing is
/// none.
Result<Selection> select(manifest::Manifests manifests, const plan::Narrowing& narrowing);

} // namespace penstock::cli
