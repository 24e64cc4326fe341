#pragma once

#include "base/result.hpp"
#include "manifest/documents.hpp"
#include "model/entity_key.hpp"

#include <set>
#include <string>
#include <vector>

namespace penstock::cli {

/// The part of a project that a command is about.
struct Selection {
    manifest::Manifests manifests;  ///< what is chosen, and the accounts that chosen exports need
    bool everything = true;         ///< no path was given
    std::set<std::string> accounts; ///< chosen by a path; empty if everything is
    std::set<std::string> exports;
    std::vector<std::string> paths; ///< those given, relative to the project's folder

    /// True if the entity belongs to a manifest that a path chose, or everything is chosen.
    [[nodiscard]] bool covers(const model::EntityKey& key) const;
};

/// Chooses the manifests that come from the given files and folders; paths count from the project's
/// folder. A path that no manifest comes from is an error.
Result<Selection> select(manifest::Manifests manifests, const std::vector<std::string>& paths);

} // namespace penstock::cli
