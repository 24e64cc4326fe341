#include "base/parallel.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <vector>

using namespace penstock;

TEST_CASE("every number is worked on once") {
    for (const std::size_t count : {0U, 1U, 2U, 3U, 1000U}) {
        CAPTURE(count);
        std::vector<std::atomic<int>> calls(count);
        for_each_on_all_cores(count, [&](std::size_t i) { ++calls.at(i); });
        CHECK(std::all_of(calls.begin(), calls.end(), [](const auto& n) { return n == 1; }));
    }
}

TEST_CASE("what one call throws reaches the caller, after all threads have ended") {
    std::atomic<int> running = 0;
    const auto work = [&](std::size_t i) {
        ++running;
        const bool fails = i == 3;
        --running;
        if (fails) {
            throw std::runtime_error("three");
        }
    };
    CHECK_THROWS_WITH_AS(for_each_on_all_cores(100, work), "three", std::runtime_error);
    CHECK(running == 0);
}
