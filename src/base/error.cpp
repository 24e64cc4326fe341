#include "base/error.hpp"

#include <fmt/format.h>

namespace penstock {

namespace {

/// A path with a long query says enough by its beginning.
std::string excerpt_of(const std::string& path) {
    constexpr std::size_t most = 120;
    return path.size() <= most ? path : path.substr(0, most) + "...";
}

} // namespace

std::string describe(const Error& error) {
    std::string text = error.message;
    if (error.exchange) {
        const auto& exchange = *error.exchange;
        text += fmt::format("\n  request: {} {}", exchange.method, excerpt_of(exchange.path));
        if (exchange.status != 0) {
            text += fmt::format("\n  answer: HTTP {}", exchange.status);
            if (!exchange.code.empty()) {
                text += fmt::format(", code {}", exchange.code);
            }
            if (!exchange.request_id.empty()) {
                text += fmt::format(", request id {}", exchange.request_id);
            }
        }
    }
    if (!error.hint.empty()) {
        text += fmt::format("\n  next: {}", error.hint);
    }
    return text;
}

} // namespace penstock
