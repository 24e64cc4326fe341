#include "base/clock.hpp"

namespace penstock {

UtcTime SystemClock::now() const {
    return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
}

} // namespace penstock
