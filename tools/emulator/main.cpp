#include "base/clock.hpp"
#include "base/time_text.hpp"
#include "emulator/running_clock.hpp"
#include "emulator/server.hpp"
#include "emulator/settings.hpp"
#include "json/text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace penstock;

constexpr int exit_error = 1;
constexpr int exit_usage = 3;

struct Arguments {
    int port = 0;
    std::string data;
    std::string from;
    std::string request_log;
    std::string faults;
    std::vector<std::string> switches;
    std::vector<std::string> sandboxes;
    std::int64_t latency_ms = 0;
    std::int64_t patch_duration_ms = 1500;
    std::int64_t token_lifetime = 86399;
    std::uint64_t seed = 1;
    bool known_datasets_only = false;
    std::string now;
    int speed = 1;
};

void declare(CLI::App& app, Arguments& arguments) {
    app.add_option("--port", arguments.port, "port of 127.0.0.1; 0 for any free one")
        ->check(CLI::Range(0, 65535));
    app.add_option("--data", arguments.data, "file that keeps the state between starts");
    app.add_option("--from", arguments.from, "file with a state to start from; it is not written")
        ->check(CLI::ExistingFile)
        ->excludes("--data");
    app.add_option("--latency-ms", arguments.latency_ms, "time that every request takes")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--seed", arguments.seed, "seed of ids, etags and random faults");
    app.add_option("--request-log", arguments.request_log,
                   "file to append every request to, as NDJSON without secrets");
    app.add_option("--faults", arguments.faults,
                   "JSON file with a list of rules {method, path | path_regex, nth | probability, "
                   "then: {status, headers, body, commit, drop: before|after, delay_ms, "
                   "stale_list_ms, encoding: latin1, repeat: {body, times}, chunked, "
                   "cut_after}}");
    app.add_option("--patch-duration-ms", arguments.patch_duration_ms,
                   "how long a flow stays in transition after a change")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--token-lifetime", arguments.token_lifetime, "lifetime of tokens in seconds")
        ->check(CLI::PositiveNumber);
    app.add_option("--now", arguments.now,
                   "time at which the emulator's clock starts, e.g. 2027-01-01T00:00:00Z");
    app.add_option("--speed", arguments.speed, "how many times as fast its clock runs")
        ->check(CLI::Range(1, 1'000'000));
    app.add_option("--sandbox", arguments.sandboxes,
                   "sandbox that exists, repeatable (default prod and dev)");
    app.add_flag("--known-datasets-only", arguments.known_datasets_only,
                 "refuse datasets that the sandbox does not list");
    app.add_option("--switch", arguments.switches, "NAME=VALUE, repeatable; see below");
    app.footer("Switches:\n" + emulator::describe_switches());
}

Result<emulator::Settings> settings_from(const Arguments& arguments) {
    emulator::Settings settings;
    settings.seed = arguments.seed;
    settings.token_lifetime = arguments.token_lifetime;
    settings.patch_duration = Milliseconds(arguments.patch_duration_ms);
    settings.any_dataset = !arguments.known_datasets_only;
    if (!arguments.sandboxes.empty()) {
        settings.sandboxes = arguments.sandboxes;
    }
    for (const auto& assignment : arguments.switches) {
        if (auto set = emulator::set_switch(settings, assignment); !set) {
            return fail(set.error());
        }
    }
    return settings;
}

Result<UtcTime> start_time(const std::string& text) {
    if (text.empty()) {
        return SystemClock().now();
    }
    const auto seconds = parse_iso8601(text);
    if (!seconds) {
        return fail(ErrorKind::invalid_input, fmt::format("--now {}: not an ISO 8601 time", text));
    }
    return UtcTime(std::chrono::seconds(*seconds));
}

Result<emulator::FaultPlan> faults_from(const std::string& file, std::uint64_t seed) {
    if (file.empty()) {
        return emulator::FaultPlan();
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail(ErrorKind::invalid_input, fmt::format("cannot read {}", file));
    }
    const auto parsed = json::parse(std::string{std::istreambuf_iterator<char>(stream), {}});
    if (!parsed) {
        return fail(ErrorKind::invalid_input, fmt::format("{}: {}", file, parsed.error().message));
    }
    return emulator::FaultPlan::parse(*parsed, seed);
}

/// Serves until SIGTERM or SIGINT, which are waited for on a thread of their own: a handler may not
/// take the locks that stopping needs.
void serve(emulator::Server& server) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread waiter([&] {
        int signal = 0;
        sigwait(&signals, &signal);
        server.stop();
    });
    server.run();
    waiter.join();
}

Result<void> run(const Arguments& arguments) {
    auto settings = settings_from(arguments);
    if (!settings) {
        return fail(settings.error());
    }
    auto faults = faults_from(arguments.faults, arguments.seed);
    if (!faults) {
        return fail(faults.error());
    }
    const auto start = start_time(arguments.now);
    if (!start) {
        return fail(start.error());
    }
    const emulator::RunningClock clock(*start, arguments.speed);
    emulator::Platform platform(std::move(*settings), clock);
    emulator::ServerOptions options;
    options.port = arguments.port;
    options.latency = Milliseconds(arguments.latency_ms);
    options.faults = std::move(*faults);
    if (const auto& file = arguments.data.empty() ? arguments.from : arguments.data;
        !file.empty()) {
        const auto state = emulator::read_state(file);
        if (!state) {
            return fail(state.error());
        }
        if (state->is_object()) {
            platform.load(*state);
        }
    }
    if (!arguments.data.empty()) {
        options.keep = [&] { return emulator::write_state(arguments.data, platform.save()); };
    }
    std::ofstream log;
    if (!arguments.request_log.empty()) {
        log.open(arguments.request_log, std::ios::binary | std::ios::app);
        if (!log) {
            return fail(ErrorKind::invalid_input,
                        fmt::format("cannot write {}", arguments.request_log));
        }
        options.log = [&](const emulator::LoggedRequest& entry) {
            log << emulator::to_line(entry) << std::endl;
        };
    }
    emulator::Server server(platform, std::move(options));
    const auto port = server.bind();
    if (!port) {
        return fail(port.error());
    }
    fmt::print("listening on http://127.0.0.1:{}\n", *port);
    std::fflush(stdout);
    serve(server);
    return {};
}

} // namespace

int main(int argc, char** argv) try {
    CLI::App app("A stand-in for the platform on one port: token endpoint and Flow Service",
                 "penstock-emulator");
    Arguments arguments;
    declare(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_usage;
    }
    const auto done = run(arguments);
    if (!done) {
        fmt::print(stderr, "penstock-emulator: {}\n", describe(done.error()));
        return done.error().kind == ErrorKind::invalid_input ? exit_usage : exit_error;
    }
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "penstock-emulator: %s\n", error.what());
    return exit_error;
}
