#pragma once

#include "base/clock.hpp"
#include "emulator/id_source.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

namespace penstock::story {

/// Lets several runs, each in a thread of its own, take turns: exactly one goes on at any time,
/// always the one whose next event is due first, so that equal seeds give equal interleavings.
class Turns {
  public:
    explicit Turns(std::uint64_t seed) : seed_(seed) {}

    /// Adds a run that begins at that time; before any thread starts.
    std::size_t join(UtcTime due);
    /// The first run may go, after all have joined.
    void start();

    /// In a run's thread: waits for the first turn.
    void begin(std::size_t who);
    /// In a run's thread: waits until it is the run's turn to do what is due at that time.
    void wait(std::size_t who, UtcTime due);
    /// In a run's thread: it has come to its end.
    void leave(std::size_t who);

  private:
    struct Seat {
        std::optional<UtcTime> due; ///< nothing: has left
        std::condition_variable called;
    };

    void call_next();
    void await_call(std::unique_lock<std::mutex>& lock, std::size_t who);

    std::mutex mutex_;
    std::deque<Seat> seats_;
    std::optional<std::size_t> turn_;
    std::uint64_t seed_;
    std::uint64_t draws_ = 0;
};

} // namespace penstock::story
