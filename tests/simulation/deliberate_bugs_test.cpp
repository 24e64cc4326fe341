#include "story/sabotage.hpp"
#include "story/story.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>

using namespace penstock;

TEST_CASE("the stories find each deliberate bug, by the invariant that is there for it") {
    for (const auto& bug : story::deliberate_bugs()) {
        const std::string name(bug.name);
        INFO(name);
        bool is_caught = false;
        std::uint64_t seed = 1;
        for (; seed <= bug.within && !is_caught; ++seed) {
            const auto told = story::tell_story(seed, &bug.sabotage);
            is_caught = std::any_of(
                told.violations.begin(), told.violations.end(),
                [&](const auto& violation) { return violation.invariant == bug.caught_by; });
        }
        CHECK(is_caught);
        MESSAGE(name, ": ", std::string(story::name(bug.caught_by)), " catches it at seed ",
                seed - 1);
    }
}
