#include "http/curl_transport.hpp"
#include "http/workers.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace penstock;
using namespace penstock::http;

namespace {

/// Lets a test wait until workers have called.
class Bell {
  public:
    void ring() {
        const std::lock_guard lock(mutex_);
        ++rung_;
        changed_.notify_all();
    }
    void wait_for(int times) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return rung_ >= times; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int rung_ = 0;
};

} // namespace

TEST_CASE("work is done elsewhere, and what follows here") {
    Bell bell;
    Workers workers([&] { bell.ring(); });
    CHECK(workers.empty());
    CHECK_FALSE(workers.run_done());
    std::thread::id worked;
    std::thread::id followed;
    sigset_t blocked;
    workers.add(
        [&] {
            worked = std::this_thread::get_id();
            pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
        },
        [&] { followed = std::this_thread::get_id(); });
    CHECK_FALSE(workers.empty());
    bell.wait_for(1);
    CHECK(workers.run_done());
    CHECK(workers.empty());
    CHECK(followed == std::this_thread::get_id());
    CHECK(worked != std::this_thread::get_id());
    CHECK(worked != std::thread::id{});
    CHECK(sigismember(&blocked, SIGINT) == 1); // signals are for the event loop
}

TEST_CASE("what work throws is thrown here") {
    Bell bell;
    Workers workers([&] { bell.ring(); });
    bool followed = false;
    workers.add([] { throw std::runtime_error("broken"); }, [&] { followed = true; });
    bell.wait_for(1);
    CHECK_THROWS_WITH_AS(workers.run_done(), "broken", std::runtime_error);
    CHECK_FALSE(followed);
    CHECK(workers.empty());
}

TEST_CASE("what waits when the workers go is dropped") {
    Bell bell;
    const auto held = std::make_shared<int>(0);
    bool followed = false;
    {
        Workers workers([&] { bell.ring(); });
        for (int i = 0; i < 100; ++i) {
            workers.add([held] {}, [held, &followed] { followed = true; });
        }
        bell.wait_for(1);
    }
    CHECK_FALSE(followed);
    CHECK(held.use_count() == 1); // nothing of it is left
}

TEST_CASE("the transport steps until what is computed has been told") {
    CurlTransport transport({});
    std::vector<std::string> told;
    std::string first;
    transport.compute([&] { first = "done"; },
                      [&] {
                          told.push_back(first);
                          transport.compute([] {}, [&] { told.emplace_back("then"); });
                      });
    CHECK(told.empty());
    run(transport);
    CHECK(told == std::vector<std::string>{"done", "then"});
    CHECK_FALSE(transport.step());
}
