#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace penstock::secrets {

/// A program that prints a secret.
struct Command {
    std::vector<std::string> argv;
    std::string folder; ///< where it runs; empty: here
    Milliseconds limit{30'000};
    std::size_t most_bytes = std::size_t{1024} * 1024; ///< of its standard output
    std::function<bool()> interrupted; ///< once true, the command is ended; may be null
};

/// Runs the command without a shell, with /dev/null as its input, and returns its standard output.
/// After the limit, or once interrupted, its whole process group is killed. Fails with
/// ErrorKind::secret_unavailable, or ErrorKind::interrupted; the message holds what it wrote to
/// standard error, never its output.
Result<std::string> run_command(const Command& command);

} // namespace penstock::secrets
