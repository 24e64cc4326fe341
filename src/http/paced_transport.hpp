#pragma once

#include "http/pace.hpp"
#include "http/transport.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <utility>

namespace penstock::http {

/// Keeps as many requests in flight as the pace allows; the others wait here and none is lost. The
/// most urgent goes first, and of those the one that was sent first.
class PacedTransport final : public Transport {
  public:
    /// `most`: requests in flight at once while the service keeps up.
    PacedTransport(Transport& inner, std::size_t most) : inner_(inner), pace_(most) {}

    void send(Request request, Completion completion) override;
    void schedule(Milliseconds delay, std::function<void()> action) override {
        inner_.schedule(delay, std::move(action));
    }
    void compute(std::function<void()> work, std::function<void()> then) override {
        inner_.compute(std::move(work), std::move(then));
    }
    bool step() override { return inner_.step(); }

    [[nodiscard]] std::size_t limit() const { return pace_.limit(); }

  private:
    void send_waiting();

    Transport& inner_;
    Pace pace_;
    std::size_t in_flight_ = 0;
    std::multimap<std::size_t, std::pair<Request, Completion>, std::greater<>> waiting_;
};

} // namespace penstock::http
