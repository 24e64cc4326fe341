#pragma once

#include "render/report.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::render {

/// What a report tells of one account or export, or one complaint.
struct Part {
    std::string name;      ///< `devices`, or the address that is complained about
    std::string_view noun; ///< `export`, `account`, `place`
    std::vector<const Finding*> findings;
};

/// Parts of which the same is told, to be told once.
using Group = std::vector<Part>;

/// How alike parts are that a reader takes for the same.
enum class Likeness {
    in_every_line, ///< every line is the same but for names, ids, times and places
    in_kind,       ///< the same happens to the same kinds of entities
};

/// The parts of all findings but complaints, one for each heading; those first that somebody
/// may lose something by.
std::vector<Part> parts_of(const Report& report);
/// One part for each complaint, errors first.
std::vector<Part> complaints_of(const Report& report);

std::vector<Group> grouped(const std::vector<Part>& parts, Likeness likeness);

/// What the names of a group begin with, up to a hyphen or dot: `loyalty-*`; empty if nothing.
std::string pattern_of(const Group& group);

} // namespace penstock::render
