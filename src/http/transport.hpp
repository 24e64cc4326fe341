#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

#include <functional>
#include <utility>

namespace penstock::http {

/// Sends requests, many at a time, from one thread. Completions and timers run inside step(), never
/// inside send(), schedule() or compute(), so a caller can finish what it is doing before it hears
/// back.
class Transport {
  public:
    using Completion = std::function<void(Result<Response>)>;

    virtual ~Transport() = default;

    /// Starts the request. Completes with any answer, whatever its status, or with an Error when
    /// there was no complete answer: unreachable if nothing was sent, network otherwise. Its
    /// `exchange` has method and path.
    virtual void send(Request request, Completion completion) = 0;

    /// Runs `action` once `delay` has passed.
    virtual void schedule(Milliseconds delay, std::function<void()> action) = 0;

    /// Runs `work`, which may touch nothing but what it was given, perhaps on another thread; then
    /// `then` inside step(). What is computed meanwhile does not hold up what is sent.
    virtual void compute(std::function<void()> work, std::function<void()> then) {
        schedule(Milliseconds{0}, [work = std::move(work), then = std::move(then)] {
            work();
            then();
        });
    }

    /// Waits until something is due and runs it. False, at once, when nothing is under way.
    virtual bool step() = 0;
};

/// Steps until nothing is under way.
inline void run(Transport& transport) {
    while (transport.step()) {
    }
}

} // namespace penstock::http
