#pragma once

#include "emulator/faults.hpp"
#include "http/message.hpp"
#include "story/tally.hpp"
#include "support/random.hpp"

#include <cstdint>
#include <optional>

namespace penstock::story {

/// What goes wrong on the way between one run and the platform.
class Weather {
  public:
    /// Of a thousand requests, `faults` go wrong in one of the ways that the seed chooses.
    Weather(std::uint64_t seed, int faults, Tally& tally)
        : random_(seed), faults_(faults), tally_(tally) {}

    /// What happens to a request that is sent now.
    std::optional<emulator::Fault> draw(const http::Request& request);
    /// May change an answer; true if it did.
    bool disturb(const http::Request& request, http::Response& response);
    /// How long the platform takes to see a request whose connection is cut now; nothing if it
    /// sees it now or never.
    std::optional<Milliseconds> late();

  private:
    struct Kind;
    static const std::vector<Kind>& kinds();

    test::Random random_;
    int faults_;
    Tally& tally_;
};

} // namespace penstock::story
