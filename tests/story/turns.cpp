#include "story/turns.hpp"

#include <tuple>

namespace penstock::story {

std::size_t Turns::join(UtcTime due) {
    seats_.emplace_back().due = due;
    return seats_.size() - 1;
}

void Turns::start() {
    const std::lock_guard<std::mutex> lock(mutex_);
    call_next();
}

void Turns::begin(std::size_t who) {
    std::unique_lock<std::mutex> lock(mutex_);
    await_call(lock, who);
}

void Turns::wait(std::size_t who, UtcTime due) {
    std::unique_lock<std::mutex> lock(mutex_);
    seats_[who].due = due;
    call_next();
    await_call(lock, who);
}

void Turns::leave(std::size_t who) {
    const std::lock_guard<std::mutex> lock(mutex_);
    seats_[who].due.reset();
    call_next();
}

void Turns::call_next() {
    const auto draw = draws_++;
    turn_.reset();
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        if (!seats_[i].due) {
            continue;
        }
        const auto rank = [&](std::size_t seat) {
            return std::tuple(*seats_[seat].due, emulator::mixed(seed_ + draw, seat));
        };
        if (!turn_ || rank(i) < rank(*turn_)) {
            turn_ = i;
        }
    }
    if (turn_) {
        seats_[*turn_].called.notify_one();
    }
}

void Turns::await_call(std::unique_lock<std::mutex>& lock, std::size_t who) {
    seats_[who].called.wait(lock, [&] { return turn_ == who; });
}

} // namespace penstock::story
