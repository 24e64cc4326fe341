#include "story/weather.hpp"

#include "json/text.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace penstock::story {

namespace {

using emulator::Drop;
using emulator::Fault;
using test::Random;

http::Response answer(int status, std::string body) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

Fault answered(http::Response response, bool commit) {
    Fault fault;
    fault.answer = std::move(response);
    fault.commit = commit;
    return fault;
}

Fault too_many(Random& random) {
    auto response = answer(429, R"({"error_code":"429050","message":"Too many requests"})");
    response.headers.set("Retry-After", random.one_in(3) ? "Sun, 01 Nov 2026 00:00:30 GMT"
                                                         : std::to_string(random.number(0, 20)));
    return answered(std::move(response), false);
}

Fault dropped(Drop when) {
    Fault fault;
    fault.drop = when;
    return fault;
}

} // namespace

struct Weather::Kind {
    std::string_view name;
    Fault (*make)(Random&);
};

const std::vector<Weather::Kind>& Weather::kinds() {
    static const std::vector<Kind> all{
        {"cut before", [](Random&) { return dropped(Drop::before_commit); }},
        {"cut after", [](Random&) { return dropped(Drop::after_commit); }},
        {"429", too_many},
        {"401",
         [](Random&) {
             return answered(
                 answer(401, R"({"error_code":"401013","message":"Oauth token is not valid"})"),
                 false);
         }},
        {"500", [](Random&) { return answered(answer(500, R"({"message":"oops"})"), false); }},
        {"500 and done", [](Random&) { return answered(answer(500, "{}"), true); }},
        {"502 in HTML",
         [](Random& random) {
             return answered(answer(502, "<html><body>Bad Gateway</body></html>"),
                             random.one_in(2));
         }},
        {"503", [](Random&) { return answered(answer(503, ""), false); }},
        {"504 and done", [](Random&) { return answered(answer(504, ""), true); }},
        {"delay",
         [](Random& random) {
             Fault fault;
             fault.delay = Milliseconds{random.number(100, 20'000)};
             return fault;
         }},
        {"list that lags",
         [](Random& random) {
             Fault fault;
             fault.list_lag = Milliseconds{random.number(500, 12'000)};
             return fault;
         }},
    };
    return all;
}

std::optional<emulator::Fault> Weather::draw(const http::Request& request) {
    if (random_.number(1, 1000) > faults_) {
        return std::nullopt;
    }
    const auto& kind = random_.any(kinds());
    auto fault = kind.make(random_);
    if (fault.list_lag.count() != 0 && request.method != http::Method::get) {
        return std::nullopt;
    }
    ++tally_.faults[std::string(kind.name)];
    if (fault.list_lag.count() != 0) {
        ++tally_.lags;
    }
    return fault;
}

bool Weather::disturb(const http::Request& request, http::Response& response) {
    if (random_.number(1, 4000) > faults_ || response.body.empty()) {
        return false;
    }
    if (random_.one_in(2)) {
        ++tally_.faults["truncated answer"];
        response.body.resize(response.body.size() / 2);
    } else {
        ++tally_.faults["500 that repeats the request"];
        response =
            answer(500, json::write(json::Object{{"message", "cannot process " + request.body}}));
    }
    return true;
}

std::optional<Milliseconds> Weather::late() {
    if (!random_.one_in(4)) {
        return std::nullopt;
    }
    ++tally_.faults["cut, and done later"];
    return Milliseconds{random_.number(500, 30'000)};
}

} // namespace penstock::story
