#pragma once

#include "json/value.hpp"

#include <string>

namespace penstock::flow {

/// What the body of a failure says, as it says it: not yet made printable.
struct ErrorBody {
    std::string code;       ///< e.g. `1404-412`, `403010`; empty if none
    std::string words;      ///< one text out of message, title, detail and so on; may be empty
    std::string request_id; ///< empty unless the body has one
};

/// Reads every shape of the reference, section 9.1. The place of the coded errors of section 9.3 in
/// the body is not documented, so the code is looked for wherever one may stand, at the beginning
/// of the message included.
ErrorBody read_error_body(const json::Value& body);

} // namespace penstock::flow
