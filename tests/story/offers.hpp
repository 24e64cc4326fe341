#pragma once

#include "manifest/documents.hpp"

#include <string>
#include <vector>

namespace penstock::story {

/// An account that projects may have, with exports that go with it.
struct Offer {
    manifest::Account account;
    std::vector<manifest::DatasetExport> datasets;
    std::vector<manifest::SegmentExport> segments;
};

/// Every way to sign in to every destination of the catalogue: the accounts of the folder
/// manifests/ and samples of those that it lacks, each with the exports that fit it.
const std::vector<Offer>& offers();

/// A project of that name without accounts and exports.
manifest::Manifests empty_project(const std::string& name);

/// Sorts what a project holds by name, as manifests are read.
manifest::Manifests in_order(manifest::Manifests project);

} // namespace penstock::story
