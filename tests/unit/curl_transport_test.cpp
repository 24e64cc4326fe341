#include "http/curl_transport.hpp"
#include "http/request_check.hpp"
#include "http/retry.hpp"
#include "http/url.hpp"
#include "support/files.hpp"
#include "support/raw_server.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <thread>

using namespace penstock;
using http::CurlOptions;
using http::CurlTransport;
using http::Method;
using http::Request;
using http::Response;

namespace {

constexpr const char* token = "TOKEN-eyJhbGciOi";
constexpr const char* body_secret = "s3cr3t-in-body";

Request request_to(std::string url, Method method = Method::get) {
    Request request{method, std::move(url), {}, {}};
    request.headers.add("Authorization", std::string("Bearer ") + token);
    if (method == Method::post || method == Method::patch) {
        request.headers.add("Content-Type", "application/json");
        request.body = body_secret;
    }
    return request;
}

Result<Response> exchange(CurlTransport& transport, Request request) {
    std::optional<Result<Response>> heard;
    transport.send(std::move(request), [&](Result<Response> result) { heard = std::move(result); });
    CHECK_FALSE(heard); // never inside send()
    http::run(transport);
    REQUIRE(heard);
    if (!*heard) {
        const std::string text = describe(heard->error());
        CHECK(text.find(token) == std::string::npos);
        CHECK(text.find(body_secret) == std::string::npos);
        CHECK(heard->error().exchange.has_value());
    }
    return *std::move(heard);
}

Result<Response> exchange(const CurlOptions& options, Request request) {
    CurlTransport transport(options);
    return exchange(transport, std::move(request));
}

/// cpp-httplib on a free port, in a thread of its own.
template <class Server>
class Running {
  public:
    template <class... Arguments>
    explicit Running(Arguments&&... arguments) : server(std::forward<Arguments>(arguments)...) {
        port_ = server.bind_to_any_port("127.0.0.1");
        REQUIRE(port_ > 0);
    }
    ~Running() {
        server.stop();
        thread_.join();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    void start() {
        thread_ = std::thread([this] { server.listen_after_bind(); });
        while (!server.is_running()) { // stop() would pass unheard
            std::this_thread::yield();
        }
    }
    [[nodiscard]] std::string url(const std::string& path, const char* scheme = "http",
                                  const char* host = "127.0.0.1") const {
        return fmt::format("{}://{}:{}{}", scheme, host, port_, path);
    }

    Server server;

  private:
    int port_ = 0;
    std::thread thread_;
};

std::string head(const std::string& lines) {
    return "HTTP/1.1 200 OK\r\n" + lines + "\r\n";
}

} // namespace

TEST_CASE("methods, headers and bodies arrive as they were sent") {
    Running<httplib::Server> running;
    httplib::Request seen;
    const auto keep = [&](const httplib::Request& request, httplib::Response& response) {
        seen = request;
        response.status = 418;
        response.set_header("X-Request-Id", "r1");
        response.set_content("answer", "text/plain");
    };
    running.server.Get("/a b/c", keep);
    running.server.Post("/p", keep);
    running.server.Patch("/p", keep);
    running.server.Delete("/p", keep);
    running.start();
    CurlOptions options;
    options.user_agent = "penstock/9.9";
    CurlTransport transport(options);

    auto get = request_to(running.url("/a%20b/c?x=%2B"));
    get.headers.add("If-Match", "\"etag\"");
    const auto response = exchange(transport, std::move(get));
    REQUIRE(response);
    CHECK(response->status == 418);
    CHECK(response->body == "answer");
    CHECK(response->headers.find("x-request-id") == "r1");
    CHECK(seen.get_param_value("x") == "+");
    CHECK(seen.get_header_value("If-Match") == "\"etag\"");
    CHECK(seen.get_header_value("Authorization") == std::string("Bearer ") + token);
    CHECK(seen.get_header_value("User-Agent") == "penstock/9.9");
    CHECK_FALSE(seen.has_header("Content-Type"));

    for (const Method method : {Method::post, Method::patch, Method::del}) {
        REQUIRE(exchange(transport, request_to(running.url("/p"), method)));
        CHECK(seen.method == http::name(method));
        CHECK(seen.body == (method == Method::del ? "" : body_secret));
        CHECK(seen.has_header("Content-Type") == (method != Method::del));
        CHECK_FALSE(seen.has_header("Expect"));
    }
    auto bare = request_to(running.url("/p?op=enable"), Method::post);
    bare.body.clear();
    bare.headers.erase("content-type");
    REQUIRE(exchange(transport, std::move(bare)));
    CHECK(seen.get_header_value("Content-Length") == "0");
    CHECK_FALSE(seen.has_header("Content-Type"));
}

TEST_CASE("a cut answer is a network error, whatever its framing") {
    SUBCASE("length") {
        const test::RawServer server(head("Content-Length: 100\r\n") + "{\"items\":");
        const auto result = exchange(CurlOptions{}, request_to(server.url("/x?y=1")));
        REQUIRE_FALSE(result);
        CHECK(result.error().kind == ErrorKind::network);
        CHECK(
            result.error().message ==
            fmt::format("the answer of 127.0.0.1:{} was cut after 9 of 100 bytes", server.port()));
        CHECK(result.error().exchange->path == "/x?y=1");
        CHECK(http::outcome_unknown(result.error()));
    }
    SUBCASE("chunks") {
        const test::RawServer server(head("Transfer-Encoding: chunked\r\n") + "9\r\n{\"items");
        CHECK(exchange(CurlOptions{}, request_to(server.url("/"))).error().kind ==
              ErrorKind::network);
    }
    SUBCASE("no answer at all") {
        const test::RawServer server("");
        CHECK(exchange(CurlOptions{}, request_to(server.url("/"), Method::post)).error().kind ==
              ErrorKind::network);
        CHECK(server.connections() == 1);
    }
    SUBCASE("not HTTP") {
        const test::RawServer server("SSH-2.0-OpenSSH\r\n");
        CHECK(exchange(CurlOptions{}, request_to(server.url("/"))).error().kind ==
              ErrorKind::network);
    }
}

TEST_CASE("nothing was sent where there was no connection") {
    int port = 0;
    {
        const test::RawServer closed("");
        port = closed.port();
    }
    const auto refused = exchange(
        CurlOptions{}, request_to(fmt::format("http://127.0.0.1:{}/", port), Method::post));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::unreachable);
    CHECK(refused.error().message.starts_with(fmt::format("cannot reach 127.0.0.1:{}", port)));
    CHECK_FALSE(http::outcome_unknown(refused.error()));

    const auto unknown = exchange(CurlOptions{}, request_to("https://no-such-host.invalid/"));
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind == ErrorKind::unreachable);
    CHECK(unknown.error().message.find("no-such-host.invalid") != std::string::npos);
}

TEST_CASE("a redirect is not followed and names where it leads") {
    const test::RawServer other(head("Content-Length: 0\r\n"));
    const test::RawServer server("HTTP/1.1 302 Found\r\nLocation: " + other.url("/login") +
                                 "\r\nContent-Length: 0\r\n\r\n");
    const auto result = exchange(CurlOptions{}, request_to(server.url("/")));
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::bad_answer);
    CHECK(result.error().exchange->status == 302);
    CHECK(result.error().message ==
          fmt::format("127.0.0.1:{} redirects to 127.0.0.1:{}, which is not followed",
                      server.port(), other.port()));
    CHECK(other.connections() == 0);
}

TEST_CASE("an answer larger than allowed is not read to its end") {
    CurlOptions options;
    options.most_bytes = 1000;
    const test::RawServer server(head("Content-Length: 1001\r\n") + std::string(1001, 'x'));
    const auto result = exchange(options, request_to(server.url("/")));
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::bad_answer);
    CHECK(result.error().message.find("larger than 1000 bytes") != std::string::npos);
    const test::RawServer exact(head("Content-Length: 1000\r\n") + std::string(1000, 'x'));
    CHECK(exchange(options, request_to(exact.url("/")))->body.size() == 1000);
}

TEST_CASE("headers without end are not read to theirs") {
    std::string headers = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 40; ++i) {
        headers += fmt::format("X-{}: {}\r\n", i, std::string(50'000, 'y'));
    }
    const test::RawServer server(headers + "\r\n");
    CHECK(exchange(CurlOptions{}, request_to(server.url("/"))).error().kind != ErrorKind::general);
}

TEST_CASE("a web page arrives as it is") {
    const test::RawServer server(head("Content-Type: text/html\r\nContent-Length: 6\r\n") +
                                 "<html>");
    CHECK(exchange(CurlOptions{}, request_to(server.url("/")))->body == "<html>");
}

TEST_CASE("a slow answer hits the time limit") {
    std::atomic<bool> stop{false};
    const test::RawServer server([&](int) {
        while (!stop) {
            std::this_thread::sleep_for(Milliseconds{5});
        }
        return std::string();
    });
    CurlOptions options;
    options.total_timeout = Milliseconds{150};
    const auto result = exchange(options, request_to(server.url("/"), Method::post));
    stop = true;
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::network);
    CHECK(result.error().message ==
          fmt::format("127.0.0.1:{} gave no complete answer within 0.15 s", server.port()));
}

TEST_CASE("a POST is not sent twice when a kept connection turns out to be dead") {
    const test::RawServer server(
        [](int) { return head("Content-Length: 2\r\nConnection: keep-alive\r\n") + "{}"; },
        test::RawServer::Ending::after_next_request);
    CurlTransport transport({});
    REQUIRE(exchange(transport, request_to(server.url("/"))));
    SUBCASE("a GET goes out again by itself") {
        CHECK(exchange(transport, request_to(server.url("/"))));
        CHECK(server.requests() == 3);
    }
    SUBCASE("a POST fails") {
        const auto result = exchange(transport, request_to(server.url("/"), Method::post));
        REQUIRE_FALSE(result);
        CHECK(http::outcome_unknown(result.error()));
        CHECK(server.requests() == 2);
    }
}

TEST_CASE("twenty requests at once, no more in flight than allowed") {
    Running<httplib::Server> running;
    std::atomic<int> now{0};
    std::atomic<int> most{0};
    running.server.Get(R"(/n/(\d+))",
                       [&](const httplib::Request& request, httplib::Response& answer) {
                           const int count = ++now;
                           int known = most;
                           while (count > known && !most.compare_exchange_weak(known, count)) {
                           }
                           std::this_thread::sleep_for(Milliseconds{20});
                           --now;
                           answer.set_content(request.matches[1].str(), "text/plain");
                       });
    running.start();
    CurlOptions options;
    options.parallelism = 4;
    CurlTransport transport(options);
    int heard = 0;
    for (int i = 0; i < 20; ++i) {
        transport.send(request_to(running.url(fmt::format("/n/{}", i))),
                       [&heard, i](const Result<Response>& result) {
                           REQUIRE(result);
                           CHECK(result->body == std::to_string(i));
                           ++heard;
                       });
    }
    http::run(transport);
    CHECK(heard == 20);
    CHECK(most <= 4);
    CHECK(most >= 2);
}

TEST_CASE("TLS is verified, against --ca-file where given") {
    const test::TemporaryFolder folder;
    const auto key = (folder.path() / "key.pem").string();
    const auto certificate = (folder.path() / "cert.pem").string();
    const auto command = fmt::format(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
        "/CN=localhost -addext subjectAltName=DNS:localhost -keyout {} -out {} 2>/dev/null",
        key, certificate);
    REQUIRE(std::system(command.c_str()) == 0);
    Running<httplib::SSLServer> running(certificate.c_str(), key.c_str());
    int seen = 0;
    running.server.Get("/", [&](const httplib::Request&, httplib::Response& response) {
        ++seen;
        response.set_content("{}", "application/json");
    });
    running.start();

    const auto untrusted =
        exchange(CurlOptions{}, request_to(running.url("/", "https", "localhost")));
    REQUIRE_FALSE(untrusted);
    CHECK(untrusted.error().kind == ErrorKind::unreachable);
    CHECK(untrusted.error().message.find("TLS with localhost") != std::string::npos);
    CHECK(untrusted.error().hint.find("--ca-file") != std::string::npos);

    CurlOptions options;
    options.ca_file = certificate;
    CHECK(exchange(options, request_to(running.url("/", "https", "localhost")))->body == "{}");
    // The certificate is for another name.
    CHECK_FALSE(exchange(options, request_to(running.url("/", "https", "127.0.0.1"))));
    CHECK(seen == 1);

    options.ca_file = (folder.path() / "missing.pem").string();
    const auto missing = exchange(options, request_to(running.url("/", "https", "localhost")));
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::unreachable);
}

TEST_CASE("requests that must not leave are refused before") {
    const auto kind = [](const std::string& url) {
        const auto error = http::check_request(request_to(url));
        return error ? std::optional(error->kind) : std::nullopt;
    };
    for (const auto* local : {"http://127.0.0.1:8080/", "http://127.9.9.9/", "http://[::1]:80/",
                              "http://localhost/", "http://LOCALHOST:1/", "https://x.example/"}) {
        CAPTURE(local);
        CHECK_FALSE(kind(local));
    }
    for (const auto* remote :
         {"http://platform.adobe.io/", "http://127.0.0.1.evil.example/", "http://127.evil.a.b/",
          "http://localhost.evil.example/", "http://evil.example\\@localhost/",
          "file:///etc/passwd", "http://a@localhost/", "", "http://localhost/a\r\nb"}) {
        CAPTURE(remote);
        CHECK(kind(remote) == ErrorKind::invalid_input);
    }
    auto forged = request_to("https://x.example/");
    forged.headers.add("x-sandbox-name", "prod\r\nx-evil: 1");
    CHECK(http::check_request(forged)->kind == ErrorKind::invalid_input);
    CHECK(exchange(CurlOptions{}, request_to("http://platform.adobe.io/")).error().kind ==
          ErrorKind::invalid_input);
}

TEST_CASE("origins compare by scheme, host and port") {
    const auto same = [](const char* a, const char* b) {
        return http::same_origin(*http::parse_url(a), *http::parse_url(b));
    };
    CHECK(same("https://A.example", "https://a.example:443/x"));
    CHECK(same("http://[::1]/", "http://[::1]:80/"));
    CHECK_FALSE(same("https://a.example", "http://a.example"));
    CHECK_FALSE(same("https://a.example", "https://a.example:8443"));
    CHECK_FALSE(same("https://a.example", "https://a.example.evil"));
}

TEST_CASE("timers run in order and wakeup() ends a wait") {
    CurlTransport transport({});
    CHECK_FALSE(transport.step());
    std::string order;
    transport.schedule(Milliseconds{20}, [&] { order += 'b'; });
    transport.schedule(Milliseconds{0}, [&] {
        order += 'a';
        transport.schedule(Milliseconds{0}, [&] { order += 'c'; });
    });
    http::run(transport);
    CHECK(order == "acb");

    transport.schedule(std::chrono::seconds{30}, [] {});
    const auto start = std::chrono::steady_clock::now();
    transport.wakeup();
    CHECK(transport.step());
    CHECK(std::chrono::steady_clock::now() - start < Milliseconds{500});
}
