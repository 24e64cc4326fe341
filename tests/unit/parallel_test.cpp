#include "base/parallel.hpp"
#include "base/thread.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace penstock;

namespace {

/// True if the thread that asks is given this signal.
bool hears(int signal) {
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    return sigismember(&blocked, signal) == 0;
}

} // namespace

TEST_CASE("signals are for the main thread alone") {
    REQUIRE(hears(SIGINT));
    bool heard = true;
    start_thread([&] { heard = hears(SIGINT) || hears(SIGTERM); }).join();
    CHECK_FALSE(heard);
    CHECK(hears(SIGINT));
    CHECK(hears(SIGTERM));

    const auto here = std::this_thread::get_id();
    std::atomic<bool> heard_elsewhere = false;
    for_each_on_all_cores(10'000, [&](std::size_t) {
        if (std::this_thread::get_id() != here && hears(SIGINT)) {
            heard_elsewhere = true;
        }
    });
    CHECK_FALSE(heard_elsewhere);
}

TEST_CASE("every number is worked on once") {
    for (const std::size_t count : {0U, 1U, 2U, 3U, 1000U}) {
        CAPTURE(count);
        std::vector<std::atomic<int>> calls(count);
        for_each_on_all_cores(count, [&](std::size_t i) { ++calls.at(i); });
        CHECK(std::all_of(calls.begin(), calls.end(), [](const auto& n) { return n == 1; }));
    }
}

TEST_CASE("what one call throws reaches the caller, after all threads have ended") {
    std::atomic<int> begun = 0;
    std::atomic<int> ended = 0;
    std::atomic<bool> thrown = false;
    const auto work = [&](std::size_t i) {
        if (i == 0) {
            thrown = true;
            throw std::runtime_error("zero");
        }
        ++begun;
        while (!thrown) { // so that the others are still at work
            std::this_thread::yield();
        }
        ++ended;
    };
    CHECK_THROWS_WITH_AS(for_each_on_all_cores(100, work), "zero", std::runtime_error);
    CHECK(begun == ended);
}

TEST_CASE("no more calls at the same time than are allowed") {
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    const auto work = [&](std::size_t) {
        const int now = ++running;
        most = std::max(most.load(), now);
        std::this_thread::yield();
        --running;
    };
    for_each_on_all_cores(1000, work, 1);
    CHECK(most == 1);
}
