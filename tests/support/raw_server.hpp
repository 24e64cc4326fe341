#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace penstock::test {

/// A socket on a free loopback port that answers the nth connection with the bytes that `answer`
/// gives for n = 1, 2, ..., and closes it: for answers that no HTTP server would send.
class RawServer {
  public:
    enum class Ending {
        at_once,            ///< closes after its answer
        after_next_request, ///< as a server that dies just after it got a second request
    };

    explicit RawServer(std::function<std::string(int)> answer, Ending ending = Ending::at_once);
    explicit RawServer(std::string answer)
        : RawServer([answer = std::move(answer)](int) { return answer; }) {}
    ~RawServer();
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;

    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] int connections() const { return connections_; }
    /// How many requests came, answered or not.
    [[nodiscard]] int requests() const { return requests_; }
    /// `http://127.0.0.1:PORT` and `path`.
    [[nodiscard]] std::string url(const std::string& path) const;

  private:
    void serve();
    std::function<std::string(int)> answer_;
    int socket_ = -1;
    int port_ = 0;
    Ending ending_;
    std::atomic<int> connections_{0};
    std::atomic<int> requests_{0};
    std::thread thread_;
};

} // namespace penstock::test
