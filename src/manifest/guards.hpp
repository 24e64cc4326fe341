#pragma once

#include "manifest/complaints.hpp"
#include "manifest/documents.hpp"
#include "manifest/readers.hpp"

#include <string>
#include <string_view>

namespace penstock::manifest {

/// `spec.guards` of a project whose document fits its schema. Complains about what would protect
/// nothing, and about environments that are not in `spec.environments`.
Guards read_guards(const Document& project, Complaints& complaints);

/// Complains about an account or export that does not keep to the project's guards: a destination
/// that is not allowed, labels that are missing or empty.
void check_guards(const Guards& guards, const Document& project, const Document& document,
                  Complaints& complaints);

/// True if a pattern, in which `*` stands for any text, describes the whole name.
bool matches_name(std::string_view pattern, std::string_view name);

/// By what an account or export is protected in an environment: `its name (loyalty-*)`,
/// `its label tier=gold`; empty if it is not. `labels` is null where no manifest describes it.
std::string protection(const Guards& guards, std::string_view environment, std::string_view name,
                       const std::map<std::string, std::string>* labels);

} // namespace penstock::manifest
