#include "execute/execute.hpp"

#include "execute/operations.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

namespace penstock::execute {

namespace {

template <class... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

/// How many steps are under way for each place, most of them waiting. With one step at a time
/// nothing else is begun while it waits.
constexpr std::size_t most_for_each_place = 8;

/// What goes before what.
enum class Rank {
    finishing, ///< until then what stands is not what the manifests want
    making,
    removing, ///< for good; a run that is cut off before has made what goes on
};

/// One for each step.
std::vector<Rank> ranks_of(const plan::Plan& plan) {
    std::set<model::EntityKey> goes_on;
    for (const auto& [key, id] : plan.bound) {
        goes_on.insert(key);
    }
    for (const auto& step : plan.steps) {
        if (std::holds_alternative<plan::CreateEntity>(step.operation)) {
            goes_on.insert(step.key);
        }
    }
    std::vector<Rank> ranks;
    ranks.reserve(plan.steps.size());
    for (const auto& step : plan.steps) {
        const auto& operation = step.operation;
        // Until what something stands in the place of has gone, both export. Where it is still in
        // use by what goes for good, it goes with that.
        const bool displaced =
            goes_on.contains(step.key) &&
            std::none_of(step.after.begin(), step.after.end(), [&](const auto& before) {
                return ranks.at(before.step) == Rank::removing;
            });
        if (std::holds_alternative<plan::DeleteEntity>(operation)) {
            ranks.push_back(displaced ? Rank::finishing : Rank::removing);
        } else if (std::holds_alternative<plan::CompleteEntity>(operation) ||
                   std::holds_alternative<plan::SetEnabled>(operation)) {
            ranks.push_back(Rank::finishing);
        } else {
            ranks.push_back(Rank::making);
        }
    }
    return ranks;
}

/// A step that can start.
struct Ready {
    Rank rank = Rank::making;
    std::size_t length = 0; ///< of the chain that begins with it
    std::size_t index = 0;

    /// Of the same rank the longest chain goes first, so that none is left over at the end.
    bool operator<(const Ready& other) const {
        return std::tie(rank, other.length, index) < std::tie(other.rank, length, other.index);
    }
};

using Dependents = std::vector<std::vector<std::size_t>>;

/// How many steps have to follow one another from each on.
std::vector<std::size_t> chain_lengths(const Dependents& dependents,
                                       std::vector<std::size_t> missing) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < missing.size(); ++i) {
        if (missing[i] == 0) {
            order.push_back(i);
        }
    }
    for (std::size_t next = 0; next < order.size(); ++next) {
        for (const auto dependent : dependents[order[next]]) {
            if (--missing[dependent] == 0) {
                order.push_back(dependent);
            }
        }
    }
    std::vector<std::size_t> lengths(missing.size(), 1);
    std::for_each(order.rbegin(), order.rend(), [&](auto step) {
        for (const auto dependent : dependents[step]) {
            lengths[step] = std::max(lengths[step], lengths[dependent] + 1);
        }
    });
    return lengths;
}

/// Starts steps as their predecessors finish.
class Runner {
  public:
    Runner(const plan::Plan& plan, http::Transport& transport, flow::Client& client,
           secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
           Reporter& reporter, const Options& options)
        : plan_(plan), transport_(transport), reporter_(reporter), options_(options),
          operations_(plan, transport, client, secrets, catalogue, options),
          missing_(plan.steps.size()), dependents_(plan.steps.size()), ranks_(ranks_of(plan)) {
        report_.steps.resize(plan.steps.size());
        for (std::size_t i = 0; i < plan.steps.size(); ++i) {
            before_removals_ += ranks_[i] == Rank::removing ? 0U : 1U;
            missing_[i] = plan.steps[i].after.size();
            for (const auto& before : plan.steps[i].after) {
                dependents_[before.step].push_back(i);
            }
        }
        lengths_ = chain_lengths(dependents_, missing_);
        for (std::size_t i = 0; i < plan.steps.size(); ++i) {
            if (missing_[i] == 0) {
                add_ready(i);
            }
        }
    }

    Report run() {
        start_ready();
        while (running_ > 0 && transport_.step()) {
            start_ready();
        }
        // What failed then failed for that: it was not tried again.
        report_.interrupted =
            report_.interrupted ||
            (options_.is_interrupted() && report_.count(StepStatus::done) < report_.steps.size());
        for (std::size_t i = 0; i < report_.steps.size(); ++i) {
            if (report_.steps[i].status == StepStatus::pending) {
                report_.steps[i].status = StepStatus::skipped;
                reporter_.finished(plan_.steps[i], report_.steps[i]);
            }
        }
        return std::move(report_);
    }

  private:
    void add_ready(std::size_t index) { ready_.insert({ranks_[index], lengths_[index], index}); }

    /// What waits without a request of its own holds no place, within limits: it asks every now and
    /// then.
    [[nodiscard]] bool has_room() const {
        const auto places = std::max<std::size_t>(options_.parallelism, 1);
        const auto most = places == 1 ? 1 : places * most_for_each_place;
        return running_ < most && running_ < places + operations_.waiting();
    }

    /// Where nothing is under way, what is left to make waits for what is to be deleted.
    [[nodiscard]] bool may_start(const Ready& next) const {
        return next.rank != Rank::removing || before_removals_ == 0 || running_ == 0;
    }

    void start_ready() {
        while (has_room() && !ready_.empty() && may_start(*ready_.begin())) {
            if (report_.interrupted || options_.is_interrupted()) {
                report_.interrupted = true;
                return;
            }
            const auto index = ready_.begin()->index;
            ready_.erase(ready_.begin());
            ++running_;
            start(index);
        }
    }

    void start(std::size_t index) {
        const auto& step = plan_.steps[index];
        reporter_.started(step);
        auto done = [this, index](Result<Outcome> outcome) { finish(index, std::move(outcome)); };
        std::visit(
            Overloaded{
                [&](const plan::CreateEntity& create) { operations_.create(create, done); },
                [&](const plan::CompleteEntity& complete) { operations_.complete(complete, done); },
                [&](const plan::WriteMapping& mapping) {
                    operations_.write_mapping(mapping, done);
                },
                [&](const plan::UpdateEntity& update) { operations_.update(update, done); },
                [&](const plan::SetEnabled& set) { operations_.set_enabled(set, done); },
                [&](const plan::DeleteEntity& removal) {
                    operations_.remove(step.key, removal, done);
                },
            },
            step.operation);
    }

    /// With its outcome told. It is not asked for again.
    void end(std::size_t index) {
        before_removals_ -= ranks_[index] == Rank::removing ? 0U : 1U;
        reporter_.finished(plan_.steps[index], report_.steps[index]);
    }

    void finish(std::size_t index, Result<Outcome> outcome) {
        --running_;
        auto& result = report_.steps[index];
        if (outcome) {
            result.status = StepStatus::done;
            result.id = outcome->id;
            result.adopted = outcome->adopted;
            result.note = std::move(outcome->note);
            for (const auto dependent : dependents_[index]) {
                if (--missing_[dependent] == 0 &&
                    report_.steps[dependent].status == StepStatus::pending) {
                    add_ready(dependent);
                }
            }
        } else if (outcome.error().kind == ErrorKind::interrupted) {
            report_.interrupted = true; // what waits for it is skipped at the end, for the same
            result.status = StepStatus::skipped;
            end(index);
            return;
        } else {
            result.status = StepStatus::failed;
            result.error = std::move(outcome.error());
            if (result.error->kind == ErrorKind::not_found && result.error->hint.empty()) {
                result.error->hint = "somebody, or another run of this project, has deleted it "
                                     "meanwhile: plan again, it shows what is left to do";
            }
        }
        end(index);
        if (!outcome) {
            skip_dependents(index, plan::title(plan_.steps[index]));
        }
    }

    void skip_dependents(std::size_t index, const std::string& because) {
        for (const auto dependent : dependents_[index]) {
            auto& result = report_.steps[dependent];
            if (result.status == StepStatus::pending) {
                result.status = StepStatus::skipped;
                result.skipped_for = because;
                end(dependent);
                skip_dependents(dependent, because);
            }
        }
    }

    const plan::Plan& plan_;
    http::Transport& transport_;
    Reporter& reporter_;
    const Options& options_;
    Operations operations_;
    Report report_;
    std::vector<std::size_t> missing_; ///< unfinished predecessors
    Dependents dependents_;
    std::vector<std::size_t> lengths_; ///< of the chains that begin with each step
    std::vector<Rank> ranks_;
    std::size_t before_removals_ = 0; ///< steps of other ranks that have not ended
    std::set<Ready> ready_;
    std::size_t running_ = 0;
};

} // namespace

std::size_t Report::count(StepStatus status) const {
    return static_cast<std::size_t>(std::count_if(
        steps.begin(), steps.end(), [&](const auto& step) { return step.status == status; }));
}

Report run(const plan::Plan& plan, http::Transport& transport, flow::Client& client,
           secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
           Reporter& reporter, const Options& options) {
    return Runner(plan, transport, client, secrets, catalogue, reporter, options).run();
}

} // namespace penstock::execute
