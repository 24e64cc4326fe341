#include "base/parallel.hpp"

#include "base/thread.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace penstock {

namespace {

class Crew {
  public:
    Crew(std::size_t count, const std::function<void(std::size_t)>& work)
        : count_(count), work_(work) {}

    /// What each thread does.
    void toil() {
        try {
            for (auto i = next_.fetch_add(1); i < count_; i = next_.fetch_add(1)) {
                work_(i);
            }
        } catch (...) {
            next_ = count_;
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
        }
    }

    void rethrow() const {
        if (failure_) {
            std::rethrow_exception(failure_);
        }
    }

  private:
    std::size_t count_;
    const std::function<void(std::size_t)>& work_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;
    std::exception_ptr failure_;
};

} // namespace

void for_each_on_all_cores(std::size_t count, const std::function<void(std::size_t)>& work,
                           std::size_t most) {
    const std::size_t cores =
        std::min<std::size_t>(most, std::max(1U, std::thread::hardware_concurrency()));
    Crew crew(count, work);
    std::vector<std::thread> helpers;
    try {
        while (helpers.size() + 1 < std::min(cores, count)) {
            helpers.push_back(start_thread([&] { crew.toil(); }));
        }
    } catch (const std::system_error&) {
        // Where no further thread may be made, those that there are do the work.
    }
    crew.toil();
    for (auto& helper : helpers) {
        helper.join();
    }
    crew.rethrow();
}

} // namespace penstock
