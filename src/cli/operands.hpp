#pragma once

#include "base/result.hpp"
#include "cli/arguments.hpp"

namespace penstock::cli {

/// An error if one of the operands of `apply` is neither a manifest of the project, nor a folder,
/// nor a saved plan. What only the manifests could tell while they are invalid is let through.
Result<void> check_apply_operands(const Arguments& arguments);

} // namespace penstock::cli
