#pragma once

#include "base/clock.hpp"
#include "http/curl_transport.hpp"
#include "http/transport.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::cli {

/// Whether commands with a selection read only what it is about. They come to the same either way,
/// so that only tests choose.
enum class SelectiveReads { never, if_cheaper, always };

/// Everything of the process that commands use, so that tests run whole commands without one.
struct Host {
    std::function<std::optional<std::string>(const std::string& name)> variable;
    std::function<void(std::string_view)> out; ///< the result
    std::function<void(std::string_view)> err; ///< progress, log and complaints
    /// One line of standard input without its end; nothing at the end of the input.
    std::function<std::optional<std::string>()> read_line;
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    const Clock* clock = nullptr;
    std::function<std::unique_ptr<http::Transport>(const http::CurlOptions&)> make_transport;
    std::function<double()> jitter; ///< in [0, 1)
    std::function<int()> signal;    ///< number of the signal that asks to stop; 0: none
    SelectiveReads selective = SelectiveReads::if_cheaper;
    bool ends_with_command = false; ///< the process does: memory need not be given back
};

} // namespace penstock::cli
