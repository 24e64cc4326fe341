#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "emulator/faults.hpp"
#include "emulator/platform.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace penstock::emulator {

/// How a Server treats its requests.
struct ServerOptions {
    int port = 0;            ///< 0 for any free one
    Milliseconds latency{0}; ///< of every request, slept while others go on
    FaultPlan faults;
    std::function<void(const LoggedRequest&)> log; ///< called for each request, one at a time
    /// Called after each request that changed something, one at a time; fails the request with 500
    /// when it returns an error.
    std::function<Result<void>()> keep;
};

/// Puts a socket of 127.0.0.1 before a Platform. Requests reach the platform one at a time.
class Server {
  public:
    /// `platform` has to outlive the server.
    Server(Platform& platform, ServerOptions options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds the socket and returns its port. Fails with ErrorKind::network if the port is taken.
    Result<int> bind();

    /// Serves until stop().
    void run();

    /// Ends run(); safe from any thread.
    void stop();

  private:
    struct Socket;
    std::unique_ptr<Socket> socket_;
};

/// The state kept in `file`, or null if there is no such file. Fails if it cannot be read.
Result<json::Value> read_state(const std::filesystem::path& file);

/// Replaces `file` by `state` in one step, so that no kill leaves half of it.
Result<void> write_state(const std::filesystem::path& file, const json::Value& state);

} // namespace penstock::emulator
