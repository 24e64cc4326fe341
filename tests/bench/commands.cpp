#include "bench/commands.hpp"

#include "bench/answers.hpp"
#include "cli/host.hpp"
#include "cli/run.hpp"
#include "support/in_process_transport.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>

namespace penstock::bench {

namespace {

/// Nothing leaves this process, so any loopback address will do.
constexpr const char* nowhere = "http://127.0.0.1:1";

class TellingTransport final : public http::Transport {
  public:
    TellingTransport(emulator::Platform& platform, test::ManualClock& clock,
                     const Answered& answered)
        : inner_(platform, clock) {
        inner_.set_latency(Milliseconds{0});
        if (answered) {
            inner_.answered = [answered](const http::Request& request,
                                         std::optional<http::Response>& response) {
                answered(request, *response);
            };
        }
    }
    void send(http::Request request, Completion completion) override {
        inner_.send(std::move(request), std::move(completion));
        inner_.forget_requests();
    }
    void schedule(Milliseconds delay, std::function<void()> action) override {
        inner_.schedule(delay, std::move(action));
    }
    bool step() override { return inner_.step(); }

  private:
    test::InProcessTransport inner_;
};

cli::Host make_host(const Clock& clock) {
    cli::Host host;
    host.read_line = [] { return std::optional<std::string>(); };
    host.clock = &clock;
    host.jitter = [] { return 0.5; };
    host.signal = [] { return 0; };
    return host;
}

std::optional<std::string> endpoint(const std::string& name) {
    return name == "PENSTOCK_ENDPOINT" || name == "PENSTOCK_IMS_ENDPOINT"
               ? std::optional<std::string>(nowhere)
               : std::nullopt;
}

void write(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fflush(stream);
}

} // namespace

Ran run_against(emulator::Platform& platform, test::ManualClock& clock,
                const std::vector<std::string>& words,
                const std::map<std::string, std::string>& variables, const Answered& answered) {
    Ran ran;
    auto host = make_host(clock);
    host.variable = [&](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? endpoint(name) : std::optional(found->second);
    };
    host.out = [&](std::string_view text) { ran.out += text; };
    host.err = [&](std::string_view text) { ran.err += text; };
    host.make_transport = [&](const http::CurlOptions&) {
        return std::make_unique<TellingTransport>(platform, clock, answered);
    };
    ran.exit_code = cli::run(words, host);
    return ran;
}

int run_on_answers(const std::filesystem::path& answers, const std::vector<std::string>& words,
                   const Clock& clock) {
    std::unique_ptr<const Answers> kept;
    auto host = make_host(clock);
    host.variable = [](const std::string& name) {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? endpoint(name) : std::optional<std::string>(value);
    };
    host.out = [](std::string_view text) { write(stdout, text); };
    host.err = [](std::string_view text) { write(stderr, text); };
    host.make_transport = [&](const http::CurlOptions&) {
        kept = std::make_unique<const Answers>(answers);
        return std::make_unique<ReplayTransport>(*kept);
    };
    host.ends_with_command = true; // as it is in a process of its own
    return cli::run(words, host);
}

} // namespace penstock::bench
