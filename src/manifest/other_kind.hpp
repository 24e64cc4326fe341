#pragma once

#include "manifest/readers.hpp"

#include <optional>
#include <string>

namespace penstock::manifest {

/// The kind that an export is probably meant to be of: it lists what the other kind exports, and
/// nothing that its own does. What its kind asks for would then mislead.
std::optional<Kind> other_kind(const Document& document);

/// Complains at `kind` about an export that looks like one of the kind `other`.
void complain_about_kind(const Document& document, Kind other, Complaints& complaints);

/// Puts a fault of such an export into better words; false if it comes from the kind alone.
bool explain_in_other_kind(Kind other, Fault& fault);

/// `it belongs to kind SegmentExport`
std::string belongs_to(Kind kind);

} // namespace penstock::manifest
