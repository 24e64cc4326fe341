#include "emulator/server.hpp"

#include "http/message.hpp"
#include "json/text.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace penstock::emulator {

namespace {

constexpr std::size_t threads = 64; ///< each open connection holds one
constexpr std::size_t requests_on_one_connection = 1'000'000;

http::Request to_request(http::Method method, const httplib::Request& from, std::string body) {
    http::Request request;
    request.method = method;
    // The target as sent: the library's own reading of the query turns '+' into a blank.
    request.url = fmt::format("http://{}{}", from.get_header_value("Host"), from.target);
    for (const auto& [name, value] : from.headers) {
        // The library adds fields of its own, which the client never sent.
        if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" &&
            name != "LOCAL_PORT") {
            request.headers.add(name, value);
        }
    }
    request.body = std::move(body);
    return request;
}

/// Status and headers; returns the content type.
std::string fill_head(httplib::Response& to, const http::Response& from) {
    to.status = from.status;
    std::string type;
    for (const auto& [name, value] : from.headers.fields()) {
        if (name == "Content-Type") {
            type = value;
        } else {
            to.set_header(name, value);
        }
    }
    return type;
}

void fill(httplib::Response& to, const http::Response& from) {
    const auto type = fill_head(to, from);
    if (from.body.empty()) {
        return;
    }
    // What it is handed as content the library packs, as hard as it can: 20 ms for a small answer.
    const auto body = std::make_shared<const std::string>(from.body);
    to.set_content_provider(
        body->size(), type,
        [body](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
            return sink.write(body->data() + offset, length);
        });
}

/// A body that is made as it is sent.
class Stream {
  public:
    Stream(std::string body, const Wire& wire)
        : body_(std::move(body)), wire_(wire), period_(wire.repeated.size()),
          size_(body_.size() + period_ * wire.times) {
        constexpr std::size_t enough = 65536; // for a write that is worth its system call
        while (period_ > 0 && wire_.repeated.size() < enough) {
            wire_.repeated += wire_.repeated;
        }
    }

    [[nodiscard]] std::size_t size() const { return size_; }

    /// Sends some bytes from `offset` on; false where the connection is to end.
    [[nodiscard]] bool send(std::size_t offset, httplib::DataSink& sink) const {
        const std::size_t end = std::min(size_, wire_.cut_after.value_or(size_));
        if (offset >= end) {
            return end == size_;
        }
        std::string_view piece(body_);
        if (offset < body_.size()) {
            piece.remove_prefix(offset);
        } else {
            piece = wire_.repeated;
            piece.remove_prefix((offset - body_.size()) % period_);
        }
        return sink.write(piece.data(), std::min(piece.size(), end - offset));
    }

  private:
    std::string body_;
    Wire wire_;
    std::size_t period_; ///< the length of what is repeated, as it was written
    std::size_t size_;
};

void stream(httplib::Response& to, const http::Response& from, const Wire& wire) {
    const auto type = fill_head(to, from);
    const auto body = std::make_shared<const Stream>(from.body, wire);
    if (wire.chunked) {
        to.set_chunked_content_provider(type, [body](std::size_t offset, httplib::DataSink& sink) {
            const bool going_on = body->send(offset, sink);
            if (going_on && offset >= body->size()) {
                sink.done();
            }
            return going_on;
        });
        return;
    }
    to.set_content_provider(body->size(), type,
                            [body](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                                return body->send(offset, sink);
                            });
}

/// Promises a body and ends the connection instead of sending it.
void cut(httplib::Response& to) {
    to.status = 200;
    to.set_content_provider(1, "application/json",
                            [](std::size_t, std::size_t, httplib::DataSink&) { return false; });
}

} // namespace

struct Server::Socket {
    Socket(Platform& behind, ServerOptions with) : platform(behind), options(std::move(with)) {}

    void serve(const http::Request& request, httplib::Response& to);
    std::optional<http::Response> exchange(const http::Request& request,
                                           const std::optional<Fault>& fault, double arrived);
    [[nodiscard]] double milliseconds() const {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - made)
            .count();
    }

    Platform& platform;
    ServerOptions options;
    std::chrono::steady_clock::time_point made = std::chrono::steady_clock::now();
    std::mutex one_at_a_time;
    std::uint64_t kept_revision = 0;
    std::size_t logged = 0;
    int listening = -1; ///< the library's own
    httplib::Server http;
};

void Server::Socket::serve(const http::Request& request, httplib::Response& to) {
    const double arrived = milliseconds();
    std::optional<Fault> fault;
    {
        const std::lock_guard lock(one_at_a_time);
        fault = options.faults.next(request);
    }
    std::this_thread::sleep_for(options.latency + (fault ? fault->delay : Milliseconds{0}));
    if (const auto response = exchange(request, fault, arrived)) {
        if (fault && fault->wire != Wire{}) {
            stream(to, *response, fault->wire);
        } else {
            fill(to, *response);
        }
    } else {
        cut(to);
    }
}

std::optional<http::Response> Server::Socket::exchange(const http::Request& request,
                                                       const std::optional<Fault>& fault,
                                                       double arrived) {
    const std::lock_guard lock(one_at_a_time);
    auto response = answer(platform, request, fault);
    const auto& log = platform.log();
    if (options.log) {
        const auto tell = [&](LoggedRequest entry) {
            entry.arrived = arrived;
            entry.answered = milliseconds();
            options.log(entry);
        };
        if (logged == log.size()) {
            // The platform never saw it; the log shows status 0 for a cut connection.
            tell(emulator::logged(request, response.value_or(http::Response{}),
                                  epoch_ms(SystemClock().now())));
        }
        for (; logged < log.size(); ++logged) {
            auto entry = log[logged];
            entry.status = response ? response->status : 0;
            tell(std::move(entry));
        }
    }
    if (options.keep && platform.revision() != kept_revision) {
        if (const auto kept = options.keep(); !kept) {
            http::Response failure;
            failure.status = 500;
            failure.body = kept.error().message;
            return failure;
        }
        kept_revision = platform.revision();
    }
    return response;
}

Server::Server(Platform& platform, ServerOptions options)
    : socket_(std::make_unique<Socket>(platform, std::move(options))) {
    auto& http = socket_->http;
    const auto plain = [socket = socket_.get()](http::Method method) {
        return [socket, method](const httplib::Request& from, httplib::Response& to) {
            socket->serve(to_request(method, from, {}), to);
        };
    };
    // The library would wait for the end of the connection where neither header stands, as in an
    // action, which has no body.
    const auto with_body = [socket = socket_.get()](http::Method method) {
        return [socket, method](const httplib::Request& from, httplib::Response& to,
                                const httplib::ContentReader& content) {
            std::string body;
            if (from.has_header("Content-Length") || from.has_header("Transfer-Encoding")) {
                content([&](const char* data, std::size_t size) {
                    body.append(data, size);
                    return true;
                });
            }
            socket->serve(to_request(method, from, std::move(body)), to);
        };
    };
    http.Get(".*", plain(http::Method::get));
    http.Post(".*", with_body(http::Method::post));
    http.Put(".*", with_body(http::Method::put));
    http.Patch(".*", with_body(http::Method::patch));
    http.Delete(".*", plain(http::Method::del));
    http.new_task_queue = [] { return new httplib::ThreadPool(threads); }; // the library deletes it
    http.set_keep_alive_max_count(requests_on_one_connection);
    http.set_tcp_nodelay(true);
    socket_->kept_revision = platform.revision();
    socket_->logged = platform.log().size();
}

Server::~Server() = default;

Result<int> Server::bind() {
    constexpr auto* host = "127.0.0.1";
    const int wanted = socket_->options.port;
    socket_->http.set_socket_options([this](socket_t handle) {
        const int yes = 1;
        ::setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
        socket_->listening = handle;
    });
    const int port = wanted == 0 ? socket_->http.bind_to_any_port(host)
                                 : (socket_->http.bind_to_port(host, wanted) ? wanted : -1);
    if (port <= 0) {
        return fail(ErrorKind::network, fmt::format("cannot listen on {}:{}", host, wanted));
    }
    // The library lets five connections wait; one more waits a second for its second attempt.
    ::listen(socket_->listening, SOMAXCONN);
    return port;
}

void Server::run() {
    socket_->http.listen_after_bind();
}

void Server::stop() {
    socket_->http.stop();
}

} // namespace penstock::emulator
