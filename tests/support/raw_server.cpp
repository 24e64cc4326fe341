#include "support/raw_server.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace penstock::test {

RawServer::RawServer(std::function<std::string(int)> answer, Ending ending)
    : answer_(std::move(answer)), ending_(ending) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(socket_ >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket_, generic, size) == 0);
    REQUIRE(::listen(socket_, 16) == 0);
    REQUIRE(::getsockname(socket_, generic, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

RawServer::~RawServer() {
    ::shutdown(socket_, SHUT_RDWR); // ends the accept
    thread_.join();
    ::close(socket_);
}

std::string RawServer::url(const std::string& path) const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

void RawServer::serve() {
    int connection = -1;
    while ((connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0) {
        std::array<char, 65536> request{};
        const auto receive = [&] {
            requests_ += ::recv(connection, request.data(), request.size(), 0) > 0 ? 1 : 0;
        };
        receive();
        const std::string answer = answer_(++connections_);
        static_cast<void>(::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL));
        if (ending_ == Ending::at_once) {
            ::shutdown(connection, SHUT_WR);
        }
        receive(); // the peer's end, or its next request
        ::close(connection);
    }
}

} // namespace penstock::test
