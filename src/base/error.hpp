#pragma once

#include <optional>
#include <string>

namespace penstock {

/// What sort of failure an Error is. The command line turns it into an exit code and the retry
/// policy into a decision; nothing decides on the text of a message.
enum class ErrorKind {
    general,           ///< anything without a kind of its own
    invalid_input,     ///< the user's files or arguments are wrong
    secret_unavailable, ///< a secret reference cannot be resolved
    authentication,    ///< no token, or the service does not accept it
    permission,        ///< the token is good and not allowed to do this
    not_found,         ///< the entity or the sandbox does not exist
    stale,             ///< the entity changed since it was read (HTTP 412)
    busy,              ///< the entity is in a transitional state; waiting may help
    rejected,          ///< the service understood the request and refuses it
    rate_limited,      ///< HTTP 429
    unavailable,       ///< HTTP 5xx
    unreachable,       ///< nothing was sent: name, connection, TLS, proxy
    network,           ///< sent, but no complete answer: cut connection, time limit
    bad_answer,        ///< an answer that is not what the service documents
    not_kept,          ///< the service accepted a change and did not keep it
    refused,           ///< refused by penstock itself: a guard, or no approval
    interrupted,       ///< stopped by the user
};

/// The HTTP exchange that an Error comes from, as far as it got.
struct Exchange {
    std::string method;
    std::string path;       ///< path and query as sent, without scheme and host
    int status = 0;         ///< 0 when there was no answer
    std::string code;       ///< the service's own code, e.g. "1404-412"; empty if none
    std::string request_id; ///< the x-request-id of the answer; empty if none

    bool operator==(const Exchange&) const = default;
};

/// A failure as a value. `message` is one sentence for a person; `hint` says what to do next.
struct Error {
    ErrorKind kind = ErrorKind::general;
    std::string message;
    std::string hint;
    std::optional<Exchange> exchange;
};

/// The Error as text of one or more lines: message, exchange, hint.
std::string describe(const Error& error);

} // namespace penstock
