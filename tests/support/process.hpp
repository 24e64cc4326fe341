#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace penstock::test {

/// How a program is started. Its environment is exactly `environment`, plus PATH.
struct Command {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment; ///< secrets, but for those with open names
    std::filesystem::path folder = ".";             ///< working directory
    std::vector<std::string> secrets = {};          ///< that it gets in other ways
};

/// What a finished program left behind.
struct Finished {
    int exit_code = -1; ///< 128 + signal if it was killed
    std::string out;
    std::string err;
    double wall_seconds = 0;
    double cpu_seconds = 0;   ///< user and system
    long peak_memory_kib = 0; ///< largest resident set
};

/// Runs a program to its end, standard input empty. Throws Leak if it told a secret that it was
/// given: on its streams, in a file that it wrote to its folder, if that is a temporary one, or in
/// one that its arguments name.
Finished run_program(const Command& command);

/// Starts a program, silent, and kills it with SIGKILL as soon as `due` says so; false if it ended
/// before.
bool kill_program_when(const Command& command, const std::function<bool()>& due);

/// A program in the background, ended with this object.
class RunningProgram {
  public:
    /// What it prints goes to `output`.
    RunningProgram(const Command& command, const std::filesystem::path& output);
    ~RunningProgram();
    RunningProgram(const RunningProgram&) = delete;
    RunningProgram& operator=(const RunningProgram&) = delete;

    /// Returns as soon as something accepts connections on that port of 127.0.0.1; throws if the
    /// program ends before.
    void wait_for_port(int port);

  private:
    pid_t pid_ = -1;
    std::filesystem::path output_;
};

/// A port of 127.0.0.1 that nobody listened on a moment ago.
int free_port();

/// A penstock-emulator of its own on a free loopback port, ended with this object.
class EmulatorProcess {
  public:
    /// `arguments` come after `--port 0`.
    explicit EmulatorProcess(std::vector<std::string> arguments = {});
    ~EmulatorProcess();
    EmulatorProcess(const EmulatorProcess&) = delete;
    EmulatorProcess& operator=(const EmulatorProcess&) = delete;

    /// e.g. http://127.0.0.1:40123
    [[nodiscard]] const std::string& url() const { return url_; }

  private:
    pid_t pid_ = -1;
    std::string url_;
};

} // namespace penstock::test
