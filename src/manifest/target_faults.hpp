#pragma once

#include "manifest/other_kind.hpp"
#include "manifest/readers.hpp"

#include <optional>
#include <vector>

namespace penstock::manifest {

/// What the target parameters of an export were checked against.
struct TargetRules {
    const catalogue::Destination& destination;
    const catalogue::TargetVariant& variant;
    catalogue::Workflow workflow = catalogue::Workflow::datasets;
    const Export& written;            ///< with the account, and its auth spec
    std::optional<Kind> other_kind{}; ///< what the document probably is in truth
};

/// The parameter of file formats that one workflow has in the place of the other's.
std::string_view file_type_of(catalogue::Workflow workflow);

/// Puts faults of `spec.destination` into the words of that destination, and leaves out those that
/// only follow from others.
std::vector<Fault> explain_target_faults(std::vector<Fault> faults, const TargetRules& rules);

} // namespace penstock::manifest
