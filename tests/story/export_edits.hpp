#pragma once

#include "manifest/documents.hpp"
#include "support/random.hpp"

#include <string>

namespace penstock::story {

/// Changes one thing that manifests say of the export and returns it in words.
std::string change(manifest::DatasetExport& document, test::Random& random);
std::string change(manifest::SegmentExport& document, test::Random& random);

/// Changes all that can be changed.
std::string change_everything(manifest::DatasetExport& document, test::Random& random);
std::string change_everything(manifest::SegmentExport& document, test::Random& random);

} // namespace penstock::story
