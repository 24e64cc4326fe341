#include "base/clock.hpp"
#include "cli/host.hpp"
#include "cli/run.hpp"
#include "http/curl_transport.hpp"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <iostream>
#include <random>
#include <unistd.h>

namespace {

using penstock::Milliseconds;
using penstock::http::CurlOptions;
using penstock::http::CurlTransport;

// A signal handler reaches nothing but globals.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::sig_atomic_t stop_signal = 0;
std::atomic<std::int64_t> stopped_at = 0; ///< in milliseconds_now()
std::atomic<CurlTransport*> waiting = nullptr;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

/// One wish to stop often comes as several signals: `timeout` signals its child and then the whole
/// group, a CI runner sends SIGINT and then SIGTERM.
constexpr std::int64_t same_wish_milliseconds = 1000;

/// Safe in a signal handler.
std::int64_t milliseconds_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

extern "C" void on_stop_signal(int signal) {
    if (stop_signal != 0) {
        if (milliseconds_now() - stopped_at < same_wish_milliseconds) {
            return;
        }
        _exit(128 + signal);
    }
    stopped_at = milliseconds_now();
    stop_signal = signal;
    if (auto* transport = waiting.load()) {
        transport->wakeup();
    }
}

/// The real transport, woken by signals.
class WakingTransport final : public penstock::http::Transport {
  public:
    explicit WakingTransport(CurlOptions options) : inner_(std::move(options)) {
        waiting = &inner_;
    }
    ~WakingTransport() override { waiting = nullptr; }
    WakingTransport(const WakingTransport&) = delete;
    WakingTransport& operator=(const WakingTransport&) = delete;

    void send(penstock::http::Request request, Completion completion) override {
        inner_.send(std::move(request), std::move(completion));
    }
    void schedule(Milliseconds delay, std::function<void()> action) override {
        inner_.schedule(delay, std::move(action));
    }
    void compute(std::function<void()> work, std::function<void()> then) override {
        inner_.compute(std::move(work), std::move(then));
    }
    bool step() override { return inner_.step(); }

  private:
    CurlTransport inner_;
};

void install_signal_handlers() {
    struct sigaction action {};
    action.sa_handler = on_stop_signal; // without SA_RESTART: a question is not waited for
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT); // the handler does not interrupt itself
    sigaddset(&action.sa_mask, SIGTERM);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

void write(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fflush(stream);
}

penstock::cli::Host make_host(const penstock::Clock& clock) {
    penstock::cli::Host host;
    host.variable = [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
    host.out = [](std::string_view text) { write(stdout, text); };
    host.err = [](std::string_view text) { write(stderr, text); };
    host.read_line = []() -> std::optional<std::string> {
        std::string line;
        return std::getline(std::cin, line) ? std::optional(line) : std::nullopt;
    };
    host.in_is_terminal = isatty(STDIN_FILENO) != 0;
    host.out_is_terminal = isatty(STDOUT_FILENO) != 0;
    host.err_is_terminal = isatty(STDERR_FILENO) != 0;
    host.clock = &clock;
    host.make_transport = [](const CurlOptions& options) {
        return std::make_unique<WakingTransport>(options);
    };
    host.jitter = [engine = std::mt19937(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(engine);
    };
    host.signal = [] { return static_cast<int>(stop_signal); };
    host.ends_with_command = true;
    return host;
}

} // namespace

int main(int argc, char** argv) {
    try {
        install_signal_handlers();
        const penstock::SystemClock clock;
        const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
        const int code = penstock::cli::run(words, make_host(clock));
        if (std::ferror(stdout) != 0) {
            write(stderr, "Error: standard output could not be written\n");
            return code == 0 ? 1 : code;
        }
        return code;
    } catch (const std::exception&) {
        // No text of the exception: a library's own may repeat what it was given.
        write(stderr, "internal error\n");
        return 1;
    }
}
