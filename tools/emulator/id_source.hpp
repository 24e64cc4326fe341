#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <string>

namespace penstock::emulator {

/// Ids, etags and draws that follow from a seed and a counter alone, so that the state of the
/// source is one number and a reloaded platform goes on where it stopped.
class IdSource {
  public:
    explicit IdSource(std::uint64_t seed) : seed_(seed) {}

    /// The next 64 pseudo-random bits.
    std::uint64_t next();
    /// A version 4 UUID.
    std::string uuid();
    /// A version in the service's shape, with the quote characters that belong to it (section 3.2).
    std::string etag();
    /// `digits` hexadecimal digits, at most 16.
    std::string hex(int digits);

    [[nodiscard]] std::int64_t position() const { return static_cast<std::int64_t>(counter_); }
    void set_position(std::int64_t position) { counter_ = static_cast<std::uint64_t>(position); }

  private:
    std::uint64_t seed_;
    std::uint64_t counter_ = 0;
};

/// `seed` and `index` mixed into 64 bits; equal arguments give equal results.
std::uint64_t mixed(std::uint64_t seed, std::uint64_t index);

/// Milliseconds since the epoch, as the service's timestamps count.
std::int64_t epoch_ms(UtcTime time);

} // namespace penstock::emulator
