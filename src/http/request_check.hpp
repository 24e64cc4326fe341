#pragma once

#include "base/result.hpp"
#include "http/message.hpp"

#include <optional>

namespace penstock::http {

/// Why `request` must not be sent at all; nothing if it may. Refused with ErrorKind::invalid_input:
/// what is no URL, plain http to another machine (the token would travel in clear), and header
/// values with control characters (they could forge further headers).
std::optional<Error> check_request(const Request& request);

/// A redirect as an Error of kind bad_answer that names where it leads: it is never followed, since
/// the token would go along. Nothing for any other answer.
std::optional<Error> check_redirect(const Request& request, const Response& response);

} // namespace penstock::http
