#include "cli/interruptible.hpp"

#include <utility>

namespace penstock::cli {

namespace {

/// Takes the entry out, so that it is served once, by whoever comes first.
template <class Value>
Value take(std::map<std::uint64_t, Value>& map, std::uint64_t id) {
    const auto found = map.find(id);
    if (found == map.end()) {
        return nullptr;
    }
    Value value = std::move(found->second);
    map.erase(found);
    return value;
}

} // namespace

InterruptibleTransport::InterruptibleTransport(http::Transport& inner,
                                               std::function<bool()> interrupted)
    : inner_(inner), interrupted_(std::move(interrupted)) {}

void InterruptibleTransport::send(http::Request request, Completion completion) {
    const auto id = next_++;
    requests_[id] = std::move(completion);
    if (!stopped()) {
        inner_.send(std::move(request), [this, id](Result<http::Response> result) {
            if (const auto waiting = take(requests_, id)) {
                waiting(std::move(result));
            }
        });
    }
}

void InterruptibleTransport::schedule(Milliseconds delay, std::function<void()> action) {
    const auto id = next_++;
    timers_[id] = std::move(action);
    if (!stopped()) {
        inner_.schedule(delay, [this, id] {
            if (const auto waiting = take(timers_, id)) {
                waiting();
            }
        });
    }
}

void InterruptibleTransport::compute(std::function<void()> work, std::function<void()> then) {
    ++computing_;
    inner_.compute(std::move(work), [this, then = std::move(then)] {
        --computing_;
        then();
    });
}

bool InterruptibleTransport::step() {
    return stopped() ? fail_pending() : inner_.step();
}

bool InterruptibleTransport::fail_pending() {
    if (computing_ > 0) {
        return inner_.step(); // what is computed is over soon
    }
    if (!requests_.empty()) {
        const auto waiting = take(requests_, requests_.begin()->first);
        waiting(fail(ErrorKind::interrupted, "interrupted"));
        return true;
    }
    if (!timers_.empty()) {
        const auto waiting = take(timers_, timers_.begin()->first);
        waiting();
        return true;
    }
    return false;
}

} // namespace penstock::cli
