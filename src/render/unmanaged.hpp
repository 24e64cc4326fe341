#pragma once

#include "model/graph.hpp"
#include "plan/plan.hpp"
#include "render/report.hpp"
#include "render/style.hpp"

#include <vector>

namespace penstock::render {

/// The dataflows of the sandbox that go to a destination which penstock knows and that no manifest
/// describes, sorted by name and id: those of others, and of the project those that `plan` deletes.
std::vector<UnmanagedFlow> unmanaged_flows(const model::LiveGraph& live, const plan::Plan& plan,
                                           const KnownNames& names);

} // namespace penstock::render
