#pragma once

#include <chrono>

namespace penstock {

using Milliseconds = std::chrono::milliseconds;

/// A point in time in UTC, to the millisecond, as the service's epoch-millisecond fields have it.
using UtcTime = std::chrono::sys_time<Milliseconds>;

/// Where the time of day comes from, so that tests and simulations bring their own.
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual UtcTime now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
  public:
    [[nodiscard]] UtcTime now() const override;
};

} // namespace penstock
