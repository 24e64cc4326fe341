#include "cli/rounds.hpp"

#include "base/text.hpp"
#include "plan/leave_out.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace penstock::cli {

namespace {

/// How long a pause is after a round that did something. Each further one is twice as long, up to
/// the longest: every shard that waits reads the sandbox.
constexpr Milliseconds first_pause{1'000};
constexpr Milliseconds longest_pause{15'000};

bool is_wait(const plan::Note& note) {
    return note.code == plan::waits_code;
}

bool is_told(const std::vector<plan::Note>& notes, const plan::Note& note) {
    return std::any_of(notes.begin(), notes.end(), [&](const auto& told) {
        return told.code == note.code && told.address == note.address &&
               told.message == note.message;
    });
}

/// Errors that may be over a while later.
bool may_pass(ErrorKind kind) {
    return kind == ErrorKind::busy || kind == ErrorKind::rate_limited ||
           kind == ErrorKind::unavailable || kind == ErrorKind::unreachable ||
           kind == ErrorKind::network;
}

std::string title(const plan::Unit& unit) {
    return (unit.first ? "account " : "export ") + printable(unit.second);
}

/// The units that the plan has something to do for, now or later.
std::set<plan::Unit> busy(const plan::Plan& plan) {
    std::set<plan::Unit> units;
    for (const auto& step : plan.steps) {
        units.insert(plan::unit_of(step.key));
    }
    for (const auto& change : plan.changes) {
        units.insert(plan::unit_of(change.key));
    }
    for (const auto& wait : plan.waits) {
        units.insert(plan::unit_of(wait.key));
    }
    return units;
}

/// `account s3 of shard 2/4`
std::string awaited(const model::EntityKey& key, std::size_t shards) {
    const bool account =
        key.kind == model::EntityKind::base && key.name != model::profile_store_name;
    return fmt::format("{} of shard {}",
                       account ? "account " + printable(key.name) : printable(address(key)),
                       name(model::shard_of(key, shards)));
}

class Goer {
  public:
    Goer(Work& work, const Rounds& rounds, const Perform& perform, Context& context,
         Progress& progress)
        : work_(work), rounds_(rounds), perform_(perform), context_(context), progress_(progress),
          last_deed_(context.clock().now()) {
        for (const auto& wait : work.plan.waits) {
            named_.insert(plan::unit_of(wait.key));
        }
        forget_failed(work.plan, work.report);
    }

    void go() {
        auto pause = first_pause;
        while (!work_.plan.waits.empty() && !work_.report.interrupted) {
            const auto left = rounds_.patience - std::chrono::duration_cast<Milliseconds>(
                                                     context_.clock().now() - last_deed_);
            if (left <= Milliseconds{0}) {
                give_up();
                return;
            }
            tell();
            if (!wait(std::min(pause, left))) {
                work_.report.interrupted = true;
                return;
            }
            const auto before = work_.report.count(execute::StepStatus::done);
            if (!make_round()) {
                return;
            }
            const bool did_something = work_.report.count(execute::StepStatus::done) != before;
            pause = did_something ? first_pause : std::min(pause * 2, longest_pause);
            if (did_something) {
                last_deed_ = context_.clock().now();
            }
        }
    }

  private:
    /// False if there is no going on.
    bool make_round() {
        context_.transport().finish_nothing(); // what only reads may be cut off
        auto planned = rounds_.plan();
        context_.transport().finish_everything();
        if (!planned) {
            return bear_with(planned.error());
        }
        failure_.reset();
        auto& plan = planned->plan;
        keep_named(plan);
        auto report = perform_(plan);
        if (!report) {
            return stop(report.error());
        }
        forget_failed(plan, *report);
        add_round(work_, {std::move(plan), std::move(*report)});
        return true;
    }

    /// Leaves out what the first plan did not tell of, and tells of what it did tell of and that
    /// cannot be done for that.
    void keep_named(plan::Plan& plan) {
        const auto before = busy(plan);
        auto causes = causes_of_loss(plan);
        plan::leave_out(plan, [&](const plan::Unit& unit) { return !named_.contains(unit); });
        const auto after = plan.refused ? std::set<plan::Unit>{} : busy(plan);
        for (const auto& unit : before) {
            if (after.contains(unit) || named_.erase(unit) == 0) {
                continue;
            }
            plan.notes.push_back(
                {Severity::error, "never-done",
                 unit.first ? model::address({model::EntityKind::base, unit.second}) : unit.second,
                 "waited for another shard and was not done after that, since " +
                     (plan.refused ? "a guard refuses the plan" : causes[unit] + " was not done"),
                 "solve that, then run this shard again"});
        }
    }

    /// What is not to be done, of that which the units named directly depend on.
    [[nodiscard]] std::map<plan::Unit, std::string> causes_of_loss(const plan::Plan& plan) const {
        std::map<plan::Unit, std::string> causes;
        for (const auto& step : plan.steps) {
            for (const auto& before : step.after) {
                const auto needed = plan::unit_of(plan.steps[before.step].key);
                const bool is_lost = !named_.contains(needed) || causes.contains(needed);
                if (is_lost && needed != plan::unit_of(step.key)) {
                    causes.emplace(plan::unit_of(step.key), title(needed));
                }
            }
        }
        return causes;
    }

    /// What failed is told of, and not tried again: that would never end.
    void forget_failed(const plan::Plan& plan, const execute::Report& report) {
        for (std::size_t i = 0; i < report.steps.size(); ++i) {
            if (report.steps[i].status != execute::StepStatus::done) {
                named_.erase(plan::unit_of(plan.steps[i].key));
            }
        }
    }

    /// A round that could not begin is tried again, unless that is of no use.
    bool bear_with(const Error& error) {
        if (!may_pass(error.kind) || context_.interrupted()) {
            return stop(error);
        }
        failure_ = error;
        progress_.line("looking again later: " + error.message);
        return true;
    }

    bool stop(const Error& error) {
        if (error.kind == ErrorKind::interrupted || context_.interrupted()) {
            work_.report.interrupted = true;
            return false;
        }
        work_.ended_by = error.kind;
        for (auto& note : work_.plan.notes) {
            note.severity = is_wait(note) ? Severity::error : note.severity;
        }
        work_.plan.notes.push_back(
            {Severity::error, "round-failed", work_.plan.project,
             "what waited for other shards could not be done: " + error.message,
             error.hint.empty() ? "run this shard again" : error.hint});
        return false;
    }

    void give_up() {
        if (failure_) {
            stop(*failure_);
            return;
        }
        for (auto& note : work_.plan.notes) {
            if (is_wait(note)) {
                note.severity = Severity::error;
                note.hint = fmt::format("nothing came of it for {} s: look at the run of that "
                                        "shard, then run this one again; --shard-timeout SECONDS "
                                        "waits longer",
                                        rounds_.patience.count() / 1000);
            }
        }
    }

    /// False if somebody asks to stop meanwhile.
    bool wait(Milliseconds time) {
        const auto over = std::make_shared<bool>(false);
        auto& transport = context_.transport();
        transport.schedule(time, [over] { *over = true; });
        while (!*over && !context_.interrupted() && transport.step()) {
        }
        return *over && !context_.interrupted();
    }

    /// What is waited for, once for each.
    void tell() {
        constexpr std::size_t most = 3;
        std::set<std::string> all;
        for (const auto& wait : work_.plan.waits) {
            all.insert(awaited(wait.other, work_.plan.shard->count));
        }
        std::vector<std::string> shown(all.begin(), all.end());
        if (shown.size() > most) {
            const auto more = shown.size() - most;
            shown.resize(most);
            shown.push_back(fmt::format("{} more", more));
        }
        const auto text = "waiting for " + enumerate(shown);
        if (text != told_) {
            progress_.line(text);
            told_ = text;
        }
        progress_.now(text);
    }

    Work& work_;
    const Rounds& rounds_;
    const Perform& perform_;
    Context& context_;
    Progress& progress_;
    UtcTime last_deed_;
    std::set<plan::Unit> named_;   ///< what the first plan held back
    std::optional<Error> failure_; ///< for which the last round could not begin
    std::string told_;
};

} // namespace

void add_round(Work& work, Work next) {
    auto& all = work.plan;
    const auto first = all.steps.size();
    for (auto& step : next.plan.steps) {
        for (auto& before : step.after) {
            before.step += first;
        }
        all.steps.push_back(std::move(step));
    }
    std::erase_if(all.changes, [](const auto& change) { return change.waits_for.has_value(); });
    std::move(next.plan.changes.begin(), next.plan.changes.end(), std::back_inserter(all.changes));
    std::erase_if(all.notes, is_wait);
    for (auto& note : next.plan.notes) {
        if (!is_told(all.notes, note)) {
            all.notes.push_back(std::move(note));
        }
    }
    all.bound = std::move(next.plan.bound);
    all.referred = std::move(next.plan.referred);
    all.waits = std::move(next.plan.waits);
    all.doubled = all.doubled || next.plan.doubled;
    std::move(next.report.steps.begin(), next.report.steps.end(),
              std::back_inserter(work.report.steps));
    work.report.interrupted = work.report.interrupted || next.report.interrupted;
}

void go_on(Work& work, const Rounds& rounds, const Perform& perform, Context& context,
           Progress& progress) {
    Goer(work, rounds, perform, context, progress).go();
    progress.clear();
}

} // namespace penstock::cli
