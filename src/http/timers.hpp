#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace penstock::http {

/// Actions that wait for their time on the steady clock.
class Timers {
  public:
    void add(Milliseconds delay, std::function<void()> action);
    [[nodiscard]] bool empty() const { return queue_.empty(); }
    /// How long until the next is due, at most `longest`.
    [[nodiscard]] Milliseconds until_next(Milliseconds longest) const;
    /// Runs what is due, in the order of the times; false if nothing was.
    bool run_due();

  private:
    struct Timer {
        std::chrono::steady_clock::time_point due;
        std::uint64_t number; ///< keeps equal times in their order
        std::function<void()> action;
    };
    struct Later {
        bool operator()(const Timer& a, const Timer& b) const {
            return a.due != b.due ? a.due > b.due : a.number > b.number;
        }
    };
    std::priority_queue<Timer, std::vector<Timer>, Later> queue_;
    std::uint64_t count_ = 0;
};

} // namespace penstock::http
