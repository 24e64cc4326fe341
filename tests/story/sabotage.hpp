#pragma once

#include "emulator/platform.hpp"
#include "http/message.hpp"
#include "plan/plan.hpp"
#include "story/tally.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace penstock::story {

/// What makes a run behave as if the tool had a certain bug. Everything may be left out.
struct Sabotage {
    /// A POST whose outcome is unknown is sent again at once.
    bool repeats_posts = false;
    /// Changes a request just before the platform sees it.
    std::function<void(http::Request&, const emulator::Platform&)> alter;
    /// Answers in the place of the platform.
    std::function<std::optional<http::Response>(const http::Request&, emulator::Platform&)> instead;
    /// Changes a plan before it is carried out.
    std::function<void(plan::Plan&)> replan;
};

/// A bug that the stories have to find.
struct Bug {
    std::string_view name;
    Invariant caught_by = Invariant::converges;
    std::uint64_t within = 0; ///< seeds
    Sabotage sabotage;
};

const std::vector<Bug>& deliberate_bugs();

} // namespace penstock::story
