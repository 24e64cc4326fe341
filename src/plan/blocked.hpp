#pragma once

#include "plan/candidates.hpp"
#include "plan/plan.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace penstock::plan {

/// What must not be touched, since whose it is cannot be told, and why.
struct Blocked {
    std::set<std::string> exports;
    std::set<std::string> accounts;
    std::vector<Note> notes;
};

/// Exports whose dataflow or connections have lost their marker, whose name somebody else has, or
/// whose base connection is not there; and accounts whose base connection has lost its marker. A
/// second entity in the place of such a one could double or restart an export. What the project
/// shares is held back like an export of its own name, and what uses it with it. `held_back` are
/// exports that are known to be left alone for another reason. Notes tell of what `shard` owns.
Blocked find_blocked(const model::DesiredGraph& desired, const LiveIndex& index,
                     std::set<std::string> held_back, const std::optional<model::Shard>& shard);

} // namespace penstock::plan
