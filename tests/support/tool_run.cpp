#include "support/tool_run.hpp"

#include "auth/tokens.hpp"
#include "execute/credentials.hpp"
#include "flow/client.hpp"
#include "http/paced_transport.hpp"
#include "live/read.hpp"
#include "plan/flow_specs.hpp"
#include "plan/planner.hpp"

#include <utility>

namespace penstock::test {

namespace {

class Teller final : public execute::Reporter {
  public:
    explicit Teller(const std::function<void(const plan::Step&)>& started) : started_(started) {}

    void started(const plan::Step& step) override {
        if (started_) {
            started_(step);
        }
    }
    void finished(const plan::Step& /*step*/, const execute::StepResult& /*result*/) override {}

  private:
    const std::function<void(const plan::Step&)>& started_;
};

} // namespace

const emulator::Scope& scope() {
    static const emulator::Scope all{"5555467B5D8013E50A494220@AdobeOrg", "dev"};
    return all;
}

void run_tool(const model::DesiredGraph& desired, const ToolRunSetting& setting, ToolRun& result) {
    http::PacedTransport transport(setting.transport, setting.options.parallelism);
    const auto tokens = auth::make_ims_tokens(transport, setting.clock,
                                              {"http://127.0.0.1",
                                               "penstock",
                                               secrets::SecretString(setting.client_secret),
                                               {"openid", "AdobeID"}});
    flow::Client client(transport, *tokens,
                        {"http://127.0.0.1", scope().organization, scope().sandbox, "penstock"}, {},
                        setting.clock, setting.jitter);
    if (setting.options.interrupted) {
        client.stop_retrying_when(setting.options.interrupted);
    }
    live::ReadOptions read_options;
    read_options.project = desired.project;
    const auto flow_specs = plan::needed_flow_specs(desired, setting.catalogue);
    read_options.flow_specs = flow_specs.ids;
    read_options.flow_spec_names = flow_specs.names;
    auto live = live::read(transport, client, setting.catalogue, read_options);
    if (setting.has_stopped && setting.has_stopped()) {
        return;
    }
    if (!live) {
        result.error = live.error();
        return;
    }
    plan::Options plan_options;
    plan_options.client = "penstock";
    plan_options.now =
        std::chrono::duration_cast<Milliseconds>(setting.clock.now().time_since_epoch()).count();
    plan_options.credentials = execute::check_credentials(desired, *live, setting.secrets,
                                                          setting.options.fingerprint_cost);
    result.plan = plan::make(desired, *live, setting.catalogue, plan_options);
    result.live = std::move(*live);
    if (setting.planned) {
        setting.planned(result.plan);
    }
    if (setting.apply) {
        Teller reporter(setting.started);
        result.report = execute::run(result.plan, transport, client, setting.secrets,
                                     setting.catalogue, reporter, setting.options);
        if (setting.has_stopped && setting.has_stopped()) {
            return;
        }
        if (setting.resolves) {
            setting.resolves();
        }
        result.twins =
            execute::resolve_twins(desired, result.plan, result.report, transport, client,
                                   setting.secrets, setting.catalogue, reporter, setting.options);
    }
}

} // namespace penstock::test
