#include "support/process.hpp"

#include "support/files.hpp"
#include "support/leaks.hpp"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace penstock::test {

namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    result.reserve(strings.size() + 1);
    for (auto& text : strings) {
        result.push_back(text.data());
    }
    result.push_back(nullptr);
    return result;
}

void require(bool condition, const std::string& otherwise) {
    if (!condition) {
        throw std::runtime_error(otherwise);
    }
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Starts the program with its standard streams on the given descriptors.
pid_t start(const Command& command, int out, int err) {
    auto arguments = command.argv;
    std::vector<std::string> variables;
    for (const auto& [name, value] : command.environment) {
        variables.push_back(name + "=" + value);
    }
    if (const char* path = std::getenv("PATH"); path != nullptr) {
        variables.push_back(std::string("PATH=") + path);
    }
    const auto argv = pointers(arguments);
    const auto envp = pointers(variables);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());
    pid_t pid = -1;
    const int failed = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    require(failed == 0, "cannot start " + command.argv[0]);
    return pid;
}

/// A socket, and the address of a port of 127.0.0.1 to use it with.
struct LoopbackSocket {
    explicit LoopbackSocket(int port) : handle(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        require(handle >= 0, "cannot make a socket");
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    ~LoopbackSocket() { close(handle); }
    LoopbackSocket(const LoopbackSocket&) = delete;
    LoopbackSocket& operator=(const LoopbackSocket&) = delete;

    int handle;
    sockaddr_in address{};
};

bool accepts_connections(int port) {
    const LoopbackSocket socket(port);
    return connect(socket.handle, reinterpret_cast<const sockaddr*>(&socket.address),
                   sizeof socket.address) == 0;
}

/// Sees what a program writes and looks for the secrets that it was given.
class Listener {
  public:
    explicit Listener(const Command& command) {
        given_.add(command.environment);
        for (const auto& value : command.secrets) {
            given_.add("a secret of the test", value);
        }
        if (command.folder != ".") {
            folders_.emplace_back(command.folder);
        }
        for (const auto& argument : command.argv) {
            // `--write markdown=FILE` names one, too.
            const auto path = command.folder / argument.substr(argument.find('=') + 1);
            named_.emplace_back(path, std::filesystem::is_regular_file(path) ? read_file(path)
                                                                             : std::string());
        }
    }

    void check(const Finished& finished) const {
        given_.check("standard output", finished.out);
        given_.check("standard error", finished.err);
        for (const auto& folder : folders_) {
            for (const auto& file : folder.written_since()) {
                given_.check(file.filename().string(), read_file(file));
            }
        }
        for (const auto& [path, before] : named_) {
            if (std::filesystem::is_regular_file(path) && read_file(path) != before) {
                given_.check(path.filename().string(), read_file(path));
            }
        }
    }

  private:
    Confidences given_;
    std::vector<FolderState> folders_;
    std::vector<std::pair<std::filesystem::path, std::string>> named_;
};

} // namespace

Finished run_program(const Command& command) {
    const Listener listener(command);
    const TemporaryFolder folder;
    const auto out_path = folder.path() / "out";
    const auto err_path = folder.path() / "err";
    const int out = open(out_path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const int err = open(err_path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    require(out >= 0 && err >= 0, "cannot keep the output of " + command.argv[0]);

    const auto begin = std::chrono::steady_clock::now();
    const pid_t pid = start(command, out, err);
    close(out);
    close(err);
    int status = 0;
    rusage usage{};
    require(wait4(pid, &status, 0, &usage) == pid, "cannot wait for " + command.argv[0]);

    Finished finished;
    finished.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    finished.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    finished.peak_memory_kib = usage.ru_maxrss;
    finished.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    finished.out = read_file(out_path);
    finished.err = read_file(err_path);
    listener.check(finished);
    return finished;
}

bool kill_program_when(const Command& command, const std::function<bool()>& due) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    require(nowhere >= 0, "cannot open /dev/null");
    const pid_t pid = start(command, nowhere, nowhere);
    close(nowhere);
    int status = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (due()) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return WIFSIGNALED(status);
        }
        std::this_thread::yield();
    }
    return false;
}

RunningProgram::RunningProgram(const Command& command, const std::filesystem::path& output)
    : output_(output) {
    const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    require(file >= 0, "cannot write " + output.string());
    pid_ = start(command, file, file);
    close(file);
}

RunningProgram::~RunningProgram() {
    if (pid_ > 0) {
        kill(pid_, SIGTERM);
        waitpid(pid_, nullptr, 0);
    }
}

void RunningProgram::wait_for_port(int port) {
    while (!accepts_connections(port)) {
        if (waitpid(pid_, nullptr, WNOHANG) != 0) {
            pid_ = -1;
            throw std::runtime_error("a server ended at once: " + read_file(output_));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

int free_port() {
    const LoopbackSocket socket(0);
    auto address = socket.address;
    socklen_t size = sizeof address;
    require(bind(socket.handle, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                getsockname(socket.handle, reinterpret_cast<sockaddr*>(&address), &size) == 0,
            "cannot find a free port");
    return ntohs(address.sin_port);
}

EmulatorProcess::EmulatorProcess(std::vector<std::string> arguments) {
    std::array<int, 2> pipe_ends{};
    require(pipe2(pipe_ends.data(), O_CLOEXEC) == 0, "cannot make a pipe");
    Command command;
    command.argv = {(program_folder() / "penstock-emulator").string(), "--port", "0"};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    pid_ = start(command, pipe_ends[1], STDERR_FILENO);
    close(pipe_ends[1]);

    std::string line;
    char byte = 0;
    while (read(pipe_ends[0], &byte, 1) == 1 && byte != '\n') {
        line += byte;
    }
    close(pipe_ends[0]);
    constexpr std::string_view greeting = "listening on ";
    require(line.rfind(greeting, 0) == 0, "the emulator said: " + line);
    url_ = line.substr(greeting.size());
}

EmulatorProcess::~EmulatorProcess() {
    kill(pid_, SIGTERM);
    int status = 0;
    waitpid(pid_, &status, 0);
}

} // namespace penstock::test
