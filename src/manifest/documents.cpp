#include "manifest/documents.hpp"

#include <algorithm>

namespace penstock::manifest {

std::vector<const Export*> Manifests::exports() const {
    std::vector<const Export*> all;
    for (const auto& document : datasets) {
        all.push_back(&document);
    }
    for (const auto& document : segments) {
        all.push_back(&document);
    }
    std::sort(all.begin(), all.end(),
              [](const Export* a, const Export* b) { return a->metadata.name < b->metadata.name; });
    return all;
}

} // namespace penstock::manifest
