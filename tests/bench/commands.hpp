#pragma once

#include "base/clock.hpp"
#include "emulator/platform.hpp"
#include "http/message.hpp"
#include "support/manual_clock.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace penstock::bench {

/// What one command came to.
struct Ran {
    int exit_code = 0;
    std::string out;
    std::string err;
};

using Answered = std::function<void(const http::Request&, const http::Response&)>;

/// Runs a command of penstock in this process against a platform in this process, which answers at
/// once. `answered` may be empty.
Ran run_against(emulator::Platform& platform, test::ManualClock& clock,
                const std::vector<std::string>& words,
                const std::map<std::string, std::string>& variables, const Answered& answered);

/// Runs a command of penstock as the program does, on the process's own streams and variables, but
/// with kept answers in the place of the network; the exit code.
int run_on_answers(const std::filesystem::path& answers, const std::vector<std::string>& words,
                   const Clock& clock);

} // namespace penstock::bench
