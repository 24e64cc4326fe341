#include "support/tool_run.hpp"

#include "auth/tokens.hpp"
#include "execute/credentials.hpp"
#include "flow/client.hpp"
#include "http/paced_transport.hpp"
#include "live/read.hpp"
#include "plan/flow_specs.hpp"
#include "plan/planner.hpp"
#include "support/leaks.hpp"
#include "support/tool_outputs.hpp"

#include <set>
#include <utility>

namespace penstock::test {

namespace {

class Teller final : public execute::Reporter {
  public:
    Teller(const std::function<void(const plan::Step&)>& started,
           const std::function<void(const plan::Step&)>& finished)
        : started_(started), finished_(finished) {}

    void started(const plan::Step& step) override {
        if (started_) {
            started_(step);
        }
    }
    void finished(const plan::Step& step, const execute::StepResult& /*result*/) override {
        if (finished_) {
            finished_(step);
        }
    }

  private:
    const std::function<void(const plan::Step&)>& started_;
    const std::function<void(const plan::Step&)>& finished_;
};

/// Hands secrets on and remembers them, but for those that the platform shows to everybody.
class RememberedSecrets final : public secrets::SecretSource {
  public:
    RememberedSecrets(secrets::SecretSource& inner, const model::DesiredGraph& desired,
                      Confidences& given)
        : inner_(inner), given_(given) {
        for (const auto& entity : desired.entities) {
            const auto& spec = entity.content["connectionSpec"].as_string();
            const auto& auth = entity.content["auth"]["specName"].as_string();
            for (const auto& secret : entity.secrets) {
                if (secret.use == model::SecretUse::auth &&
                    is_shown_to_everybody(spec, auth, secret.name)) {
                    open_.insert(secrets::describe(secret.reference));
                }
            }
        }
    }

    Result<secrets::SecretString> resolve(const secrets::SecretReference& reference) override {
        auto value = inner_.resolve(reference);
        const auto name = secrets::describe(reference);
        if (value && !open_.contains(name)) {
            given_.add(name, value->reveal());
        }
        return value;
    }

  private:
    secrets::SecretSource& inner_;
    Confidences& given_;
    std::set<std::string> open_;
};

/// Hands requests on and looks at each.
class ListeningTransport final : public http::Transport {
  public:
    ListeningTransport(http::Transport& inner, const Confidences& given)
        : inner_(inner), given_(given) {}

    void send(http::Request request, Completion completion) override {
        try {
            given_.check(request);
        } catch (const Leak& leak) {
            leak_ = leak.what();
        }
        inner_.send(std::move(request), std::move(completion));
    }
    void schedule(Milliseconds delay, std::function<void()> action) override {
        inner_.schedule(delay, std::move(action));
    }
    bool step() override { return inner_.step(); }

    void check() const {
        if (!leak_.empty()) {
            throw Leak(leak_);
        }
    }

  private:
    http::Transport& inner_;
    const Confidences& given_;
    std::string leak_;
};

void run_to_its_end(const model::DesiredGraph& desired, const ToolRunSetting& setting,
                    ToolRun& result);

} // namespace

const emulator::Scope& scope() {
    static const emulator::Scope all{"5555467B5D8013E50A494220@AdobeOrg", "dev"};
    return all;
}

void run_tool(const model::DesiredGraph& desired, const ToolRunSetting& setting, ToolRun& result) {
    if (!setting.discreet) {
        run_to_its_end(desired, setting, result);
        return;
    }
    Confidences given;
    given.add("the client secret", setting.client_secret);
    ListeningTransport transport(setting.transport, given);
    RememberedSecrets remembered(setting.secrets, desired, given);
    const ToolRunSetting watched{transport,           setting.clock,         setting.catalogue,
                                 remembered,          setting.options,       setting.apply,
                                 setting.discreet,    setting.client_secret, setting.jitter,
                                 setting.has_stopped, setting.started,       setting.finished,
                                 setting.resolves,    setting.planned};
    run_to_its_end(desired, watched, result);
    transport.check();
    given.check("what is written about a run", outputs(result));
}

namespace {

void run_to_its_end(const model::DesiredGraph& desired, const ToolRunSetting& setting,
                    ToolRun& result) {
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
    read_options.expected = live::expect(desired);
    read_options.mapping_set_names = live::expected_mapping_sets(desired, {});
    read_options.flow_specs = [&](const model::LiveGraph& live) {
        return plan::flow_specs_to_ask(desired, live, setting.catalogue);
    };
    read_options.flow_spec_names = plan::named_flow_specs(desired, setting.catalogue);
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
        Teller reporter(setting.started, setting.finished);
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

} // namespace

} // namespace penstock::test
