#pragma once

#include "base/diagnostic.hpp"
#include "catalogue/catalogue.hpp"
#include "manifest/documents.hpp"
#include "manifest/source.hpp"
#include "manifest/stored_texts.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock::manifest {

/// What reading a project came to. `manifests` is set only if no diagnostic is an error.
struct LoadResult {
    std::optional<Manifests> manifests;
    std::vector<Diagnostic> diagnostics; ///< sorted by file, line, column
    std::size_t files = 0;
    std::vector<std::shared_ptr<const Source>> sources; ///< all files read, penstock.yaml first
};

/// Reads `folder`/penstock.yaml and every manifest that it names, checks each document and their
/// references to each other, and returns all complaints at once. File names in diagnostics are
/// relative to `folder`. Never throws, whatever the files hold.
LoadResult load(const std::string& folder, const catalogue::Catalogue& catalogue);

/// The same out of texts that were read before; `folder` is where files that the manifests name,
/// such as those of secrets, are looked for.
LoadResult load(std::vector<NamedText> texts, const std::string& folder,
                const catalogue::Catalogue& catalogue);

} // namespace penstock::manifest
