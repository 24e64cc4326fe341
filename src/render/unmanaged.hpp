#pragma once

#include "model/graph.hpp"
#include "render/report.hpp"
#include "render/style.hpp"

#include <vector>

namespace penstock::render {

/// The dataflows of the sandbox that go to a destination which penstock knows and are not the
/// project's own, sorted by name and id.
std::vector<UnmanagedFlow> unmanaged_flows(const model::LiveGraph& live, const KnownNames& names);

} // namespace penstock::render
