#include "http/retry.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace penstock::http {

namespace {

/// True if the failure may pass by itself.
bool is_transient(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::unreachable:
    case ErrorKind::network:
    case ErrorKind::unavailable:
    case ErrorKind::rate_limited:
        return true;
    case ErrorKind::busy: // whoever asked reads until the state is stable, which says more
    case ErrorKind::general:
    case ErrorKind::invalid_input:
    case ErrorKind::secret_unavailable:
    case ErrorKind::authentication:
    case ErrorKind::permission:
    case ErrorKind::not_found:
    case ErrorKind::stale:
    case ErrorKind::rejected:
    case ErrorKind::bad_answer:
    case ErrorKind::not_kept:
    case ErrorKind::refused:
    case ErrorKind::interrupted:
        return false;
    }
    return false;
}

Milliseconds backoff(int number, const RetryLimits& limits) {
    Milliseconds delay = limits.base;
    for (int i = 1; i < number && delay < limits.ceiling; ++i) {
        delay *= 2;
    }
    return std::min(delay, limits.ceiling);
}

Milliseconds scaled(Milliseconds delay, double factor) {
    return Milliseconds(static_cast<std::int64_t>(static_cast<double>(delay.count()) * factor));
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc{} || end != text.data() + text.size() || text.starts_with('-')) {
        return std::nullopt;
    }
    return number;
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form of date that HTTP lets a sender write.
std::optional<UtcTime> parse_http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || !text.ends_with(" GMT")) {
        return std::nullopt;
    }
    const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
    const auto day = parse_number<unsigned>(text.substr(5, 2));
    const auto year = parse_number<int>(text.substr(12, 4));
    const auto hour = parse_number<int>(text.substr(17, 2));
    const auto minute = parse_number<int>(text.substr(20, 2));
    const auto second = parse_number<int>(text.substr(23, 2));
    if (month == months.end() || !day || !year || !hour || !minute || !second) {
        return std::nullopt;
    }
    const auto number = static_cast<unsigned>(month - months.begin()) + 1;
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{number},
                                           std::chrono::day{*day}};
    if (!date.ok()) {
        return std::nullopt;
    }
    return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
           std::chrono::seconds{*second};
}

} // namespace

std::optional<Milliseconds> retry_delay(const Attempt& attempt, const RetryLimits& limits,
                                        double jitter) {
    if (attempt.stopping || attempt.number >= limits.attempts || !is_transient(attempt.outcome)) {
        return std::nullopt;
    }
    const bool surely_not_done =
        attempt.outcome == ErrorKind::rate_limited || attempt.outcome == ErrorKind::unreachable;
    if (attempt.method == Method::post && !attempt.repeatable && !surely_not_done) {
        return std::nullopt;
    }
    Milliseconds delay = scaled(backoff(attempt.number, limits), jitter);
    if (attempt.retry_after) {
        // Everybody who was turned away was given the same time; the jitter spreads them again.
        delay = std::max(delay, *attempt.retry_after + scaled(limits.base, jitter));
    }
    if (attempt.elapsed + delay > limits.deadline) {
        return std::nullopt;
    }
    return delay;
}

std::optional<Milliseconds> parse_retry_after(std::string_view value, UtcTime now) {
    const auto text = trimmed(value);
    if (const auto seconds = parse_number<std::uint32_t>(text)) {
        return Milliseconds(std::int64_t{*seconds} * 1000);
    }
    if (const auto date = parse_http_date(text)) {
        return std::max(Milliseconds{0}, *date - now);
    }
    return std::nullopt;
}

bool outcome_unknown(const Error& error) {
    const int status = error.exchange ? error.exchange->status : 0;
    return error.kind == ErrorKind::network || error.kind == ErrorKind::unavailable ||
           (error.kind == ErrorKind::bad_answer && status >= 200 && status < 300);
}

} // namespace penstock::http
