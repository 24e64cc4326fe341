#pragma once

#include "base/error.hpp"

#include <string>

namespace penstock::cli {

/// What a command came to, for the shell. Everything but 0 and 2 is a failure.
enum class ExitCode {
    done = 0,
    failed = 1,
    changes = 2,
    invalid = 3,
    stale = 4,
    partial = 5,
    refused = 6,
    authentication = 7,
    network = 8,
    interrupted = 130,
    terminated = 143,
};

inline constexpr ExitCode all_exit_codes[] = {
    ExitCode::done,    ExitCode::failed,      ExitCode::changes,   ExitCode::invalid,
    ExitCode::stale,   ExitCode::partial,     ExitCode::refused,   ExitCode::authentication,
    ExitCode::network, ExitCode::interrupted, ExitCode::terminated};

/// The code for a command that failed with an error of that kind.
ExitCode exit_code(ErrorKind kind);

/// The code after a signal of that number stopped the command.
ExitCode exit_code_of_signal(int signal);

/// The table for people, one line for each code, and what Ctrl-C does.
std::string exit_code_table();

} // namespace penstock::cli
