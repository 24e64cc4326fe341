#pragma once

#include "emulator/faults.hpp"
#include "emulator/platform.hpp"
#include "http/transport.hpp"
#include "support/manual_clock.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock::test {

/// A request that reached the platform or was answered in its place, and the status of its answer
/// (0 if the connection was cut).
struct Recorded {
    std::string method;
    std::string path;
    std::string query;
    std::string body;
    int status = 0;
};

/// Sends requests to a Platform in the same process, on the time of a ManualClock: a request
/// reaches the platform after half of its latency and is answered after all of it, and waiting
/// costs nothing.
class InProcessTransport final : public http::Transport {
  public:
    InProcessTransport(emulator::Platform& platform, ManualClock& clock)
        : platform_(platform), clock_(clock) {}

    void send(http::Request request, Completion completion) override;
    void schedule(Milliseconds delay, std::function<void()> action) override;
    bool step() override;

    /// The time that every request takes; 10 ms unless set.
    void set_latency(Milliseconds latency);
    /// A time for each request, drawn evenly from `lowest` to `highest`.
    void set_random_latency(Milliseconds lowest, Milliseconds highest, std::uint64_t seed);
    void set_faults(emulator::FaultPlan faults) { faults_ = std::move(faults); }

    /// Once `requests` more have been handled everything stops, as if the process had been killed:
    /// nothing completes any more and step() returns false.
    void fail_after(std::size_t requests) { remaining_ = requests; }
    [[nodiscard]] bool has_stopped() const { return stopped_; }
    /// After a stop: the requests that were on their way still reach the platform, as those of a
    /// process do that is killed.
    void deliver_what_is_under_way();

    /// When something is due next; nothing if nothing is under way.
    [[nodiscard]] std::optional<UtcTime> next_due() const;

    /// Asked when a request is sent, before the fault plan.
    std::function<std::optional<emulator::Fault>(const http::Request&)> draw_fault;
    /// May change a request when it arrives.
    std::function<void(http::Request&)> alter;
    /// Asked before the platform; an answer from here is the request's answer.
    std::function<std::optional<http::Response>(const http::Request&)> intercept;
    /// Sees every answer when it leaves, nothing if the connection is cut, and may change it.
    std::function<void(const http::Request&, std::optional<http::Response>&)> answered;

    [[nodiscard]] const std::vector<Recorded>& requests() const { return requests_; }
    void forget_requests() { requests_.clear(); }
    /// The most requests that were under way at once.
    [[nodiscard]] std::size_t most_at_once() const { return most_at_once_; }

  private:
    struct Event {
        std::function<void()> action;
        bool is_arrival = false;
    };

    void at(UtcTime time, std::function<void()> action, bool is_arrival = false);
    void arrive(http::Request request, const std::optional<emulator::Fault>& fault,
                Milliseconds way_back, const Completion& completion);
    Milliseconds next_latency();

    emulator::Platform& platform_;
    ManualClock& clock_;
    emulator::FaultPlan faults_;
    /// By time, then in the order in which they were asked for.
    std::map<std::pair<UtcTime, std::uint64_t>, Event> events_;
    std::uint64_t next_event_ = 0;
    std::vector<Recorded> requests_;
    std::optional<std::size_t> remaining_;
    bool stopped_ = false;
    Milliseconds lowest_latency_{10};
    Milliseconds highest_latency_{10};
    std::uint64_t latency_seed_ = 0;
    std::uint64_t latencies_drawn_ = 0;
    std::size_t under_way_ = 0;
    std::size_t most_at_once_ = 0;
};

} // namespace penstock::test
