#pragma once

#include "http/transport.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace penstock::http {

/// How the network is used.
struct CurlOptions {
    std::string ca_file;                  ///< PEM; empty: the certificates of the system
    Milliseconds connect_timeout{10'000}; ///< name, connection and TLS handshake
    Milliseconds total_timeout{60'000};   ///< one request from start to end
    std::size_t most_bytes = std::size_t{64} * 1024 * 1024; ///< of one answer's body, unpacked
    std::size_t parallelism = 8;                            ///< requests in flight at once
    std::string user_agent = "penstock";
};

/// The real Transport, over libcurl's multi interface: HTTP/2 on one connection where the server
/// offers it, else HTTP/1.1 on up to `parallelism` connections. Certificates are always verified, a
/// redirect is an Error, and proxies come from the environment by libcurl's rules. A POST is never
/// sent a second time, not even when a kept connection turns out to be dead.
class CurlTransport final : public Transport {
  public:
    explicit CurlTransport(CurlOptions options);
    ~CurlTransport() override;
    CurlTransport(const CurlTransport&) = delete;
    CurlTransport& operator=(const CurlTransport&) = delete;

    void send(Request request, Completion completion) override;
    void schedule(Milliseconds delay, std::function<void()> action) override;
    void compute(std::function<void()> work, std::function<void()> then) override;

    /// As promised by Transport; returns true early, with nothing done, after wakeup().
    bool step() override;

    /// Ends a waiting step(). May be called from a signal handler or another thread.
    void wakeup() noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace penstock::http
