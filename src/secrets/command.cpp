#include "secrets/command.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace penstock::secrets {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t most_error_bytes = 4096;
constexpr Milliseconds tick{20}; ///< how often the child's end is looked for

class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { close(); }
    void close() {
        if (number_ >= 0) {
            ::close(std::exchange(number_, -1));
        }
    }
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }

  private:
    int number_;
};

struct Pipe {
    Descriptor read;
    Descriptor write;
};

std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Reads what is there; appends up to `most` bytes in all. False if there was more than that.
bool drain(Descriptor& from, std::string& to, std::size_t most) {
    std::array<char, 4096> buffer{};
    bool within = true;
    while (from.is_open()) {
        const ssize_t count = read(from.number(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 && errno == EAGAIN) {
            break;
        }
        if (count <= 0) {
            from.close();
            break;
        }
        const auto size = static_cast<std::size_t>(count);
        const std::size_t taken = std::min(size, most - to.size());
        to.append(buffer.data(), taken);
        if (taken < size) {
            within = false;
            break;
        }
    }
    OPENSSL_cleanse(buffer.data(), buffer.size());
    return within;
}

/// The child's side of the fork: only calls that are safe there, and no return.
[[noreturn]] void become(char* const* argv, const char* folder, int out, int err, int report) {
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
        dup2(err, STDERR_FILENO) >= 0 && (*folder == '\0' || chdir(folder) == 0)) {
        execvp(argv[0], argv);
    }
    const int code = errno;
    static_cast<void>(!write(report, &code, sizeof code));
    _exit(127);
}

class Child {
  public:
    explicit Child(pid_t id) : id_(id) { setpgid(id, id); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (!status_) {
            kill(-id_, SIGKILL);
            while (waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
            }
        }
    }
    /// True once it has ended.
    bool ended() {
        int status = 0;
        if (!status_ && waitpid(id_, &status, WNOHANG) == id_) {
            status_ = status;
        }
        return status_.has_value();
    }
    [[nodiscard]] int status() const { return *status_; }

  private:
    pid_t id_;
    std::optional<int> status_;
};

tl::unexpected<Error> failed(const Command& command, const std::string& what,
                             const std::string& errors = {}) {
    std::string message = fmt::format("command {} {}", printable(command.argv.front()), what);
    if (const std::string words = excerpt(errors, 1000); !words.empty()) {
        message += ": " + words;
    }
    return fail(ErrorKind::secret_unavailable, std::move(message));
}

bool is_interrupted(const Command& command) {
    return command.interrupted && command.interrupted();
}

tl::unexpected<Error> interrupted(const Command& command) {
    return fail(ErrorKind::interrupted, fmt::format("interrupted; command {} was not waited for",
                                                    printable(command.argv.front())));
}

std::string how_it_ended(int status) {
    return WIFSIGNALED(status) ? fmt::format("was ended by signal {}", WTERMSIG(status))
                               : fmt::format("failed with exit code {}", WEXITSTATUS(status));
}

} // namespace

Result<std::string> run_command(const Command& command) {
    if (command.argv.empty() || command.argv.front().empty()) {
        return fail(ErrorKind::secret_unavailable, "the command of a secret is empty");
    }
    if (is_interrupted(command)) {
        return interrupted(command);
    }
    std::vector<std::string> words = command.argv;
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);

    auto out = make_pipe();
    auto err = make_pipe();
    auto report = make_pipe();
    if (!out || !err || !report) {
        return failed(command, fmt::format("cannot run: {}", std::strerror(errno)));
    }
    const pid_t id = fork();
    if (id < 0) {
        return failed(command, fmt::format("cannot run: {}", std::strerror(errno)));
    }
    if (id == 0) {
        become(argv.data(), command.folder.c_str(), out->write.number(), err->write.number(),
               report->write.number());
    }
    Child child(id);
    out->write.close();
    err->write.close();
    report->write.close();

    std::string output;
    std::string errors;
    const auto deadline = SteadyClock::now() + command.limit;
    bool ended = false;
    while (!ended) {
        if (is_interrupted(command)) {
            OPENSSL_cleanse(output.data(), output.size());
            return interrupted(command);
        }
        if (SteadyClock::now() >= deadline) {
            return failed(command,
                          fmt::format("did not end within {:g} s",
                                      static_cast<double>(command.limit.count()) / 1000),
                          errors);
        }
        std::array<pollfd, 2> ready{
            {{out->read.number(), POLLIN, 0}, {err->read.number(), POLLIN, 0}}};
        poll(ready.data(), ready.size(), static_cast<int>(tick.count()));
        // Asked before reading: what the child wrote is then there. A grandchild that keeps the
        // pipes open is not waited for.
        ended = child.ended();
        if (!drain(out->read, output, command.most_bytes)) {
            OPENSSL_cleanse(output.data(), output.size());
            return failed(command, fmt::format("printed more than {} bytes", command.most_bytes));
        }
        while (!drain(err->read, errors, most_error_bytes)) {
            if (SteadyClock::now() >= deadline) {
                break;
            }
        }
    }
    int code = 0;
    if (read(report->read.number(), &code, sizeof code) == static_cast<ssize_t>(sizeof code)) {
        return failed(command, fmt::format("cannot run: {}", std::strerror(code)));
    }
    if (!WIFEXITED(child.status()) || WEXITSTATUS(child.status()) != 0) {
        OPENSSL_cleanse(output.data(), output.size());
        return failed(command, how_it_ended(child.status()), errors);
    }
    return output;
}

} // namespace penstock::secrets
