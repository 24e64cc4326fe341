#include "story/sandbox.hpp"

#include "catalogue/catalogue.hpp"
#include "http/retry.hpp"
#include "support/in_process_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <thread>

namespace penstock::story {

namespace {

/// A run that needs more has gone astray.
constexpr std::size_t most_requests = 8000;
constexpr std::size_t most_steps = 200'000;

bool is_unknown(const Result<http::Response>& response) {
    return response ? response->status >= 500 : http::outcome_unknown(response.error());
}

/// Waits for its turn before each step, and may have the bug of sending a POST twice.
class TurnTransport final : public http::Transport {
  public:
    TurnTransport(test::InProcessTransport& inner, bool repeats_posts,
                  std::function<void(UtcTime)> wait)
        : inner_(inner), repeats_posts_(repeats_posts), wait_(std::move(wait)) {}

    void send(http::Request request, Completion completion) override {
        if (!repeats_posts_ || request.method != http::Method::post) {
            inner_.send(std::move(request), std::move(completion));
            return;
        }
        inner_.send(request, [this, request, completion](Result<http::Response> response) {
            if (is_unknown(response)) {
                inner_.send(request, completion);
            } else {
                completion(std::move(response));
            }
        });
    }
    void schedule(Milliseconds delay, std::function<void()> action) override {
        inner_.schedule(delay, std::move(action));
    }
    bool step() override {
        const auto due = inner_.next_due();
        if (due && wait_) {
            wait_(*due);
        }
        return ++steps_ < most_steps && inner_.step();
    }
    [[nodiscard]] bool has_gone_astray() const { return steps_ >= most_steps; }

  private:
    test::InProcessTransport& inner_;
    bool repeats_posts_;
    std::function<void(UtcTime)> wait_;
    std::size_t steps_ = 0;
};

} // namespace

struct Sandbox::Seat {
    Turns& turns;
    std::size_t number;
};

bool Outcome::is_success() const {
    return trouble.empty() && !stopped && !run.error && !run.plan.blocked() && !run.plan.doubled &&
           run.report.count(execute::StepStatus::done) == run.plan.steps.size() &&
           !run.twins.error && run.twins.unresolved.empty() &&
           run.twins.report.count(execute::StepStatus::done) == run.twins.plan.steps.size();
}

bool Outcome::says_all_is_well() const {
    return is_success() && !run.report.interrupted && !run.twins.report.interrupted;
}

std::string describe(const Outcome& outcome) {
    std::string text = outcome.trouble;
    const auto& [error, live, plan, report, twins] = outcome.run;
    if (error) {
        text += describe(*error);
    }
    if (twins.error) {
        text += "\n    twins: " + describe(*twins.error);
    }
    for (const auto& note : plan.notes) {
        text += fmt::format("\n    note {} {}: {}", note.code, note.address, note.message);
    }
    for (const auto& change : plan.changes) {
        text += fmt::format("\n    {} {} ({})", plan::name(change.action),
                            model::address(change.key), change.reason);
        for (const auto& field : change.fields) {
            text += " " + field.pointer;
        }
    }
    for (std::size_t i = 0; i < report.steps.size(); ++i) {
        if (report.steps[i].error) {
            text += fmt::format("\n    {}: {}", plan::title(plan.steps[i]),
                                describe(*report.steps[i].error));
        }
    }
    for (const auto& key : twins.unresolved) {
        text += fmt::format("\n    made differently: {}", model::address(key));
    }
    for (std::size_t i = 0; i < twins.report.steps.size(); ++i) {
        if (twins.report.steps[i].error) {
            text += fmt::format("\n    twin: {}: {}", plan::title(twins.plan.steps[i]),
                                describe(*twins.report.steps[i].error));
        }
    }
    return text;
}

Sandbox::Sandbox(const emulator::Settings& settings, Canaries& canaries, Journal& journal)
    : platform(settings, clock), canaries_(canaries), journal_(journal) {}

/// One run with all that can happen to it.
class Sandbox::Running {
  public:
    Running(Sandbox& sandbox, const Order& order, Outcome& outcome)
        : sandbox_(sandbox), order_(order), outcome_(outcome), watch_(sandbox.watch_),
          sabotage_(sandbox.sabotage_ == nullptr ? honest : *sandbox.sabotage_),
          random_(order.seed), weather_(random_.engine()(), order.faults, sandbox.journal_.tally),
          transport_(sandbox.platform, sandbox.clock) {
        transport_.set_random_latency(Milliseconds{5}, Milliseconds{400}, random_.engine()());
        transport_.fail_after(order.kill_after.value_or(most_requests));
        transport_.draw_fault = [this](const http::Request& request) { return fault_of(request); };
        transport_.alter = [this](http::Request& request) { arrive(request); };
        transport_.answered = [this](const http::Request& request,
                                     std::optional<http::Response>& response) {
            leave(request, response);
        };
        if (sabotage_.instead) {
            transport_.intercept = [this](const http::Request& request) {
                return sabotage_.instead(request, sandbox_.platform);
            };
        }
        if (watch_ != nullptr) {
            number_ = watch_->new_run();
        }
    }

    void go(const Seat* seat) {
        std::function<void(UtcTime)> wait;
        if (seat != nullptr) {
            wait = [seat](UtcTime due) { seat->turns.wait(seat->number, due); };
        }
        TurnTransport in_turns(transport_, sabotage_.repeats_posts, wait);
        try {
            test::run_tool(*order_.desired, setting(in_turns), outcome_.run);
        } catch (const std::exception& exception) {
            outcome_.trouble = fmt::format("it threw: {}", exception.what());
        }
        outcome_.stopped = transport_.has_stopped();
        outcome_.requests = transport_.requests().size();
        if (in_turns.has_gone_astray() || (outcome_.stopped && !order_.kill_after)) {
            outcome_.trouble = fmt::format("it did not end within {} requests", outcome_.requests);
        }
        if (outcome_.stopped && random_.one_in(2)) {
            transport_.deliver_what_is_under_way();
        }
        if (watch_ != nullptr) {
            watch_->follows(number_, nullptr);
        }
    }

  private:
    test::ToolRunSetting setting(http::Transport& transport) {
        execute::Options options;
        options.parallelism = order_.parallelism;
        options.fingerprint_cost = 2; // the real one is slow on purpose
        test::ToolRunSetting setting{transport,
                                     sandbox_.clock,
                                     catalogue::Catalogue::embedded(),
                                     order_.secrets == nullptr ? sandbox_.canaries_
                                                               : *order_.secrets,
                                     options,
                                     order_.apply};
        setting.discreet = false; // the story looks for canaries
        setting.client_secret = client_secret().reveal();
        setting.jitter = [this] { return static_cast<double>(random_.number(0, 999)) / 1000.0; };
        setting.has_stopped = [this] { return transport_.has_stopped(); };
        if (order_.interrupt_after) {
            setting.options.interrupted = [this] { return is_interrupted(); };
            setting.started = [this](const plan::Step& step) {
                sandbox_.journal_.check(Invariant::interrupt_heeded, !is_interrupted(),
                                        [&] { return "it started to " + plan::title(step); });
            };
        }
        if (watch_ != nullptr) {
            setting.resolves = [this] { watch_->begins_anew(number_); };
        }
        setting.planned = [this](plan::Plan& plan) {
            if (sabotage_.replan) {
                sabotage_.replan(plan);
            }
            if (watch_ != nullptr) {
                watch_->follows(number_, &plan);
            }
        };
        return setting;
    }

    [[nodiscard]] bool is_interrupted() const {
        return transport_.requests().size() >= *order_.interrupt_after;
    }

    std::optional<emulator::Fault> fault_of(const http::Request& request) {
        auto fault = weather_.draw(request);
        if (!fault && order_.list_lag.count() != 0 && request.method == http::Method::get) {
            fault.emplace().list_lag = order_.list_lag;
        }
        if (fault && fault->drop == emulator::Drop::before_commit) {
            if (const auto later = weather_.late()) {
                ++sandbox_.late_requests_;
                sandbox_.late_.emplace_back(sandbox_.clock.now() + *later, request);
            }
        }
        return fault;
    }

    void arrive(http::Request& request) {
        sandbox_.deliver_late(sandbox_.clock.now());
        if (sandbox_.meddle && random_.number(1, 1000) <= order_.faults / 4) {
            sandbox_.meddle();
        }
        if (sabotage_.alter) {
            sabotage_.alter(request, sandbox_.platform);
        }
        if (watch_ != nullptr) {
            watch_->arrives(number_, request);
        }
    }

    void leave(const http::Request& request, std::optional<http::Response>& response) {
        const bool disturbed = response && weather_.disturb(request, *response);
        if (watch_ != nullptr) {
            watch_->leaves(number_, request, response, disturbed);
        }
    }

    inline static const Sabotage honest{};

    Sandbox& sandbox_;
    const Order& order_;
    Outcome& outcome_;
    Watch* watch_;
    const Sabotage& sabotage_;
    test::Random random_;
    Weather weather_;
    test::InProcessTransport transport_;
    std::size_t number_ = 0; ///< of the run, for the watch
};

Outcome Sandbox::run(const Order& order) {
    Outcome outcome;
    Running(*this, order, outcome).go(nullptr);
    return outcome;
}

std::vector<Outcome> Sandbox::run_at_once(const std::vector<Order>& orders) {
    Turns turns(orders.front().seed);
    std::vector<Outcome> outcomes(orders.size());
    const auto now = clock.now();
    for (const auto& order : orders) {
        turns.join(now + order.starts_in);
    }
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < orders.size(); ++i) {
        threads.emplace_back([&, i] {
            const Seat seat{turns, i};
            turns.begin(i);
            clock.set(std::max(clock.now(), now + orders[i].starts_in));
            Running(*this, orders[i], outcomes[i]).go(&seat);
            turns.leave(i);
        });
    }
    turns.start();
    for (auto& thread : threads) {
        thread.join();
    }
    return outcomes;
}

void Sandbox::deliver_late(UtcTime until) {
    while (true) {
        const auto next =
            std::min_element(late_.begin(), late_.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; });
        if (next == late_.end() || next->first > until) {
            return;
        }
        const auto request = std::move(next->second);
        late_.erase(next);
        (void)platform.handle(request);
    }
}

void Sandbox::deliver_late() {
    deliver_late(UtcTime::max());
}

void Sandbox::wait(Milliseconds time) {
    clock.advance(time);
    deliver_late(clock.now());
    platform.settle();
}

} // namespace penstock::story
