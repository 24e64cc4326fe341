#include "json/text.hpp"
#include "support/runs.hpp"
#include "support/segments.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace penstock;
using test::World;

TEST_CASE("an export of segments is made once, and a second plan is empty") {
    World world;
    const auto project = test::segment_project();
    const auto first = world.apply(project);
    test::check_done(first);
    CHECK(world.count(emulator::Kind::flow) == 1);
    CHECK(test::bodies(first, "POST", "flowservice/flows").size() == 1);
    CHECK(test::bodies(first, "PATCH", "flowservice/flows").size() == 1);
    test::check_unchanged(world.apply(project));
}
