#pragma once

#include "plan/plan.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace penstock::plan {

/// What a step has to wait for; of several reasons the first counts.
class Prerequisites {
  public:
    void add(std::size_t step, Need need) { needs_.try_emplace(step, need); }

    [[nodiscard]] std::vector<Prerequisite> take() const {
        std::vector<Prerequisite> list;
        for (const auto& [step, need] : needs_) {
            list.push_back({step, need});
        }
        return list;
    }

  private:
    std::map<std::size_t, Need> needs_;
};

} // namespace penstock::plan
