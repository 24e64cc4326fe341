#include "support/scripted_transport.hpp"

#include "http/workers.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <tuple>
#include <utility>

namespace penstock::test {

struct ScriptedTransport::Threads {
    void wait() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return std::exchange(rung, false); });
    }
    void ring() {
        const std::lock_guard lock(mutex);
        rung = true;
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool rung = false;
    http::Workers workers{[this] { ring(); }};
};

void ScriptedTransport::compute(std::function<void()> work, std::function<void()> then) {
    if (threads_) {
        threads_->workers.add(std::move(work), std::move(then));
    } else {
        Transport::compute(std::move(work), std::move(then));
    }
}

void ScriptedTransport::compute_on_threads() {
    threads_ = std::make_shared<Threads>();
}

void ScriptedTransport::answer(int status, std::string body,
                               std::initializer_list<std::pair<std::string, std::string>> headers) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    for (const auto& [name, value] : headers) {
        response.headers.set(name, value);
    }
    response.body = std::move(body);
    answer(std::move(response));
}

void ScriptedTransport::send(http::Request request, Completion completion) {
    Result<http::Response> result = fail(ErrorKind::general, "not in the script");
    if (!answers_.empty()) {
        result = std::move(answers_.front());
        answers_.pop_front();
    }
    if (!result && !result.error().exchange) {
        result.error().exchange = http::exchange_for(request);
    }
    sent_.push_back({std::move(request), clock_.now()});
    ready_.emplace_back(
        [completion = std::move(completion), result = std::move(result)] { completion(result); });
}

void ScriptedTransport::schedule(Milliseconds delay, std::function<void()> action) {
    timers_.push_back({clock_.now() + delay, ++timer_count_, std::move(action)});
}

bool ScriptedTransport::step() {
    if (threads_ && threads_->workers.run_done()) {
        return true;
    }
    if (!ready_.empty()) {
        const auto action = std::move(ready_.front());
        ready_.pop_front();
        action();
        return true;
    }
    if (threads_ && !threads_->workers.empty()) {
        threads_->wait();
        return true;
    }
    const auto next =
        std::min_element(timers_.begin(), timers_.end(), [](const Timer& a, const Timer& b) {
            return std::tie(a.due, a.number) < std::tie(b.due, b.number);
        });
    if (next == timers_.end()) {
        return false;
    }
    const Timer timer = std::move(*next);
    timers_.erase(next);
    clock_.advance(std::max(Milliseconds{0}, timer.due - clock_.now()));
    timer.action();
    return true;
}

const http::Request& ScriptedTransport::sent(std::size_t index) const {
    REQUIRE(index < sent_.size());
    return sent_[index].request;
}

} // namespace penstock::test
