#pragma once

#include "catalogue/catalogue.hpp"
#include "manifest/documents.hpp"

#include <string>
#include <vector>

namespace penstock::test {

/// A segment of its own name and id number `n`, every day after evaluation.
manifest::Segment segment(int n);

/// An export of two segments and two columns as CSV, through the account "s3".
manifest::SegmentExport segment_export(const std::string& name);

/// A project called "acme" with one S3 account "s3" and the export "loyalty" of segments.
manifest::Manifests segment_project();

/// The same with that many exports, named by a letter and a number: e000, e001, ...
manifest::Manifests segment_project_of(int exports, char letter = 'e');

/// The same for another destination of the catalogue, with that auth spec or the first it has: with
/// attributes in the place of columns where it takes these, and file names as it wants them.
manifest::Manifests segment_project_for(const std::string& slug, const std::string& auth_spec = {});

/// The names of a destination's auth specs; one empty name if it takes no credentials.
std::vector<std::string> auth_specs_of(const catalogue::Destination& destination);

} // namespace penstock::test
