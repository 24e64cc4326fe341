#pragma once

#include "auth/tokens.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "flow/service_error.hpp"
#include "http/retry.hpp"
#include "http/transport.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace penstock::flow {

struct Site;

/// One request to the platform, still without what every request carries.
struct Call {
    http::Method method = http::Method::get;
    std::string target; ///< path and query, percent-encoded, beginning with '/'
    std::string body;   ///< JSON text; empty: none
    std::string accept = "application/json";
    std::string if_match;    ///< as it was read, quotes included; empty: no such header
    bool repeatable = false; ///< a POST that may be sent twice
    std::size_t urgency = 1; ///< as http::Request::urgency
    Hidden hidden;           ///< secrets in `body`
};

/// A 2xx answer, and what an Error about it needs.
struct Answer {
    http::Response response;
    Exchange exchange;
    Hidden hidden;
};

/// Sends calls with the headers of the reference, section 1.2; tries again by policy, and once with
/// a new token after 401. Any status but 2xx becomes an Error.
class Sender {
  public:
    using Done = std::function<void(Result<Answer>)>;

    Sender(http::Transport& transport, auth::TokenProvider& tokens, const Site& site,
           http::RetryLimits limits, const Clock& clock, std::function<double()> jitter);

    void send(Call call, Done done);

    /// From then on that `stopping` says so, no failed call is tried again: it fails with what it
    /// failed with, even while it waits.
    void stop_retrying_when(std::function<bool()> stopping);

    /// As Transport::compute().
    void compute(std::function<void()> work, std::function<void()> then);

    /// Completes with `error` in a later step, as every call does.
    void fail_later(Error error, Done done);

  private:
    struct Surroundings;
    struct Sending;
    std::shared_ptr<Surroundings> surroundings_;
};

} // namespace penstock::flow
