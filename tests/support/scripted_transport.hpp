#pragma once

#include "base/clock.hpp"
#include "http/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace penstock::test {

/// A clock that moves only when it is told to.
class ManualClock final : public Clock {
  public:
    [[nodiscard]] UtcTime now() const override { return now_; }
    void advance(Milliseconds by) { now_ += by; }

  private:
    UtcTime now_{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1}};
};

/// A request that was sent, and when.
struct SentRequest {
    http::Request request;
    UtcTime at;
};

/// A Transport without a network: answers come from a queue in the order of the requests, time is
/// virtual and jumps to the next timer, and every request is kept for the test to look at.
class ScriptedTransport final : public http::Transport {
  public:
    /// The answer to the next request that has none yet.
    void answer(http::Response response) { answers_.emplace_back(std::move(response)); }
    void answer(Error error) { answers_.emplace_back(fail(std::move(error))); }
    /// A JSON answer.
    void answer(int status, std::string body,
                std::initializer_list<std::pair<std::string, std::string>> headers = {});

    void send(http::Request request, Completion completion) override;
    void schedule(Milliseconds delay, std::function<void()> action) override;
    /// In step() like all else, or on other threads if the test wants that.
    void compute(std::function<void()> work, std::function<void()> then) override;
    void compute_on_threads();
    /// A request beyond the script fails with ErrorKind::general, "not in the script".
    bool step() override;

    [[nodiscard]] const std::vector<SentRequest>& sent() const { return sent_; }
    [[nodiscard]] const http::Request& sent(std::size_t index) const;
    [[nodiscard]] const ManualClock& clock() const { return clock_; }
    [[nodiscard]] ManualClock& clock() { return clock_; }
    /// How many scripted answers nobody has asked for.
    [[nodiscard]] std::size_t unused() const { return answers_.size(); }

  private:
    struct Timer {
        UtcTime due;
        std::uint64_t number;
        std::function<void()> action;
    };

    struct Threads;

    ManualClock clock_;
    std::shared_ptr<Threads> threads_; ///< null: there are none
    std::deque<Result<http::Response>> answers_;
    std::deque<std::function<void()>> ready_;
    std::vector<Timer> timers_;
    std::vector<SentRequest> sent_;
    std::uint64_t timer_count_ = 0;
};

} // namespace penstock::test
