#include "flow/sender.hpp"

#include "flow/client.hpp"
#include "http/url.hpp"

#include <algorithm>
#include <utility>

namespace penstock::flow {

struct Sender::Surroundings {
    http::Transport& transport;
    auth::TokenProvider& tokens;
    Site site;
    http::RetryLimits limits;
    const Clock& clock;
    std::function<double()> jitter;
    std::function<bool()> stopping;
};

/// One call under way. Lives as long as a completion or timer refers to it.
struct Sender::Sending : std::enable_shared_from_this<Sending> {
    Sending(std::shared_ptr<Surroundings> around_us, Call asked, Done completion)
        : around(std::move(around_us)), call(std::move(asked)), done(std::move(completion)),
          started(around->clock.now()) {}

    void attempt() {
        ++attempts;
        ask_token();
    }

    void ask_token() {
        around->tokens.token([self = shared_from_this()](Result<secrets::SecretString> token) {
            if (token) {
                self->send(*std::move(token));
                return;
            }
            // A provider may answer at once, but nobody hears back inside the call.
            Error error = std::move(token.error());
            if (!error.exchange) {
                error.exchange = self->rejection; // the answer that made the token useless
            }
            self->around->transport.schedule(
                Milliseconds{0}, [self, error = std::move(error)] { self->done(fail(error)); });
        });
    }

    [[nodiscard]] http::Request request(const secrets::SecretString& token) const {
        const Site& site = around->site;
        http::Request request;
        request.method = call.method;
        request.urgency = call.urgency;
        request.url = http::at_endpoint(site.endpoint, call.target);
        request.headers.add("Authorization", "Bearer " + token.reveal());
        request.headers.add("x-api-key", site.api_key);
        request.headers.add("x-gw-ims-org-id", site.organization);
        request.headers.add("x-sandbox-name", site.sandbox);
        request.headers.add("Accept", call.accept);
        if (!call.if_match.empty()) {
            request.headers.add("If-Match", call.if_match);
        }
        if (!call.body.empty()) {
            request.headers.add("Content-Type", "application/json");
            request.body = call.body;
        }
        return request;
    }

    void send(secrets::SecretString token) {
        http::Request ready = request(token);
        Exchange exchange = http::exchange_for(ready);
        around->transport.send(std::move(ready),
                               [self = shared_from_this(), token = std::move(token),
                                exchange = std::move(exchange)](Result<http::Response> response) {
                                   self->answered(token, exchange, std::move(response));
                               });
    }

    void answered(const secrets::SecretString& token, const Exchange& exchange,
                  Result<http::Response> response) {
        Hidden hidden = call.hidden;
        hidden.push_back(token);
        if (!response) {
            failed(std::move(response.error()), {});
            return;
        }
        if (response->status >= 200 && response->status <= 299) {
            Exchange full = with_answer(exchange, *response);
            done(Answer{*std::move(response), std::move(full), std::move(hidden)});
            return;
        }
        Error error = parse_service_error(*response, exchange, hidden);
        if (response->status == 401 && !token_renewed) {
            token_renewed = true;
            rejection = error.exchange;
            around->tokens.reject(token);
            ask_token();
            return;
        }
        std::optional<Milliseconds> retry_after;
        if (const auto value = response->headers.find("retry-after")) {
            retry_after = http::parse_retry_after(*value, around->clock.now());
        }
        failed(std::move(error), retry_after);
    }

    void failed(Error error, std::optional<Milliseconds> retry_after) {
        http::Attempt made;
        made.method = call.method;
        made.outcome = error.kind;
        made.number = attempts;
        made.elapsed = around->clock.now() - started;
        made.retry_after = retry_after;
        made.repeatable = call.repeatable;
        made.stopping = around->stopping();
        if (const auto delay = http::retry_delay(made, around->limits, around->jitter())) {
            wait(*delay, std::move(error));
            return;
        }
        done(fail(std::move(error)));
    }

    /// In short turns: who interrupts a run does not want to wait for a Retry-After of minutes.
    void wait(Milliseconds delay, Error error) {
        constexpr Milliseconds turn{500};
        const auto now = std::min(delay, turn);
        around->transport.schedule(
            now, [self = shared_from_this(), rest = delay - now, error = std::move(error)] {
                if (self->around->stopping()) {
                    self->done(fail(error));
                } else if (rest.count() > 0) {
                    self->wait(rest, error);
                } else {
                    self->attempt();
                }
            });
    }

    std::shared_ptr<Surroundings> around;
    Call call;
    Done done;
    UtcTime started;
    int attempts = 0;
    bool token_renewed = false;
    std::optional<Exchange> rejection;
};

Sender::Sender(http::Transport& transport, auth::TokenProvider& tokens, const Site& site,
               http::RetryLimits limits, const Clock& clock, std::function<double()> jitter)
    : surroundings_(std::make_shared<Surroundings>(Surroundings{
          transport, tokens, site, limits, clock, std::move(jitter), [] { return false; }})) {}

void Sender::stop_retrying_when(std::function<bool()> stopping) {
    surroundings_->stopping = std::move(stopping);
}

void Sender::send(Call call, Done done) {
    std::make_shared<Sending>(surroundings_, std::move(call), std::move(done))->attempt();
}

void Sender::compute(std::function<void()> work, std::function<void()> then) {
    surroundings_->transport.compute(std::move(work), std::move(then));
}

void Sender::fail_later(Error error, Done done) {
    surroundings_->transport.schedule(
        Milliseconds{0}, [error = std::move(error), done = std::move(done)] { done(fail(error)); });
}

} // namespace penstock::flow
