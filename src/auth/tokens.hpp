#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/retry.hpp"
#include "http/transport.hpp"
#include "secrets/secret_string.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace penstock::auth {

/// Where requests get their bearer token.
class TokenProvider {
  public:
    using Completion = std::function<void(Result<secrets::SecretString>)>;

    virtual ~TokenProvider() = default;

    /// Hands out a token that is good for at least the next few minutes. May complete at once.
    virtual void token(Completion completion) = 0;

    /// The service refused `token` with 401. The next call of token() fetches a new one, if this
    /// provider can; otherwise it fails with ErrorKind::authentication.
    virtual void reject(const secrets::SecretString& token) = 0;
};

/// A token that something else fetched. Once rejected, it stays so.
std::unique_ptr<TokenProvider> make_ready_token(secrets::SecretString token);

/// OAuth server-to-server credentials (reference, section 1.3).
struct ImsCredentials {
    std::string ims_endpoint; ///< e.g. https://ims-na1.adobelogin.com
    std::string client_id;
    secrets::SecretString client_secret;
    std::vector<std::string> scopes;
};

/// Fetches tokens from IMS: `POST /ims/token/v3` with a form. Fetches again 500 s before the token
/// expires (at half its life if that is shorter) and after a rejection; calls that arrive meanwhile
/// share one request, and transient failures are tried again by `limits` with `jitter` in [0, 1).
/// Fails with ErrorKind::authentication in the words of IMS, never with the secret.
std::unique_ptr<TokenProvider> make_ims_tokens(
    http::Transport& transport, const Clock& clock, ImsCredentials credentials,
    http::RetryLimits limits = {}, std::function<double()> jitter = [] { return 0.5; });

} // namespace penstock::auth
