#include "auth/tokens.hpp"

namespace penstock::auth {

namespace {

class ReadyToken final : public TokenProvider {
  public:
    explicit ReadyToken(secrets::SecretString token) : token_(std::move(token)) {}

    void token(Completion completion) override {
        if (rejected_) {
            completion(fail(ErrorKind::authentication, "the access token is expired or not valid",
                            "fetch a fresh token, or configure clientId and clientSecret so that "
                            "penstock does it"));
            return;
        }
        completion(token_);
    }

    void reject(const secrets::SecretString& token) override {
        rejected_ = rejected_ || token.reveal() == token_.reveal();
    }

  private:
    secrets::SecretString token_;
    bool rejected_ = false;
};

} // namespace

std::unique_ptr<TokenProvider> make_ready_token(secrets::SecretString token) {
    return std::make_unique<ReadyToken>(std::move(token));
}

} // namespace penstock::auth
