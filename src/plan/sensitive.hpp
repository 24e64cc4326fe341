#pragma once

#include "plan/plan.hpp"

namespace penstock::plan {

/// Takes live values that may be secrets out of what `change` shows, and says where they stood. The
/// catalogue marks what is a secret everywhere; any other credential may be kept as one by the
/// manifest that wrote it, so only those are shown that `desired`, the manifest of now, holds as
/// text. Null: no manifest describes the entity any more.
void hide_credentials(EntityChange& change, const model::DesiredEntity* desired);

} // namespace penstock::plan
