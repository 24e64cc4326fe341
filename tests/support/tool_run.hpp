#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalogue/catalogue.hpp"
#include "emulator/entity_store.hpp"
#include "execute/execute.hpp"
#include "execute/twins.hpp"
#include "http/transport.hpp"
#include "model/graph.hpp"
#include "plan/plan.hpp"
#include "secrets/source.hpp"

#include <functional>
#include <optional>
#include <string>

namespace penstock::test {

/// The organization and sandbox that runs in this process are about.
const emulator::Scope& scope();

/// What one run of the tool is given.
struct ToolRunSetting {
    http::Transport& transport;
    const Clock& clock;
    const catalogue::Catalogue& catalogue;
    secrets::SecretSource& secrets;
    execute::Options options;
    bool apply = true;    ///< else it plans only
    bool discreet = true; ///< it must tell no secret; else somebody else looks
    std::string client_secret = "a-good-secret";
    std::function<double()> jitter = [] { return 0.5; };
    /// True once the run counts as killed; nothing is done any more then. May be null.
    std::function<bool()> has_stopped = {};
    /// Told of every step that is started. May be null.
    std::function<void(const plan::Step&)> started = {};
    /// Told of every step that has ended or will not be started. May be null.
    std::function<void(const plan::Step&)> finished = {};
    /// Told when the run begins to resolve what another one has made. May be null.
    std::function<void()> resolves = {};
    /// Sees the plan before it is carried out, where it is carried out from. May be null.
    std::function<void(plan::Plan&)> planned = {};
};

struct ToolRun {
    std::optional<Error> error; ///< reading the service failed
    model::LiveGraph live;      ///< that the plan was made on
    plan::Plan plan;
    execute::Report report;
    execute::TwinReport twins; ///< what another run had made at the same time
};

/// One run of the tool from reading the service to the report, as a process of its own would make
/// it. `result` is filled in as the run goes on. Throws Leak if the run told a secret that it was
/// given: in what would be written about it, or in a request.
void run_tool(const model::DesiredGraph& desired, const ToolRunSetting& setting, ToolRun& result);

} // namespace penstock::test
