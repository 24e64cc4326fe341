#include "http/retry.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace penstock;
using http::Attempt;
using http::Method;
using http::RetryLimits;

namespace {

struct Row {
    std::string_view name;
    Attempt attempt;
    double jitter;
    std::optional<int> delay; ///< ms
};

constexpr Milliseconds no_time{0};
constexpr std::optional<Milliseconds> not_asked = std::nullopt;

} // namespace

TEST_CASE("retry policy") {
    const Row rows[] = {
        {"first failure, least jitter",
         {Method::get, ErrorKind::network, 1, no_time, not_asked, false},
         0,
         0},
        {"first failure, half jitter",
         {Method::get, ErrorKind::network, 1, no_time, not_asked, false},
         0.5,
         250},
        {"doubles", {Method::get, ErrorKind::unavailable, 3, no_time, not_asked, false}, 0.5, 1000},
        {"last attempt was the last",
         {Method::get, ErrorKind::network, 6, no_time, not_asked, false},
         0,
         {}},
        {"PATCH after a cut connection",
         {Method::patch, ErrorKind::network, 1, no_time, not_asked, false},
         0.5,
         250},
        {"DELETE after 500",
         {Method::del, ErrorKind::unavailable, 1, no_time, not_asked, false},
         0.5,
         250},
        {"PUT after a time limit",
         {Method::put, ErrorKind::network, 1, no_time, not_asked, false},
         0.5,
         250},
        {"POST after a cut connection",
         {Method::post, ErrorKind::network, 1, no_time, not_asked, false},
         0,
         {}},
        {"POST after 500",
         {Method::post, ErrorKind::unavailable, 1, no_time, not_asked, false},
         0,
         {}},
        {"POST while busy", {Method::post, ErrorKind::busy, 1, no_time, not_asked, false}, 0, {}},
        {"POST after 429",
         {Method::post, ErrorKind::rate_limited, 1, no_time, not_asked, false},
         0.5,
         250},
        {"POST when nothing was sent",
         {Method::post, ErrorKind::unreachable, 1, no_time, not_asked, false},
         0.5,
         250},
        {"repeatable POST after 500",
         {Method::post, ErrorKind::unavailable, 1, no_time, not_asked, true},
         0.5,
         250},
        {"DELETE while busy", {Method::del, ErrorKind::busy, 2, no_time, not_asked, false}, 0, {}},
        {"412 is not transient",
         {Method::patch, ErrorKind::stale, 1, no_time, not_asked, false},
         0,
         {}},
        {"400 is not transient",
         {Method::get, ErrorKind::rejected, 1, no_time, not_asked, false},
         0,
         {}},
        {"401 is not transient",
         {Method::get, ErrorKind::authentication, 1, no_time, not_asked, false},
         0,
         {}},
        {"a web page is not transient",
         {Method::get, ErrorKind::bad_answer, 1, no_time, not_asked, false},
         0,
         {}},
        {"Retry-After is a floor",
         {Method::get, ErrorKind::rate_limited, 1, no_time, Milliseconds{7000}, false},
         0,
         7000},
        {"Retry-After above the ceiling",
         {Method::get, ErrorKind::rate_limited, 1, no_time, Milliseconds{90'000}, false},
         0,
         90'000},
        {"Retry-After with jitter on top",
         {Method::get, ErrorKind::rate_limited, 1, no_time, Milliseconds{7000}, false},
         0.5,
         7250},
        {"a short Retry-After changes nothing",
         {Method::get, ErrorKind::rate_limited, 5, no_time, Milliseconds{10}, false},
         0.5,
         4000},
        {"Retry-After beyond the deadline",
         {Method::get, ErrorKind::rate_limited, 1, no_time, Milliseconds{400'000}, false},
         0,
         {}},
        {"not after the deadline",
         {Method::get, ErrorKind::network, 2, Milliseconds{299'900}, not_asked, false},
         0.5,
         {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto delay = http::retry_delay(row.attempt, RetryLimits{}, row.jitter);
        CHECK(delay.has_value() == row.delay.has_value());
        if (delay && row.delay) {
            CHECK(delay->count() == *row.delay);
        }
    }
}

TEST_CASE("the backoff stops at the ceiling") {
    RetryLimits limits;
    limits.attempts = 1000;
    const Attempt attempt{Method::get, ErrorKind::network, 900, no_time, not_asked, false};
    const auto delay = http::retry_delay(attempt, limits, 0.999);
    REQUIRE(delay);
    CHECK(*delay > limits.ceiling / 2);
    CHECK(*delay <= limits.ceiling);
}

TEST_CASE("Retry-After comes in seconds or as a date") {
    const UtcTime now = std::chrono::sys_days{std::chrono::year{1994} / 11 / 6} +
                        std::chrono::hours{8} + std::chrono::minutes{49};
    CHECK(http::parse_retry_after("120", now) == Milliseconds{120'000});
    CHECK(http::parse_retry_after(" 0 ", now) == Milliseconds{0});
    CHECK(http::parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now) == Milliseconds{37'000});
    CHECK(http::parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now) == Milliseconds{0});
    for (const auto* wrong : {"", "-1", "1.5", "soon", "Sun, 31 Feb 1994 08:49:37 GMT",
                              "99999999999999999999", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
        CAPTURE(wrong);
        CHECK_FALSE(http::parse_retry_after(wrong, now));
    }
}

TEST_CASE("what may have been acted on") {
    const auto with_status = [](ErrorKind kind, int status) {
        return Error{kind, "x", {}, Exchange{"POST", "/", status, {}, {}}};
    };
    CHECK(http::outcome_unknown(with_status(ErrorKind::network, 0)));
    CHECK(http::outcome_unknown(with_status(ErrorKind::unavailable, 503)));
    CHECK(http::outcome_unknown(with_status(ErrorKind::bad_answer, 201)));
    CHECK_FALSE(http::outcome_unknown(with_status(ErrorKind::bad_answer, 302)));
    CHECK_FALSE(http::outcome_unknown(with_status(ErrorKind::unreachable, 0)));
    CHECK_FALSE(http::outcome_unknown(with_status(ErrorKind::rejected, 400)));
    CHECK_FALSE(http::outcome_unknown(with_status(ErrorKind::rate_limited, 429)));
    CHECK_FALSE(http::outcome_unknown(Error{ErrorKind::bad_answer, "x", {}, {}}));
}
