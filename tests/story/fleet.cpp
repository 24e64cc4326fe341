#include "story/fleet.hpp"

#include "cli/run.hpp"
#include "emulator/id_source.hpp"
#include "http/url.hpp"
#include "json/text.hpp"
#include "model/marker.hpp"
#include "story/turns.hpp"
#include "support/in_process_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

namespace penstock::story {

namespace {

constexpr std::string_view service = "/data/foundation/flowservice/";

/// Whose entity a description says it is; empty: nobody's.
std::string address_in(const json::Value& body) {
    const auto marked = model::split_description(body["description"].as_string());
    return marked.marker ? model::address(marked.marker->key) : "";
}

} // namespace

/// One process.
class Fleet::Running {
  public:
    Running(Fleet& fleet, const Process& process, Ended& ended, std::uint64_t seed)
        : fleet_(fleet), process_(process), ended_(ended), seed_(seed) {}

    void go(Turns& turns, std::size_t seat) {
        const auto begin = fleet_.clock.now();
        cli::Host host;
        host.variable = [this](const std::string& name) -> std::optional<std::string> {
            const auto& own = process_.variables;
            const auto& shared = fleet_.variables;
            if (const auto found = own.find(name); found != own.end()) {
                return found->second;
            }
            const auto found = shared.find(name);
            return found == shared.end() ? std::nullopt : std::optional(found->second);
        };
        host.out = [this](std::string_view text) { ended_.out += text; };
        host.err = [this](std::string_view text) { ended_.err += text; };
        host.read_line = []() -> std::optional<std::string> { return std::nullopt; };
        host.clock = &fleet_.clock;
        host.jitter = [] { return 0.5; };
        host.signal = [this] {
            return process_.interrupt_after && requests_ >= *process_.interrupt_after ? 2 : 0;
        };
        host.make_transport = [&](const http::CurlOptions&) {
            auto transport = std::make_unique<InTurns>(fleet_, turns, seat);
            prepare(transport->inner);
            return transport;
        };
        std::vector<std::string> words{"-C", fleet_.folder_.path().string()};
        words.insert(words.end(), process_.words.begin(), process_.words.end());
        ended_.code = cli::run(words, host);
        ended_.time = std::chrono::duration_cast<Milliseconds>(fleet_.clock.now() - begin);
    }

  private:
    /// Waits for its turn before each step.
    struct InTurns final : http::Transport {
        InTurns(Fleet& fleet, Turns& all, std::size_t number)
            : inner(fleet.platform, fleet.clock), turns(all), seat(number) {}

        void send(http::Request request, Completion completion) override {
            inner.send(std::move(request), std::move(completion));
        }
        void schedule(Milliseconds delay, std::function<void()> action) override {
            inner.schedule(delay, std::move(action));
        }
        bool step() override {
            if (const auto due = inner.next_due()) {
                turns.wait(seat, *due);
            }
            return inner.step();
        }

        test::InProcessTransport inner;
        Turns& turns;
        std::size_t seat;
    };

    void prepare(test::InProcessTransport& transport) {
        transport.set_random_latency(Milliseconds{5}, Milliseconds{200}, seed_);
        if (process_.kill_after) {
            transport.fail_after(*process_.kill_after);
        }
        transport.alter = [this](http::Request& request) {
            ++requests_;
            ended_.killed = process_.kill_after && requests_ >= *process_.kill_after;
            note(request);
        };
    }

    /// Before the request is answered, since the entity may be gone then.
    void note(const http::Request& request) {
        const auto url = http::parse_url(request.url);
        if (request.method == http::Method::get || !url->path.starts_with(service)) {
            return;
        }
        // .../flows/ID/action is a write of that dataflow as well.
        const auto rest = url->path.substr(service.size());
        const auto slash = rest.find('/');
        const auto id = slash == std::string::npos
                            ? std::string()
                            : rest.substr(slash + 1, rest.find('/', slash + 1) - slash - 1);
        const auto& stored = fleet_.platform.store().entities();
        const auto found = stored.find(id);
        const auto address = found != stored.end() ? address_in(json::Value(found->second.body))
                             : id.empty()
                                 ? address_in(json::parse(request.body).value_or(json::Value{}))
                                 : std::string();
        if (!address.empty()) {
            ended_.written.insert(address);
        }
    }

    Fleet& fleet_;
    const Process& process_;
    Ended& ended_;
    std::uint64_t seed_;
    std::size_t requests_ = 0;
};

Fleet::Fleet(std::uint64_t seed, emulator::Settings settings)
    : platform(std::move(settings), clock), seed_(seed) {}

void Fleet::write(const std::string& path, std::string_view text) {
    test::write_file(folder_.path() / path, text);
}

void Fleet::remove(const std::string& path) {
    std::filesystem::remove(folder_.path() / path);
}

Ended Fleet::run(const std::vector<std::string>& words) {
    return run_at_once({{words, {}, Milliseconds{0}, {}, {}}}).front();
}

std::vector<Ended> Fleet::run_at_once(const std::vector<Process>& processes) {
    const auto run = ++runs_;
    Turns turns(emulator::mixed(seed_, run));
    const auto now = clock.now();
    for (const auto& process : processes) {
        turns.join(now + process.starts_in);
    }
    std::vector<Ended> all(processes.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < processes.size(); ++i) {
        threads.emplace_back([&, i] {
            turns.begin(i);
            clock.set(std::max(clock.now(), now + processes[i].starts_in));
            Running(*this, processes[i], all[i], emulator::mixed(seed_ + i, run)).go(turns, i);
            turns.leave(i);
        });
    }
    turns.start();
    for (auto& thread : threads) {
        thread.join();
    }
    return all;
}

std::vector<Ended> Fleet::run_shards(std::size_t count, const std::vector<std::string>& command,
                                     std::size_t killed) {
    std::vector<Process> processes;
    for (std::size_t i = 0; i < count; ++i) {
        Process process{command, {}, Milliseconds{0}, {}, {}};
        process.words.push_back("--shard");
        process.words.push_back(fmt::format("{}/{}", i + 1, count));
        const auto draw = emulator::mixed(seed_ * 31 + runs_, i);
        process.starts_in = Milliseconds{static_cast<std::int64_t>(draw % 3000)};
        if (i < killed) {
            process.kill_after = 5 + draw % 25;
        }
        processes.push_back(std::move(process));
    }
    return run_at_once(processes);
}

} // namespace penstock::story
