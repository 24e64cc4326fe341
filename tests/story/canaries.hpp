#pragma once

#include "http/message.hpp"
#include "secrets/source.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace penstock::story {

/// Gives every reference a value that is easy to recognise wherever it turns up, and that satisfies
/// the catalogue's patterns.
class Canaries final : public secrets::SecretSource {
  public:
    Canaries();

    Result<secrets::SecretString> resolve(const secrets::SecretReference& reference) override;

    /// The reference has another value from now on.
    void rotate(const secrets::SecretReference& reference);

  private:
    std::set<std::string> identifiers_;   ///< references to what is no secret
    std::map<std::string, int> editions_; ///< by describe(reference)
};

/// The secret of the client itself.
secrets::SecretString client_secret();

/// True if the text holds the value of a reference, a client's secret or an access token.
bool holds_secret(std::string_view text);

/// True if the request holds a secret in another place than credentials have: parameters of auth
/// and of encryption, the header Authorization, and the exchange for a token.
bool leaks_secret(const http::Request& request);

} // namespace penstock::story
