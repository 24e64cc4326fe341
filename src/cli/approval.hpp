#pragma once

#include "cli/arguments.hpp"
#include "cli/host.hpp"

namespace penstock::cli {

/// How changes get approved in this process.
enum class Approval {
    given,      ///< by --auto-approve
    asked,      ///< by somebody at a terminal
    impossible, ///< nobody can be asked
};

/// With --json nobody is asked: a program reads the answer.
Approval approval(const Arguments& arguments, const Host& host);

/// Asks at the terminal; true only for `yes`.
bool ask(const Host& host, bool destroy);

} // namespace penstock::cli
