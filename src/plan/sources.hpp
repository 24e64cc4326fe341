#pragma once

#include "json/value.hpp"
#include "plan/plan.hpp"

#include <string>
#include <vector>

namespace penstock::plan {

/// What columns may be taken from (reference, section 3.13).
struct ProfileSchema {
    json::Value union_schema;            ///< null: not known, nothing is said about attributes
    std::vector<std::string> namespaces; ///< codes of identities; empty: not known
    std::string unknown = {};            ///< why something is not known; may be empty
};

/// True if the plan writes a mapping or attributes, so that their sources are worth a look.
bool writes_columns(const Plan& plan);

/// Warnings about columns and attributes whose source the profile does not seem to have. Warnings,
/// since a schema may hold what cannot be followed from here: the service checks for itself before
/// it stores a mapping.
std::vector<Note> check_sources(const Plan& plan, const ProfileSchema& profile);

} // namespace penstock::plan
