#include "execute/twins.hpp"

#include "live/read.hpp"
#include "plan/flow_specs.hpp"
#include "plan/twins.hpp"

#include <set>
#include <string>
#include <utility>
#include <variant>

namespace penstock::execute {

namespace {

/// The ids of the entities that a run has made.
std::set<std::string> made_by(const plan::Plan& plan, const Report& report) {
    std::set<std::string> ids;
    for (std::size_t i = 0; i < report.steps.size(); ++i) {
        if (std::holds_alternative<plan::CreateEntity>(plan.steps[i].operation) &&
            report.steps[i].status == StepStatus::done) {
            ids.insert(report.steps[i].id);
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
    const auto made = made_by(plan, report);
    if (made.empty() || report.interrupted) {
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
    removal.plan = plan::remove_twins(desired, *live, catalogue, made);
    if (!removal.plan.steps.empty()) {
        removal.report =
            run(removal.plan, transport, client, secrets, catalogue, reporter, options);
    }
    return removal;
}

} // namespace penstock::execute
