#pragma once

#include "manifest/documents.hpp"
#include "plan/guards.hpp"

#include <string>

namespace penstock::cli {

/// By what labels and names protect an account or an export in an environment. What a run may
/// delete or replace has its manifest among `manifests`, unless it has none at all. These have to
/// outlive the result.
plan::Protection protection(const manifest::Manifests& manifests, const std::string& environment);

} // namespace penstock::cli
