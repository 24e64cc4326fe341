#pragma once

#include "emulator/platform.hpp"
#include "model/graph.hpp"
#include "story/canaries.hpp"
#include "story/sabotage.hpp"
#include "story/turns.hpp"
#include "story/watch.hpp"
#include "story/weather.hpp"
#include "support/manual_clock.hpp"
#include "support/tool_run.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock::story {

/// One run that is to be made.
struct Order {
    const model::DesiredGraph* desired = nullptr;
    secrets::SecretSource* secrets = nullptr; ///< null: those of the sandbox
    std::uint64_t seed = 0;
    bool apply = true;
    std::size_t parallelism = 8;
    int faults = 0;                             ///< of a thousand requests
    std::optional<std::size_t> kill_after;      ///< requests
    std::optional<std::size_t> interrupt_after; ///< requests
    Milliseconds starts_in{0};                  ///< of runs at once
    Milliseconds list_lag{0};                   ///< of every list that it reads
};

/// What became of it.
struct Outcome {
    test::ToolRun run;
    std::string trouble; ///< it threw, or never came to an end
    bool stopped = false;
    std::size_t requests = 0;

    /// Everything that was planned is done, and nothing was held back.
    [[nodiscard]] bool is_success() const;
    /// The same, and nothing kept the run from looking at what others made: it says that all is
    /// well.
    [[nodiscard]] bool says_all_is_well() const;
};

/// Why a run was no success, or all that it planned.
std::string describe(const Outcome& outcome);

/// An emulated sandbox in which runs are made, one by one or several at once, each watched.
class Sandbox {
  public:
    Sandbox(const emulator::Settings& settings, Canaries& canaries, Journal& journal);

    /// Nobody looks unless told to, and nobody is in the way.
    void set_watch(Watch* watch) { watch_ = watch; }
    void set_sabotage(const Sabotage* sabotage) { sabotage_ = sabotage; }

    Outcome run(const Order& order);
    /// Each in a thread of its own, interleaved as the first order's seed has it.
    std::vector<Outcome> run_at_once(const std::vector<Order>& orders);

    /// Requests of cut connections that the platform has not seen yet reach it now.
    void deliver_late();
    /// True if there are any.
    [[nodiscard]] bool awaits_late() const { return !late_.empty(); }
    /// How many there have been in all.
    [[nodiscard]] std::size_t late_requests() const { return late_requests_; }
    /// Lets time pass.
    void wait(Milliseconds time);

    /// Called now and then while runs go on, as often as their faults.
    std::function<void()> meddle;

    test::ManualClock clock;
    emulator::Platform platform;

  private:
    struct Seat; ///< among those that take turns
    class Running;

    void deliver_late(UtcTime until);

    Canaries& canaries_;
    Journal& journal_;
    Watch* watch_ = nullptr;
    const Sabotage* sabotage_ = nullptr;
    std::vector<std::pair<UtcTime, http::Request>> late_; ///< still on their way to the platform
    std::size_t late_requests_ = 0;
};

} // namespace penstock::story
