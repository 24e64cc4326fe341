#pragma once

#include "story/sabotage.hpp"
#include "story/tally.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace penstock::story {

/// What came of the story of one seed.
struct Told {
    Tally tally;
    std::vector<std::string> story;    ///< in words
    std::vector<Violation> violations; ///< the first of each invariant
};

/// A random project in a sandbox that others use too: edits in git and behind git's back, faults,
/// crashes and runs at once, and after each of its chapters calm, in which all has to come right.
/// Equal seeds tell equal stories.
Told tell_story(std::uint64_t seed, const Sabotage* sabotage = nullptr,
                bool tells_requests = false);

} // namespace penstock::story
