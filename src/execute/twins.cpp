#include "execute/twins.hpp"

#include "execute/credentials.hpp"
#include "live/read.hpp"
#include "plan/flow_specs.hpp"
#include "plan/twins.hpp"

#include <utility>
#include <variant>

namespace penstock::execute {

namespace {

plan::RunIds ids_of(const plan::Plan& plan, const Report& report) {
    plan::RunIds ids;
    for (const auto& [key, id] : plan.bound) {
        ids.known.insert(id);
    }
    for (const auto& change : plan.changes) {
        ids.known.insert(change.id.value_or(""));
    }
    // An adopted one may be what another run has made, and is about to use.
    for (std::size_t i = 0; i < report.steps.size(); ++i) {
        if (std::holds_alternative<plan::CreateEntity>(plan.steps[i].operation) &&
            report.steps[i].status == StepStatus::done && !report.steps[i].adopted) {
            ids.made.insert(report.steps[i].id);
        }
    }
    return ids;
}

} // namespace

TwinRemoval remove_twins(const model::DesiredGraph& desired, const plan::Plan& plan,
                         const Report& report, http::Transport& transport, flow::Client& client,
                         secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
                         Reporter& reporter, const Options& options) {
    TwinRemoval removal;
    const auto ids = ids_of(plan, report);
    if (ids.made.empty() || report.interrupted) {
        return removal;
    }
    const auto flow_specs = plan::needed_flow_specs(desired, catalogue);
    live::ReadOptions read_options;
    read_options.project = desired.project;
    read_options.mapping_sets = false; // nothing is written
    read_options.flow_specs = flow_specs.ids;
    read_options.flow_spec_names = flow_specs.names;
    const auto live = live::read(transport, client, catalogue, read_options);
    if (!live) {
        removal.error = live.error();
        return removal;
    }
    if (!plan::has_twins(*live)) {
        return removal;
    }
    const auto credentials = check_credentials(desired, *live, secrets, options.fingerprint_cost);
    removal.plan = plan::remove_twins(desired, *live, catalogue, credentials, ids);
    if (!removal.plan.steps.empty()) {
        removal.report =
            run(removal.plan, transport, client, secrets, catalogue, reporter, options);
    }
    return removal;
}

} // namespace penstock::execute
