#include "execute/execute.hpp"

#include "execute/operations.hpp"

#include <algorithm>
#include <set>
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

/// Starts steps as their predecessors finish.
class Runner {
  public:
    Runner(const plan::Plan& plan, http::Transport& transport, flow::Client& client,
           secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
           Reporter& reporter, const Options& options)
        : plan_(plan), transport_(transport), reporter_(reporter), options_(options),
          operations_(plan, transport, client, secrets, catalogue, options),
          missing_(plan.steps.size()), dependents_(plan.steps.size()) {
        report_.steps.resize(plan.steps.size());
        for (std::size_t i = 0; i < plan.steps.size(); ++i) {
            missing_[i] = plan.steps[i].after.size();
            for (const auto& before : plan.steps[i].after) {
                dependents_[before.step].push_back(i);
            }
            if (missing_[i] == 0) {
                ready_.insert(i);
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
            (is_interrupted() && report_.count(StepStatus::done) < report_.steps.size());
        for (std::size_t i = 0; i < report_.steps.size(); ++i) {
            if (report_.steps[i].status == StepStatus::pending) {
                report_.steps[i].status = StepStatus::skipped;
                reporter_.finished(plan_.steps[i], report_.steps[i]);
            }
        }
        return std::move(report_);
    }

  private:
    void start_ready() {
        while (running_ < std::max<std::size_t>(options_.parallelism, 1) && !ready_.empty()) {
            if (is_interrupted()) {
                report_.interrupted = true;
                return;
            }
            const auto index = *ready_.begin();
            ready_.erase(ready_.begin());
            ++running_;
            start(index);
        }
    }

    bool is_interrupted() const { return options_.interrupted && options_.interrupted(); }

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
                    ready_.insert(dependent);
                }
            }
        } else {
            result.status = StepStatus::failed;
            result.error = std::move(outcome.error());
            if (result.error->kind == ErrorKind::not_found && result.error->hint.empty()) {
                result.error->hint = "somebody, or another run of this project, has deleted it "
                                     "meanwhile: plan again, it shows what is left to do";
            }
        }
        reporter_.finished(plan_.steps[index], result);
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
                reporter_.finished(plan_.steps[dependent], result);
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
    std::vector<std::vector<std::size_t>> dependents_;
    std::set<std::size_t> ready_; ///< in the plan's order
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
