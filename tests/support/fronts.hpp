#pragma once

#include "support/files.hpp"
#include "support/process.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace penstock::test {

/// A certificate authority of a test's own, made by openssl.
class PrivateCa {
  public:
    PrivateCa();

    /// The authority's certificate, PEM.
    [[nodiscard]] std::filesystem::path certificate() const { return folder_.path() / "ca.pem"; }
    /// Signs a certificate for `host` and returns the path of `HOST.pem`; the key is `HOST.key`.
    [[nodiscard]] std::filesystem::path issue(const std::string& host) const;

  private:
    TemporaryFolder folder_;
};

/// An nginx on a free loopback port that ends TLS and hands everything on to `upstream`.
class TlsFront {
  public:
    struct Options {
        bool http2 = true;
    };
    /// `certificate` as issue() returned it.
    TlsFront(const std::filesystem::path& certificate, const std::string& upstream,
             Options options);

    [[nodiscard]] int port() const { return port_; }
    /// `https://localhost:PORT`
    [[nodiscard]] std::string url() const;
    /// One line for each request, with its protocol and the number of its connection:
    /// `HTTP/2.0 GET /path 200 1`.
    [[nodiscard]] std::string log() const;

  private:
    TemporaryFolder folder_;
    int port_ = 0;
    std::unique_ptr<RunningProgram> program_;
};

/// A tinyproxy on a free loopback port that lets only who gives user `proxy-user` and password
/// `proxy-password` connect to `allowed_port`.
class HttpProxy {
  public:
    explicit HttpProxy(int allowed_port);

    [[nodiscard]] int port() const { return port_; }
    /// `http://proxy-user:PASSWORD@127.0.0.1:PORT`
    [[nodiscard]] std::string url(const std::string& password = "proxy-password") const;
    [[nodiscard]] std::string log() const;

  private:
    TemporaryFolder folder_;
    int port_ = 0;
    std::unique_ptr<RunningProgram> program_;
};

} // namespace penstock::test
