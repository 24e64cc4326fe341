#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "http/message.hpp"

#include <optional>
#include <string_view>

namespace penstock::http {

/// How long and how often to try again.
struct RetryLimits {
    int attempts = 6;                     ///< in all, the first included
    Milliseconds base{500};               ///< backoff after the first failure; doubles
    Milliseconds ceiling{30'000};         ///< largest backoff of our own; Retry-After may be longer
    Milliseconds deadline{5 * 60 * 1000}; ///< no attempt starts later than this after the first
};

/// What came of one attempt, as data.
struct Attempt {
    Method method = Method::get;
    ErrorKind outcome = ErrorKind::general;
    int number = 1;                          ///< 1 for the first
    Milliseconds elapsed{0};                 ///< since the first attempt began
    std::optional<Milliseconds> retry_after; ///< what the service asked for
    bool repeatable = false;                 ///< twice does no harm, whatever the method says
    bool stopping = false;                   ///< the run was interrupted: nothing new is started
};

/// How long to wait before the next attempt; nothing if this failure is final. `jitter` in [0, 1)
/// spreads the delay over the whole backoff, so that clients that failed together do not come back
/// together; Retry-After is a floor that the ceiling does not cap. A POST that is not repeatable is
/// tried again only after 429 or when nothing was sent: anything else may have been acted on.
/// `busy` is tried again too: the service waits for itself.
std::optional<Milliseconds> retry_delay(const Attempt& attempt, const RetryLimits& limits,
                                        double jitter);

/// `Retry-After` in seconds or as an HTTP date.
std::optional<Milliseconds> parse_retry_after(std::string_view value, UtcTime now);

/// True if a request that failed like this may have been acted on all the same.
bool outcome_unknown(const Error& error);

} // namespace penstock::http
