#include "emulator/faults.hpp"
#include "support/emulator_fixture.hpp"
#include "support/in_process_transport.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using test::EmulatorFixture;

namespace {

emulator::FaultPlan plan(std::string_view rules, std::uint64_t seed = 1) {
    auto parsed = emulator::FaultPlan::parse(json::parse(rules).value(), seed);
    REQUIRE(parsed.has_value());
    return std::move(*parsed);
}

std::string complaint(std::string_view rules) {
    const auto parsed = emulator::FaultPlan::parse(json::parse(rules).value(), 1);
    return parsed ? "" : parsed.error().message;
}

/// Sends one request and steps until it is answered; status 0 for no answer.
int status_of(test::InProcessTransport& transport, http::Request request) {
    int status = 0;
    transport.send(std::move(request), [&](Result<http::Response> response) {
        status = response ? response->status : 0;
        if (!response) {
            CHECK(response.error().kind == ErrorKind::network);
            CHECK(response.error().exchange.has_value());
        }
    });
    http::run(transport);
    return status;
}

} // namespace

TEST_CASE("faults: a rule matches method and path, and its nth match") {
    const EmulatorFixture fixture;
    auto faults = plan(R"([{"method": "POST", "path": "/flows", "nth": 2,
                            "then": {"status": 503, "headers": {"Retry-After": 3},
                                     "body": {"message": "busy"}}}])");
    const auto post = fixture.request(http::Method::post, "/flows");
    CHECK_FALSE(faults.next(post));
    CHECK_FALSE(faults.next(fixture.request(http::Method::get, "/flows")));
    CHECK_FALSE(faults.next(fixture.request(http::Method::post, "/connections")));
    const auto fault = faults.next(post);
    REQUIRE(fault);
    REQUIRE(fault->answer);
    CHECK(fault->answer->status == 503);
    CHECK(fault->answer->headers.find("retry-after") == "3");
    CHECK(fault->answer->body == R"({"message":"busy"})");
    CHECK_FALSE(faults.next(post));
}

TEST_CASE("faults: a regular expression and the whole path match too") {
    const EmulatorFixture fixture;
    auto faults = plan(R"([{"path_regex": "Connections/[^/]+$", "then": {"delay_ms": 5}},
                           {"path": "/data/foundation/flowservice/runs", "then": {"delay_ms": 7}},
                           {"path": "/ims", "then": {"drop": "before"}}])");
    const auto delay = [&](std::string_view path) {
        const auto fault = faults.next(fixture.request(http::Method::get, path));
        return fault ? fault->delay.count() : -1;
    };
    CHECK(delay("/sourceConnections/1") == 5);
    CHECK(delay("/sourceConnections") == -1);
    CHECK(delay("/runs") == 7);
}

TEST_CASE("faults: a probability is a share, and follows from the seed") {
    const EmulatorFixture fixture;
    const auto request = fixture.request(http::Method::get, "/flows");
    const auto draws = [&](std::uint64_t seed) {
        auto faults = plan(R"([{"probability": 0.3, "then": {"status": 500}}])", seed);
        std::vector<bool> hits;
        for (int i = 0; i < 1000; ++i) {
            hits.push_back(faults.next(request).has_value());
        }
        return hits;
    };
    const auto first = draws(1);
    const auto hits = std::count(first.begin(), first.end(), true);
    CHECK(hits > 250);
    CHECK(hits < 350);
    CHECK(draws(1) == first);
    CHECK(draws(2) != first);
}

TEST_CASE("faults: a wrong rule is named") {
    CHECK(complaint("{}") == "faults are a list of rules");
    CHECK(complaint(R"([{"then": {}}, {"pth": "/", "then": {}}])") ==
          "rule 2 has no field \"pth\"");
    CHECK(complaint(R"([{"path": "/"}])") == "rule 1, then is not an object");
    CHECK(complaint(R"([{"then": {"drop": "now"}}])") ==
          "rule 1, then: drop is \"before\" or \"after\"");
    CHECK(complaint(R"([{"then": {"status": 9}}])") ==
          "rule 1, then: status is a number from 100 to 599");
    CHECK(complaint(R"([{"then": {"status": 200, "body": "\u0100", "encoding": "latin1"}}])") ==
          "rule 1, then: encoding is \"latin1\", of characters up to U+00FF");
    CHECK(complaint(R"([{"then": {"status": 200, "repeat": {"body": "", "times": 1}}}])") ==
          "rule 1, then, repeat: body is a text and times a number above 0");
    CHECK(complaint(R"([{"path_regex": "(", "then": {}}])") ==
          "rule 1: path_regex is no regular expression");
}

TEST_CASE("faults: an answer or a cut connection before or after the commit") {
    EmulatorFixture fixture;
    const auto post = [&](std::string_view rules) {
        test::InProcessTransport transport(fixture.platform, fixture.clock);
        transport.set_faults(plan(rules));
        return status_of(transport, fixture.request(http::Method::post, "/connections",
                                                    test::connection_body()));
    };
    const auto stored = [&] { return fixture.platform.store().entities().size(); };
    CHECK(post(R"([{"then": {"status": 502}}])") == 502);
    CHECK(post(R"([{"then": {"drop": "before"}}])") == 0);
    CHECK(stored() == 0);
    CHECK(post(R"([{"then": {"status": 504, "commit": true}}])") == 504);
    CHECK(stored() == 1);
    CHECK(post(R"([{"then": {"drop": "after"}}])") == 0);
    CHECK(stored() == 2);
}

TEST_CASE("faults: a list may lag behind") {
    EmulatorFixture fixture;
    const auto old = fixture.make_connection();
    fixture.clock.advance(Milliseconds(1000));
    fixture.make_connection();
    fixture.del("/connections/" + old);
    auto faults = plan(R"([{"method": "GET", "path": "/connections",
                            "then": {"stale_list_ms": 500}}])");
    const auto request = fixture.request(http::Method::get, "/connections");
    const auto ids = [&] {
        const auto response = emulator::answer(fixture.platform, request, faults.next(request));
        std::vector<std::string> found;
        const auto body = json::parse(response->body).value();
        for (const auto& item : body["items"].as_array()) {
            found.push_back(item["id"].as_string());
        }
        return found;
    };
    CHECK(ids() == std::vector<std::string>{old});
    fixture.clock.advance(Milliseconds(500));
    CHECK(ids().size() == 1);
    CHECK(ids().front() != old);
}

TEST_CASE("in-process transport: requests overlap and timers run in order of time") {
    EmulatorFixture fixture;
    test::InProcessTransport transport(fixture.platform, fixture.clock);
    const auto start = fixture.clock.now();
    std::vector<std::string> events;
    for (int i = 0; i < 5; ++i) {
        transport.send(fixture.request(http::Method::get, "/flows"),
                       [&](Result<http::Response>) { events.emplace_back("answer"); });
    }
    transport.schedule(Milliseconds(3), [&] { events.emplace_back("timer"); });
    CHECK(events.empty());
    http::run(transport);
    CHECK(events.size() == 6);
    CHECK(events.front() == "timer");
    CHECK(fixture.clock.now() - start == Milliseconds(10));
    CHECK(transport.most_at_once() == 5);
    CHECK(transport.requests().size() == 5);
    CHECK(transport.requests().front().path == "/data/foundation/flowservice/flows");
    CHECK_FALSE(transport.step());
}

TEST_CASE("in-process transport: everything stops after the nth request") {
    EmulatorFixture fixture;
    test::InProcessTransport transport(fixture.platform, fixture.clock);
    transport.fail_after(2);
    int answers = 0;
    for (int i = 0; i < 5; ++i) {
        transport.send(fixture.request(http::Method::post, "/connections", test::connection_body()),
                       [&](Result<http::Response>) { ++answers; });
    }
    http::run(transport);
    CHECK(transport.has_stopped());
    CHECK(fixture.platform.store().entities().size() == 2);
    CHECK(answers == 0);
    CHECK(status_of(transport, fixture.request(http::Method::get, "/flows")) == 0);
    CHECK_FALSE(transport.step());
}

TEST_CASE("in-process transport: latencies are drawn, and answers can be put in its place") {
    EmulatorFixture fixture;
    test::InProcessTransport transport(fixture.platform, fixture.clock);
    transport.set_random_latency(Milliseconds(1), Milliseconds(50), 7);
    transport.intercept = [](const http::Request& request) -> std::optional<http::Response> {
        if (request.method == http::Method::get) {
            return std::nullopt;
        }
        http::Response teapot;
        teapot.status = 418;
        return teapot;
    };
    const auto start = fixture.clock.now();
    CHECK(status_of(transport, fixture.request(http::Method::get, "/flows")) == 200);
    const auto taken = fixture.clock.now() - start;
    CHECK(taken >= Milliseconds(1));
    CHECK(taken <= Milliseconds(50));
    CHECK(status_of(transport, fixture.request(http::Method::del, "/flows/x")) == 418);
    CHECK(transport.requests().back().status == 418);
}
