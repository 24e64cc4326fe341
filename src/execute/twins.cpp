#include "execute/twins.hpp"

#include "execute/credentials.hpp"
#include "live/read.hpp"
#include "plan/flow_specs.hpp"
#include "plan/twins.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace penstock::execute {

namespace {

/// How often lists are read in all until they show what the run has made, and how long the first
/// pause is; each further one is twice as long.
constexpr int most_looks = 5;
constexpr Milliseconds first_pause{1'000};

/// How often a run looks in all, if each time it finds something to do.
constexpr int most_passes = 3;

plan::RunIds ids_of(const plan::Plan& plan, const Report& report) {
    plan::RunIds ids;
    ids.known = plan.seen;
    for (std::size_t i = 0; i < report.steps.size(); ++i) {
        const auto& key = plan.steps[i].key;
        // An adopted connection may be what another run has made, and is about to use.
        if (std::holds_alternative<plan::CreateEntity>(plan.steps[i].operation) &&
            report.steps[i].status == StepStatus::done &&
            (!report.steps[i].adopted || key.kind == model::EntityKind::flow)) {
            ids.made.emplace(report.steps[i].id, key);
        }
    }
    return ids;
}

std::set<std::string> deleted(const plan::Plan& plan, const Report& report) {
    std::set<std::string> ids;
    for (std::size_t i = 0; i < report.steps.size(); ++i) {
        const auto* removal = std::get_if<plan::DeleteEntity>(&plan.steps[i].operation);
        if (removal != nullptr && report.steps[i].status == StepStatus::done) {
            ids.insert(removal->id);
        }
    }
    return ids;
}

Error interrupted() {
    return {ErrorKind::interrupted, "interrupted", {}, {}};
}

/// Reads what a run has left behind.
class Look {
  public:
    Look(http::Transport& transport, flow::Client& client, const catalogue::Catalogue& catalogue,
         const plan::RunIds& ids, const Options& options)
        : transport_(transport), client_(client), catalogue_(catalogue), ids_(ids),
          options_(options) {}

    Result<model::LiveGraph> read(const live::ReadOptions& read_options) {
        auto pause = first_pause;
        for (int look = 1;; ++look) {
            auto live = live::read(transport_, client_, catalogue_, read_options);
            if (!live || shows_all(*live)) {
                return live;
            }
            if (look == most_looks) {
                return fail(ErrorKind::unavailable,
                            "the platform's lists do not show yet what this run has made");
            }
            if (!wait(pause)) {
                return fail(interrupted());
            }
            pause *= 2;
        }
    }

  private:
    /// True if nothing is missing but what has been deleted again.
    bool shows_all(const model::LiveGraph& live) {
        const model::EntityFinder finder(live);
        return std::all_of(ids_.made.begin(), ids_.made.end(), [&](const auto& entry) {
            const auto& [id, key] = entry;
            return finder.find(key.kind, id) != nullptr || is_gone(key.kind, id);
        });
    }

    bool is_gone(model::EntityKind kind, const std::string& id) {
        std::optional<Result<json::Value>> answer;
        client_.get(kind, id, [&](Result<json::Value> got) { answer = std::move(got); });
        while (!answer && transport_.step()) {
        }
        return answer && !*answer && answer->error().kind == ErrorKind::not_found;
    }

    bool wait(Milliseconds pause) {
        const auto over = std::make_shared<bool>(false);
        transport_.schedule(pause, [over] { *over = true; });
        while (!*over && !options_.is_interrupted() && transport_.step()) {
        }
        return *over;
    }

    http::Transport& transport_;
    flow::Client& client_;
    const catalogue::Catalogue& catalogue_;
    const plan::RunIds& ids_;
    const Options& options_;
};

/// One look at the sandbox, and what comes of it.
struct Pass {
    const model::DesiredGraph& desired;
    http::Transport& transport;
    flow::Client& client;
    secrets::SecretSource& secrets;
    const catalogue::Catalogue& catalogue;
    Reporter& reporter;
    const Options& options;
    const std::optional<model::Shard>& shard;

    /// What is `gone` was deleted by this run, though lists may show it for a while.
    [[nodiscard]] TwinReport run(const plan::RunIds& ids, const std::set<std::string>& gone) const {
        TwinReport twins;
        live::ReadOptions read_options;
        read_options.project = desired.project;
        read_options.expected = live::expect(desired);
        read_options.flow_specs = [&](const model::LiveGraph& live) {
            return plan::flow_specs_to_ask(desired, live, catalogue);
        };
        read_options.flow_spec_names = plan::named_flow_specs(desired, catalogue);
        read_options.mapping_sets = false;
        read_options.interrupted = options.interrupted;
        read_options.concerns = [this](const model::EntityKey& key) {
            return model::owns(shard, key);
        };
        auto live = Look(transport, client, catalogue, ids, options).read(read_options);
        if (!live) {
            twins.error = live.error();
            return twins;
        }
        if (!plan::has_twins(*live, shard)) {
            return twins;
        }
        if (options.is_interrupted()) {
            twins.error = interrupted();
            return twins;
        }
        read_options.mapping_sets = true; // what stays may have to be completed
        live = Look(transport, client, catalogue, ids, options).read(read_options);
        if (!live) {
            twins.error = live.error();
            return twins;
        }
        std::erase_if(live->entities, [&](const auto& entity) { return gone.contains(entity.id); });
        const auto credentials =
            check_credentials(desired, *live, secrets, options.fingerprint_cost, shard);
        auto resolution = plan::resolve_twins(desired, *live, catalogue, credentials, ids, shard);
        twins.plan = std::move(resolution.plan);
        twins.unresolved = std::move(resolution.unresolved);
        if (!twins.plan.steps.empty()) {
            twins.report =
                execute::run(twins.plan, transport, client, secrets, catalogue, reporter, options);
        }
        return twins;
    }
};

/// Adds a later pass. What is unresolved is what was so at last.
void add(TwinReport& all, TwinReport next) {
    const auto first = all.plan.steps.size();
    if (first == 0) {
        all = std::move(next);
        return;
    }
    for (auto& step : next.plan.steps) {
        for (auto& before : step.after) {
            before.step += first;
        }
        all.plan.steps.push_back(std::move(step));
    }
    std::move(next.plan.changes.begin(), next.plan.changes.end(),
              std::back_inserter(all.plan.changes));
    std::move(next.report.steps.begin(), next.report.steps.end(),
              std::back_inserter(all.report.steps));
    all.report.interrupted = all.report.interrupted || next.report.interrupted;
    all.unresolved = std::move(next.unresolved);
    all.error = std::move(next.error);
}

} // namespace

TwinReport resolve_twins(const model::DesiredGraph& desired, const plan::Plan& plan,
                         const Report& report, http::Transport& transport, flow::Client& client,
                         secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
                         Reporter& reporter, const Options& options) {
    TwinReport all;
    auto ids = ids_of(plan, report);
    if (ids.made.empty() || report.interrupted) {
        return all;
    }
    if (options.is_interrupted()) {
        all.error = interrupted(); // all was done when it came, so nobody says that it did
        return all;
    }
    Pass pass{desired, transport, client, secrets, catalogue, reporter, options, plan.shard};
    // What the others still used in one pass may be left for this run in the next.
    auto gone = deleted(plan, report);
    for (int passes = 0; passes < most_passes; ++passes) {
        auto next = pass.run(ids, gone);
        const bool goes_on = !next.error && !next.plan.steps.empty() &&
                             next.report.count(StepStatus::done) == next.plan.steps.size();
        for (const auto& step : next.plan.steps) {
            if (const auto* removal = std::get_if<plan::DeleteEntity>(&step.operation)) {
                ids.made.erase(removal->id);
                gone.insert(removal->id);
            }
        }
        add(all, std::move(next));
        if (!goes_on || ids.made.empty()) {
            break;
        }
    }
    return all;
}

} // namespace penstock::execute
