#pragma once

#include "auth/tokens.hpp"
#include "base/error.hpp"
#include "http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::flow {

/// Secrets that went out with a request: a service that repeats one must not put it on the screen.
using Hidden = std::vector<secrets::SecretString>;

/// `text` with every secret of `hidden` replaced by `(secret)`. Secrets of less than four bytes are
/// passed over: they stand in ordinary words.
std::string hide(std::string text, const Hidden& hidden);

/// An answer that is no success as an Error: kind, the service's words made printable, a hint, and
/// the exchange with status, code and request id. Understands every body of the reference, section
/// 9.1, and bodies that are empty or no JSON. `exchange` names the request.
Error parse_service_error(const http::Response& response, Exchange exchange,
                          const Hidden& hidden = {});

/// What a failure means, by HTTP status and by the service's own code, which may be empty
/// (reference, sections 9.2 and 9.3).
ErrorKind kind_of(int status, std::string_view code);

/// True if the sandbox, and not the entity, is what the service did not find (codes 2100 ff.).
bool is_sandbox_missing(const Error& error);

/// `exchange` completed with the answer's status and request id.
Exchange with_answer(Exchange exchange, const http::Response& response);

} // namespace penstock::flow
