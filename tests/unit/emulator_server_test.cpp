#include "emulator/server.hpp"
#include "support/emulator_fixture.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include <chrono>
#include <thread>
#include <vector>

using namespace penstock;
using test::EmulatorFixture;

namespace {

/// A server on a thread of its own.
class Running {
  public:
    Running(EmulatorFixture& fixture, emulator::ServerOptions options)
        : server_(fixture.platform, std::move(options)) {
        const auto port = server_.bind();
        REQUIRE(port.has_value());
        port_ = *port;
        thread_ = std::thread([this] { server_.run(); });
    }
    ~Running() {
        // A stop before the listening has begun would be lost.
        httplib::Client("127.0.0.1", port_).Get("/");
        server_.stop();
        thread_.join();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    [[nodiscard]] int port() const { return port_; }

  private:
    emulator::Server server_;
    int port_ = 0;
    std::thread thread_;
};

httplib::Headers headers_of(const http::Request& request) {
    httplib::Headers headers;
    for (const auto& [name, value] : request.headers.fields()) {
        headers.emplace(name, value);
    }
    return headers;
}

constexpr auto service = "/data/foundation/flowservice";

} // namespace

TEST_CASE("emulator server: requests arrive as they were sent") {
    EmulatorFixture fixture;
    const auto id = fixture.make_connection();
    const auto headers = headers_of(fixture.request(http::Method::get, "/"));
    const Running running(fixture, {});
    httplib::Client client("127.0.0.1", running.port());
    const auto path = fmt::format("{}/connections/{}", service, id);
    const auto read = client.Get(path, headers);
    REQUIRE(read);
    CHECK(read->status == 200);
    CHECK(read->has_header("x-request-id"));

    auto with_etag = headers;
    const auto item = json::parse(read->body).value()["items"].as_array()[0];
    with_etag.emplace("If-Match", item["etag"].as_string());
    const auto patched = client.Patch(
        path, with_etag, R"([{"op":"replace","path":"/name","value":"a+b"}])", "application/json");
    REQUIRE(patched);
    CHECK(patched->status == 200);
    const auto found = client.Get(
        fmt::format("{}/connections?property=name%3D%3Da%2Bb&count=true", service), headers);
    REQUIRE(found);
    CHECK(found->body == R"({"count":1})");
    const auto deleted = client.Delete(path, headers);
    REQUIRE(deleted);
    CHECK(deleted->status == 202);
}

TEST_CASE("emulator server: waiting requests overlap") {
    EmulatorFixture fixture;
    emulator::ServerOptions options;
    options.latency = Milliseconds(200);
    const auto headers = headers_of(fixture.request(http::Method::get, "/"));
    const Running running(fixture, std::move(options));
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> clients;
    std::vector<int> statuses(8);
    for (auto& status : statuses) {
        clients.emplace_back([&status, &headers, port = running.port()] {
            httplib::Client client("127.0.0.1", port);
            if (const auto read = client.Get(fmt::format("{}/flows", service), headers)) {
                status = read->status;
            }
        });
    }
    for (auto& client : clients) {
        client.join();
    }
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(8 * 200));
    CHECK(statuses == std::vector<int>(8, 200));
}

TEST_CASE("emulator server: keeps its state, logs, and cuts connections") {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "state.json";
    EmulatorFixture fixture;
    emulator::ServerOptions options;
    std::vector<emulator::LoggedRequest> log;
    options.log = [&](const emulator::LoggedRequest& entry) { log.push_back(entry); };
    options.keep = [&] { return emulator::write_state(file, fixture.platform.save()); };
    options.faults =
        std::move(*emulator::FaultPlan::parse(json::parse(R"([{"method": "POST", "nth": 2,
                                                  "then": {"drop": "after"}}])")
                                                  .value(),
                                              1));
    const auto headers = headers_of(fixture.request(http::Method::get, "/"));
    const auto body = json::write(test::connection_body());
    {
        const Running running(fixture, std::move(options));
        httplib::Client client("127.0.0.1", running.port());
        const auto path = fmt::format("{}/connections", service);
        const auto made = client.Post(path, headers, body, "application/json");
        REQUIRE(made);
        CHECK(made->status == 201);
        CHECK_FALSE(client.Post(path, headers, body, "application/json"));
    }
    REQUIRE(log.size() >= 2);
    CHECK(log[0].status == 201);
    CHECK(log[1].status == 0);
    CHECK(log[0].arrived > 0);
    CHECK(log[0].answered > log[0].arrived);
    CHECK(log[1].arrived >= log[0].answered);
    const auto state = emulator::read_state(file);
    REQUIRE(state.has_value());
    CHECK((*state)["store"]["entities"].as_array().size() == 2);
    CHECK(emulator::read_state(folder.path() / "none.json").value().is_null());
    test::write_file(file, "{");
    CHECK_FALSE(emulator::read_state(file).has_value());
}

TEST_CASE("emulator server: bodies that are repeated, in chunks, of any bytes, and cut") {
    EmulatorFixture fixture;
    emulator::ServerOptions options;
    options.faults = std::move(*emulator::FaultPlan::parse(
        json::parse(R"([{"path": "/long", "then": {"status": 200, "body": "\u00ff(",
                          "encoding": "latin1", "repeat": {"body": "abc", "times": 100000}}},
                        {"path": "/chunks", "then": {"status": 200, "body": "(", "chunked": true,
                          "repeat": {"body": "x", "times": 9}}},
                        {"path": "/cut", "then": {"status": 200, "body": "12345",
                          "cut_after": 3}},
                        {"path": "/connections", "then": {"chunked": true, "cut_after": 3}}])")
            .value(),
        1));
    const auto headers = headers_of(fixture.request(http::Method::get, "/"));
    const Running running(fixture, std::move(options));
    httplib::Client client("127.0.0.1", running.port());
    const auto read = client.Get("/long", headers);
    REQUIRE(read);
    CHECK(read->body.size() == 300'002);
    CHECK(read->body.substr(0, 5) == "\xff(abc");
    CHECK(read->body.substr(299'999) == "abc");
    CHECK(client.Get("/chunks", headers)->body == "(xxxxxxxxx");
    CHECK_FALSE(client.Get("/cut", headers));
    CHECK_FALSE(client.Get(fmt::format("{}/connections", service), headers));
}
