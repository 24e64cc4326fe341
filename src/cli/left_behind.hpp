#pragma once

#include "cli/host.hpp"

#include <memory>
#include <tuple>
#include <utility>
#include <vector>

namespace penstock::cli {

/// Keeps `thing` as long as the process lives. Still referred to, so that a search for leaks finds
/// none.
inline void keep_for_good(std::shared_ptr<void> thing) {
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): that is its purpose
    static auto& kept = *new std::vector<std::shared_ptr<void>>;
    kept.push_back(std::move(thing));
}

/// What a command holds at its end, declared behind it. Where the process ends with the command,
/// the system takes the memory back at once; piece by piece that takes as long as a good part of
/// the command.
template <class... Things>
class LeftBehind {
  public:
    explicit LeftBehind(const Host& host, Things&... things)
        : for_good_(host.ends_with_command), things_(things...) {}
    ~LeftBehind() {
        if (for_good_) {
            std::apply(
                [](auto&... things) {
                    (keep_for_good(
                         std::make_shared<std::decay_t<decltype(things)>>(std::move(things))),
                     ...);
                },
                things_);
        }
    }
    LeftBehind(const LeftBehind&) = delete;
    LeftBehind& operator=(const LeftBehind&) = delete;

  private:
    bool for_good_;
    std::tuple<Things&...> things_;
};

} // namespace penstock::cli
