#include "auth/tokens.hpp"
#include "base/text.hpp"
#include "http/url.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace penstock::auth {

namespace {

using std::chrono::seconds;

constexpr seconds refresh_margin{500};
constexpr seconds longest_life{30 * 24 * 3600}; ///< bounds what a wrong unit could do

struct Token {
    secrets::SecretString text;
    UtcTime refresh_at;
};

std::string joined(const std::vector<std::string>& scopes) {
    std::string text;
    for (const auto& scope : scopes) {
        text += (text.empty() ? "" : ",") + scope;
    }
    return text;
}

http::Request token_request(const ImsCredentials& credentials) {
    http::Request request;
    request.method = http::Method::post;
    request.url = http::at_endpoint(credentials.ims_endpoint, "/ims/token/v3");
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.headers.add("Accept", "application/json");
    request.body = http::write_query({{"grant_type", "client_credentials"},
                                      {"client_id", credentials.client_id},
                                      {"client_secret", credentials.client_secret.reveal()},
                                      {"scope", joined(credentials.scopes)}});
    return request;
}

/// What IMS says about the failure: `error: error_description`.
std::string words_of(const http::Response& response, const ImsCredentials& credentials) {
    const auto body = json::parse(response.body);
    if (!body) {
        return {};
    }
    const std::string& error = (*body)["error"].as_string();
    const std::string& description = (*body)["error_description"].as_string();
    const std::string words = error.empty() || description.empty()
                                  ? error + description
                                  : fmt::format("{}: {}", error, description);
    // A service that repeats what it was sent must not put the secret on the screen.
    const std::string& secret = credentials.client_secret.reveal();
    if (!secret.empty() && words.find(secret) != std::string::npos) {
        return "(withheld: it repeats the client secret)";
    }
    return excerpt(words, 300);
}

Exchange exchange_of(const http::Response& response, const ImsCredentials& credentials) {
    Exchange exchange = http::exchange_for(token_request(credentials));
    exchange.status = response.status;
    if (const auto id = response.headers.find("x-request-id")) {
        exchange.request_id = excerpt(*id, 100);
    }
    return exchange;
}

Error refusal(const http::Response& response, const ImsCredentials& credentials) {
    Error error;
    error.exchange = exchange_of(response, credentials);
    const std::string words = words_of(response, credentials);
    const std::string tail = words.empty() ? "" : ": " + words;
    if (response.status == 429) {
        error.kind = ErrorKind::rate_limited;
        error.message = "IMS takes no more token requests for now" + tail;
    } else if (response.status >= 500) {
        error.kind = ErrorKind::unavailable;
        error.message = fmt::format("IMS is unavailable (HTTP {}){}", response.status, tail);
    } else {
        error.kind = ErrorKind::authentication;
        error.message = fmt::format("IMS gives no token (HTTP {}){}", response.status, tail);
        error.hint = "check clientId, clientSecret, scopes and imsEndpoint of the environment";
    }
    return error;
}

Result<Token> read_token(const http::Response& response, const ImsCredentials& credentials,
                         UtcTime now) {
    if (response.status < 200 || response.status > 299) {
        return fail(refusal(response, credentials));
    }
    const auto body = json::parse(response.body);
    const auto expected = [&](std::string_view what) {
        return fail(Error{ErrorKind::bad_answer, fmt::format("the token answer of IMS {}", what),
                          "check imsEndpoint of the environment and the proxy settings",
                          exchange_of(response, credentials)});
    };
    if (!body || !body->is_object()) {
        const auto type = response.headers.find("content-type").value_or("unknown");
        return expected(fmt::format("is not JSON (content type {})", excerpt(type, 60)));
    }
    const std::string& text = (*body)["access_token"].as_string();
    if (text.empty()) {
        return expected("holds no access_token");
    }
    const std::int64_t life = (*body)["expires_in"].as_integer();
    if (life <= 0) {
        return expected("holds no expires_in in seconds");
    }
    const seconds bounded = std::min(seconds{life}, longest_life);
    return Token{secrets::SecretString(text),
                 now + bounded - std::min(refresh_margin, bounded / 2)};
}

/// Shared with the completions under way, so that they may outlive the provider.
struct Fetcher : std::enable_shared_from_this<Fetcher> {
    Fetcher(http::Transport& network, const Clock& time, ImsCredentials known,
            http::RetryLimits bounds, std::function<double()> spread)
        : transport(network), clock(time), credentials(std::move(known)), limits(bounds),
          jitter(std::move(spread)) {}

    void fetch() {
        attempts = 0;
        started = clock.now();
        attempt();
    }

    void attempt() {
        ++attempts;
        transport.send(token_request(credentials),
                       [self = shared_from_this()](Result<http::Response> response) {
                           self->answered(std::move(response));
                       });
    }

    void answered(Result<http::Response> response) {
        auto token = response ? read_token(*response, credentials, clock.now())
                              : Result<Token>(fail(std::move(response.error())));
        if (token) {
            current = *std::move(token);
            finish(current->text);
            return;
        }
        http::Attempt attempt_made;
        attempt_made.method = http::Method::post;
        attempt_made.outcome = token.error().kind;
        attempt_made.number = attempts;
        attempt_made.elapsed = clock.now() - started;
        attempt_made.repeatable = true; // a token too many harms nobody
        if (response) {
            if (const auto value = response->headers.find("retry-after")) {
                attempt_made.retry_after = http::parse_retry_after(*value, clock.now());
            }
        }
        if (const auto delay = http::retry_delay(attempt_made, limits, jitter())) {
            transport.schedule(*delay, [self = shared_from_this()] { self->attempt(); });
            return;
        }
        finish(fail(std::move(token.error())));
    }

    void finish(const Result<secrets::SecretString>& result) {
        for (const auto& completion : std::exchange(waiting, {})) {
            completion(result);
        }
    }

    http::Transport& transport;
    const Clock& clock;
    ImsCredentials credentials;
    http::RetryLimits limits;
    std::function<double()> jitter;
    std::optional<Token> current;
    std::vector<TokenProvider::Completion> waiting;
    UtcTime started;
    int attempts = 0;
};

class ImsTokens final : public TokenProvider {
  public:
    explicit ImsTokens(std::shared_ptr<Fetcher> fetcher) : fetcher_(std::move(fetcher)) {}

    void token(Completion completion) override {
        if (fetcher_->current && fetcher_->clock.now() < fetcher_->current->refresh_at) {
            completion(fetcher_->current->text);
            return;
        }
        fetcher_->waiting.push_back(std::move(completion));
        if (fetcher_->waiting.size() == 1) {
            fetcher_->fetch();
        }
    }

    void reject(const secrets::SecretString& token) override {
        // Many requests share a token: only the first refusal may throw away the present one.
        if (fetcher_->current && fetcher_->current->text.reveal() == token.reveal()) {
            fetcher_->current.reset();
        }
    }

  private:
    std::shared_ptr<Fetcher> fetcher_;
};

} // namespace

std::unique_ptr<TokenProvider> make_ims_tokens(http::Transport& transport, const Clock& clock,
                                               ImsCredentials credentials, http::RetryLimits limits,
                                               std::function<double()> jitter) {
    return std::make_unique<ImsTokens>(std::make_shared<Fetcher>(
        transport, clock, std::move(credentials), limits, std::move(jitter)));
}

} // namespace penstock::auth
