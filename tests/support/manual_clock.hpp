#pragma once

#include "base/clock.hpp"

namespace penstock::test {

/// A clock that stands still until it is moved.
class ManualClock final : public Clock {
  public:
    /// 2026-11-01T00:00:00Z unless told otherwise.
    explicit ManualClock(UtcTime start = UtcTime(Milliseconds(1'793'491'200'000))) : now_(start) {}

    [[nodiscard]] UtcTime now() const override { return now_; }
    void set(UtcTime now) { now_ = now; }
    void advance(Milliseconds by) { now_ += by; }

  private:
    UtcTime now_;
};

} // namespace penstock::test
