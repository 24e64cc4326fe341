#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace penstock::http {

/// Threads that compute what an event loop shall not wait for. They are started when there is
/// something to do.
class Workers {
  public:
    /// `wake` is called, by any thread, when something is done.
    explicit Workers(std::function<void()> wake);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// Runs `work` on one of the threads and keeps `then` for run_done().
    void add(std::function<void()> work, std::function<void()> then);

    /// True if nothing is under way, nor done and waiting for run_done().
    [[nodiscard]] bool empty() const { return under_way_ == 0; }

    /// Calls each `then` whose work is done; false if there was none. Throws what work has thrown.
    bool run_done();

  private:
    struct State;
    std::unique_ptr<State> state_;
    std::size_t under_way_ = 0;
};

} // namespace penstock::http
