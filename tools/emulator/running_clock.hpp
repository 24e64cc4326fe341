#pragma once

#include "base/clock.hpp"

#include <chrono>

namespace penstock::emulator {

/// A clock that starts at any time and may run faster than the machine's, so that a demonstration
/// need not wait for the next export.
class RunningClock final : public Clock {
  public:
    RunningClock(UtcTime start, int speed) : start_(start), speed_(speed) {}

    [[nodiscard]] UtcTime now() const override {
        const auto passed = std::chrono::steady_clock::now() - begin_;
        return start_ + std::chrono::duration_cast<Milliseconds>(passed * speed_);
    }

  private:
    UtcTime start_;
    int speed_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

} // namespace penstock::emulator
