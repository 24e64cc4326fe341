#pragma once

#include "json/value.hpp"
#include "plan/plan.hpp"
#include "render/style.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::render {

/// What a plan says about the platform having moved away from git.
struct Drift {
    std::vector<const plan::EntityChange*> findings; ///< changes that are not from git alone
    std::vector<const plan::Note*> lost;             ///< dataflows that lost their marker
    std::size_t waiting = 0;                         ///< changes in git that were not applied yet

    [[nodiscard]] bool found() const { return !findings.empty() || !lost.empty(); }
};

/// The result points into `plan`.
Drift find_drift(const plan::Plan& plan);

/// Who changed what, as `expected -> found`. Ends with a newline.
std::string drift_text(const plan::Plan& plan, const Style& style);

json::Object drift_json(const plan::Plan& plan, std::string_view version);

} // namespace penstock::render
