#pragma once

#include "http/message.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace penstock::emulator {

/// A request as it may be written down: without the token, and with every credential in the body
/// replaced by `[redacted]`.
struct LoggedRequest {
    std::int64_t time = 0; ///< epoch ms, of the platform's clock
    /// Milliseconds since the server was made, of a clock that runs as fast as time does: when the
    /// request was there, and when its answer began to be sent.
    double arrived = 0;
    double answered = 0;
    std::string method;
    std::string path;
    std::string query; ///< as sent
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    int status = 0;
    std::string request_id;
};

/// The request without its secrets.
LoggedRequest logged(const http::Request& request, const http::Response& response,
                     std::int64_t time);

/// One line of NDJSON, without the newline.
std::string to_line(const LoggedRequest& entry);

} // namespace penstock::emulator
