#pragma once

#include <cstddef>
#include <functional>
#include <limits>

namespace penstock {

/// Calls `work` with every number below `count`, on all cores at once and in no order; returns when
/// all are done. What one call does must not depend on what another writes. If a call throws,
/// numbers that nobody began with are left out, and one of the exceptions is thrown here. `most`
/// bounds the calls at the same time, where each needs much memory.
void for_each_on_all_cores(std::size_t count, const std::function<void(std::size_t)>& work,
                           std::size_t most = std::numeric_limits<std::size_t>::max());

} // namespace penstock
