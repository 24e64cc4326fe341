#include "execute/twins.hpp"

#include "execute/credentials.hpp"
#include "live/read.hpp"
#include "plan/flow_specs.hpp"
#include "plan/twins.hpp"

#include <algorithm>
#include <cstddef>
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

bool is_interrupted(const Options& options) {
    return options.interrupted && options.interrupted();
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
        return std::all_of(ids_.made.begin(), ids_.made.end(), [&](const auto& entry) {
            const auto& [id, key] = entry;
            return live.find(key.kind, id) != nullptr || is_gone(key.kind, id);
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
        while (!*over && !is_interrupted(options_) && transport_.step()) {
        }
        return *over;
    }

    http::Transport& transport_;
    flow::Client& client_;
    const catalogue::Catalogue& catalogue_;
    const plan::RunIds& ids_;
    const Options& options_;
};

} // namespace

TwinReport resolve_twins(const model::DesiredGraph& desired, const plan::Plan& plan,
                         const Report& report, http::Transport& transport, flow::Client& client,
                         secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
                         Reporter& reporter, const Options& options) {
    TwinReport twins;
    const auto ids = ids_of(plan, report);
    if (ids.made.empty() || report.interrupted) {
        return twins;
    }
    if (is_interrupted(options)) {
        twins.error = interrupted(); // all was done when it came, so nobody says that it did
        return twins;
    }
    const auto flow_specs = plan::needed_flow_specs(desired, catalogue);
    live::ReadOptions read_options;
    read_options.project = desired.project;
    read_options.flow_specs = flow_specs.ids;
    read_options.flow_spec_names = flow_specs.names;
    read_options.mapping_sets = false;
    read_options.interrupted = options.interrupted;
    auto live = Look(transport, client, catalogue, ids, options).read(read_options);
    if (!live) {
        twins.error = live.error();
        return twins;
    }
    if (!plan::has_twins(*live)) {
        return twins;
    }
    if (is_interrupted(options)) {
        twins.error = interrupted();
        return twins;
    }
    read_options.mapping_sets = true; // what stays may have to be completed
    live = live::read(transport, client, catalogue, read_options);
    if (!live) {
        twins.error = live.error();
        return twins;
    }
    const auto credentials = check_credentials(desired, *live, secrets, options.fingerprint_cost);
    auto resolution = plan::resolve_twins(desired, *live, catalogue, credentials, ids);
    twins.plan = std::move(resolution.plan);
    twins.unresolved = std::move(resolution.unresolved);
    if (!twins.plan.steps.empty()) {
        twins.report = run(twins.plan, transport, client, secrets, catalogue, reporter, options);
    }
    return twins;
}

} // namespace penstock::execute
