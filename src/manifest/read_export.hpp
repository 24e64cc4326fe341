#pragma once

#include "manifest/readers.hpp"

#include <string>
#include <string_view>

namespace penstock::manifest {

/// Where the target parameters stand. Only check_target_parameters() looks at their values, so that
/// each fault comes once.
inline constexpr std::string_view target_path = "spec.destination";

/// Fills what exports of all kinds have.
void read_export(const Document& document, Export& result, Complaints& complaints);

/// True if dataflows of the workflow go to the destination. Else the account is the wrong one, and
/// nothing more can be said of the target; complains about it.
bool check_workflow(const Document& document, const catalogue::Destination& destination,
                    catalogue::Workflow workflow, Complaints& complaints);

/// Checks the target parameters against those that the destination has for the workflow and for the
/// place that the account's auth spec leads to. The entry of `spec.destination`; null if none is
/// there that could be looked at further.
const Entry* check_target_parameters(const Document& document, const Export& written,
                                     const catalogue::Destination& destination,
                                     catalogue::Workflow workflow, Complaints& complaints);

/// The RFC 6901 pointer of a fault's path: `/spec/datasets/0/id` for `spec.datasets[0].id`.
std::string pointer_of(std::string_view path);

} // namespace penstock::manifest
