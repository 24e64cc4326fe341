#include "http/pace.hpp"
#include "http/paced_transport.hpp"
#include "support/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using http::Pace;

namespace {

/// Answers what is in flight in any order, each with a status of the test's choice.
class HandAnswered final : public http::Transport {
  public:
    void send(http::Request request, Completion completion) override {
        flying.emplace_back(std::move(request), std::move(completion));
        most = std::max(most, flying.size());
    }
    void schedule(Milliseconds /*delay*/, std::function<void()> action) override { action(); }
    bool step() override { return !flying.empty(); }

    /// The URL of the request that was answered.
    std::string answer(std::size_t index, int status) {
        auto [request, completion] = std::move(flying[index]);
        flying.erase(flying.begin() + static_cast<std::ptrdiff_t>(index));
        if (status == 0) {
            completion(fail(ErrorKind::network, "cut"));
        } else {
            http::Response response;
            response.status = status;
            completion(std::move(response));
        }
        return request.url;
    }

    std::deque<std::pair<http::Request, Completion>> flying;
    std::size_t most = 0;
};

http::Request to(const std::string& url) {
    http::Request request;
    request.url = url;
    return request;
}

} // namespace

TEST_CASE("pace: a burst that is turned away halves it once, the next one again, down to one") {
    Pace pace(8);
    CHECK(pace.limit() == 8);
    const auto burst = pace.round();
    for (int i = 0; i < 8; ++i) {
        pace.answered(429, burst);
    }
    CHECK(pace.limit() == 4);
    for (const std::size_t expected : {2U, 1U, 1U}) {
        pace.answered(503, pace.round());
        CHECK(pace.limit() == expected);
    }
}

TEST_CASE("pace: good answers let it grow back by one at a time, and not beyond the beginning") {
    Pace pace(3);
    pace.answered(429, pace.round());
    REQUIRE(pace.limit() == 1);
    pace.answered(200, pace.round());
    CHECK(pace.limit() == 2);
    pace.answered(404, pace.round()); // the service keeps up, whatever it says
    CHECK(pace.limit() == 2);
    pace.answered(500, pace.round());
    CHECK(pace.limit() == 3);
    for (int i = 0; i < 20; ++i) {
        pace.answered(200, pace.round());
    }
    CHECK(pace.limit() == 3);
}

TEST_CASE("pace: late news of a burst break a row of good answers, and no more") {
    Pace pace(4);
    const auto burst = pace.round();
    pace.answered(429, burst);
    REQUIRE(pace.limit() == 2);
    pace.answered(200, pace.round());
    pace.answered(429, burst);
    pace.answered(200, pace.round());
    CHECK(pace.limit() == 2);
    pace.answered(0, pace.round()); // a cut connection is neither
    pace.answered(200, pace.round());
    CHECK(pace.limit() == 3);
}

TEST_CASE("pace: never zero, whatever it is made with") {
    CHECK(Pace(0).limit() == 1);
}

TEST_CASE("paced transport: no request is lost, none is sent twice, order and limit are kept") {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        test::Random random(seed);
        HandAnswered wire;
        http::PacedTransport paced(wire, 4);
        std::vector<int> answers(60, 0);
        std::vector<std::string> sent;
        std::size_t next = 0;
        const auto send = [&] {
            const auto number = next++;
            paced.send(to(std::to_string(number)),
                       [&answers, number](const Result<http::Response>&) { ++answers[number]; });
        };
        while (next < answers.size() || !wire.flying.empty()) {
            INFO("seed ", seed);
            if (next < answers.size() && random.one_in(2)) {
                send();
            } else if (!wire.flying.empty()) {
                const int statuses[] = {200, 200, 429, 503, 0};
                const auto limit = paced.limit();
                CHECK(wire.flying.size() <= 4);
                const auto index = static_cast<std::size_t>(
                    random.number(0, static_cast<int>(wire.flying.size()) - 1));
                wire.answer(index, statuses[random.number(0, 4)]);
                // After a halving what is in flight may be more; then nothing new is sent.
                CHECK(wire.flying.size() <= std::max(limit, paced.limit()));
            }
        }
        CHECK(wire.most <= 4);
        CHECK(std::all_of(answers.begin(), answers.end(), [](int count) { return count == 1; }));
    }
}

TEST_CASE("paced transport: while the service is overloaded one request is sent after the other") {
    HandAnswered wire;
    http::PacedTransport paced(wire, 4);
    for (int i = 0; i < 12; ++i) {
        paced.send(to(std::to_string(i)), [](const Result<http::Response>&) {});
    }
    CHECK(wire.flying.size() == 4);
    CHECK(wire.answer(0, 429) == "0");
    CHECK(wire.flying.size() == 3); // two may fly now
    wire.answer(0, 200);
    CHECK(wire.flying.size() == 2);
    wire.answer(0, 200); // the second good answer of two: three may fly
    CHECK(wire.flying.size() == 3);
    CHECK(wire.flying.back().first.url == "5");
}

TEST_CASE("paced transport: the most urgent goes first, and of those the one that was sent first") {
    HandAnswered wire;
    http::PacedTransport paced(wire, 1);
    const auto send = [&](const std::string& url, std::size_t urgency) {
        auto request = to(url);
        request.urgency = urgency;
        paced.send(std::move(request), [](const Result<http::Response>&) {});
    };
    auto first = to("first");
    paced.send(std::move(first), [&](const Result<http::Response>&) { send("follows", 9); });
    send("a", 1);
    send("b", 3);
    send("c", 2);
    send("d", 3);
    std::vector<std::string> order;
    while (!wire.flying.empty()) {
        order.push_back(wire.answer(0, 200));
    }
    CHECK(order == std::vector<std::string>{"first", "follows", "b", "d", "c", "a"});
}
