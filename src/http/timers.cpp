#include "http/timers.hpp"

#include <algorithm>

namespace penstock::http {

void Timers::add(Milliseconds delay, std::function<void()> action) {
    queue_.push({std::chrono::steady_clock::now() + delay, ++count_, std::move(action)});
}

Milliseconds Timers::until_next(Milliseconds longest) const {
    if (queue_.empty()) {
        return longest;
    }
    const auto rest =
        std::chrono::ceil<Milliseconds>(queue_.top().due - std::chrono::steady_clock::now());
    return std::clamp(rest, Milliseconds{0}, longest);
}

bool Timers::run_due() {
    bool any = false;
    // What an action adds for "now" waits for the next round, so that this loop ends.
    const auto now = std::chrono::steady_clock::now();
    while (!queue_.empty() && queue_.top().due <= now) {
        const auto action = queue_.top().action;
        queue_.pop();
        any = true;
        action();
    }
    return any;
}

} // namespace penstock::http
