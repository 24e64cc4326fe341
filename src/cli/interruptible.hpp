#pragma once

#include "http/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

namespace penstock::cli {

/// Lets a user stop what only reads: once `interrupted` says so, everything under way and
/// everything new fails with ErrorKind::interrupted, so that callers wind up by their ordinary
/// error paths.
class InterruptibleTransport final : public http::Transport {
  public:
    InterruptibleTransport(http::Transport& inner, std::function<bool()> interrupted);

    /// From now on requests are finished whatever happens: writes must not be cut off.
    void finish_everything() { armed_ = false; }
    /// What is sent from now on can be stopped again.
    void finish_nothing() { armed_ = true; }

    void send(http::Request request, Completion completion) override;
    void schedule(Milliseconds delay, std::function<void()> action) override;
    void compute(std::function<void()> work, std::function<void()> then) override;
    bool step() override;

  private:
    bool stopped() const { return armed_ && interrupted_(); }
    bool fail_pending();

    http::Transport& inner_;
    std::function<bool()> interrupted_;
    bool armed_ = true;
    std::uint64_t next_ = 0;
    std::size_t computing_ = 0;
    std::map<std::uint64_t, Completion> requests_;
    std::map<std::uint64_t, std::function<void()>> timers_;
};

} // namespace penstock::cli
