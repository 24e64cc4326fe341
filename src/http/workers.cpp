#include "http/workers.hpp"

#include "base/thread.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace penstock::http {

namespace {

struct Task {
    std::function<void()> work;
    std::function<void()> then;
    std::exception_ptr failure;
};

/// One for each core: the event loop mostly waits for the network, and needs none of its own.
std::size_t most_threads() {
    constexpr std::size_t enough = 4;
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, enough);
}

} // namespace

struct Workers::State {
    explicit State(std::function<void()> when_done) : wake(std::move(when_done)) {}

    void toil() {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [&] { return stopping || !waiting.empty(); });
            if (stopping) {
                return;
            }
            work_on_next(lock);
        }
    }

    void toil_once() {
        std::unique_lock lock(mutex);
        work_on_next(lock);
    }

    /// `lock` is held before and after.
    void work_on_next(std::unique_lock<std::mutex>& lock) {
        Task task = std::move(waiting.front());
        waiting.pop_front();
        lock.unlock();
        try {
            task.work();
        } catch (...) {
            task.failure = std::current_exception();
        }
        lock.lock();
        done.push_back(std::move(task));
        wake();
    }

    std::function<void()> wake;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Task> waiting;
    std::vector<Task> done;
    bool stopping = false;
    std::vector<std::thread> threads; ///< touched by the event loop only
};

Workers::Workers(std::function<void()> wake) : state_(std::make_unique<State>(std::move(wake))) {}

Workers::~Workers() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    state_->changed.notify_all();
    for (auto& thread : state_->threads) {
        thread.join();
    }
}

void Workers::add(std::function<void()> work, std::function<void()> then) {
    ++under_way_;
    {
        const std::lock_guard lock(state_->mutex);
        state_->waiting.push_back({std::move(work), std::move(then), nullptr});
    }
    state_->changed.notify_one();
    if (state_->threads.size() >= std::min(under_way_, most_threads())) {
        return;
    }
    try {
        state_->threads.push_back(start_thread([state = state_.get()] { state->toil(); }));
    } catch (const std::system_error&) {
        // Where no further thread may be made, those that there are do the work, or this one.
        if (state_->threads.empty()) {
            state_->toil_once();
        }
    }
}

bool Workers::run_done() {
    std::vector<Task> tasks;
    {
        const std::lock_guard lock(state_->mutex);
        tasks.swap(state_->done);
    }
    under_way_ -= tasks.size();
    for (auto& task : tasks) {
        if (task.failure) {
            std::rethrow_exception(task.failure);
        }
        task.then();
    }
    return !tasks.empty();
}

} // namespace penstock::http
