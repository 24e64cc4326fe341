#pragma once

#include "catalogue/catalogue.hpp"
#include "manifest/documents.hpp"
#include "model/graph.hpp"

namespace penstock::desired {

/// The entities that realise the manifests, with symbolic references between them, sorted by
/// kind and name. Pure; the manifests have been checked before.
model::DesiredGraph build(const manifest::Manifests& manifests,
                          const catalogue::Catalogue& catalogue);

} // namespace penstock::desired
