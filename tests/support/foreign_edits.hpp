#pragma once

#include "support/command_line.hpp"

#include <functional>
#include <string>
#include <vector>

namespace penstock::test {

/// The segment that edits of segments are about; both exports of segments have it.
inline constexpr const char* chosen_segment = "4d1c2b7e-93a5-4f0e-8a6d-5b7c9e1f2a30";

/// What somebody else does in the platform to one field of one entity of that project.
struct ForeignEdit {
    std::string address;
    std::string field; ///< in canonical content; `*` stands for any key of a set
    std::string told;  ///< the field, what it was and what it is, as a stale plan has it
    std::function<void(CommandLine&)> make;
};

/// One or more for every field that requests to the platform can change.
const std::vector<ForeignEdit>& foreign_edits();
/// The first for that field; fails the test if there is none.
const ForeignEdit& foreign_edit(const std::string& address, const std::string& field);

} // namespace penstock::test
