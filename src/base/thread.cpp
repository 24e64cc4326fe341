#include "base/thread.hpp"

#include <csignal>
#include <utility>

namespace penstock {

namespace {

/// No signals for the thread that makes this, nor for those that it starts, while this lives.
class Deaf {
  public:
    Deaf() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~Deaf() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    Deaf(const Deaf&) = delete;
    Deaf& operator=(const Deaf&) = delete;

  private:
    sigset_t before_{};
};

} // namespace

std::thread start_thread(std::function<void()> work) {
    const Deaf deaf;
    return std::thread(std::move(work));
}

} // namespace penstock
