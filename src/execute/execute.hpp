#pragma once

#include "catalogue/catalogue.hpp"
#include "flow/client.hpp"
#include "http/transport.hpp"
#include "plan/plan.hpp"
#include "secrets/fingerprint.hpp"
#include "secrets/source.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace penstock::execute {

enum class StepStatus {
    pending, ///< while the run goes on
    done,
    failed,
    skipped, ///< something that it depends on failed, or the run was interrupted before it wrote
};

/// What became of one step of the plan.
struct StepResult {
    StepStatus status = StepStatus::pending;
    std::optional<Error> error; ///< set if failed
    std::string id;             ///< of the entity, once known
    std::string note = {};      ///< what a reader has to know; may be empty
    bool adopted = false;       ///< an entity of an earlier attempt was found and used
    std::string skipped_for;    ///< title of the step whose failure is the reason
};

/// Told of everything that happens while a plan runs; never fails.
class Reporter {
  public:
    virtual ~Reporter() = default;
    virtual void started(const plan::Step& step) = 0;
    virtual void finished(const plan::Step& step, const StepResult& result) = 0;
};

struct Options {
    /// Steps under way at a time. More than one lets up to seven times as many wait beside them for
    /// the service's own work, or for what another step has asked for.
    std::size_t parallelism = 8;
    std::function<bool()> interrupted; ///< once true, no step starts to write; may be null
    /// How long an interrupted run still waits for changes that are under way in the service.
    Milliseconds grace{10'000};
    /// How long to wait for the service to finish an asynchronous change, and how often to look.
    Milliseconds settle_limit{5 * 60'000};
    Milliseconds settle_interval{1'000};
    std::uint64_t fingerprint_cost =
        secrets::fingerprint_cost; ///< the same for every run of a project

    [[nodiscard]] bool is_interrupted() const { return interrupted && interrupted(); }
};

/// What a run came to: one result for each step of the plan, in its order.
struct Report {
    std::vector<StepResult> steps;
    bool interrupted = false;

    [[nodiscard]] std::size_t count(StepStatus status) const;
};

/// Runs the plan: steps whose predecessors are done, many at a time. What completes or toggles an
/// entity, or deletes what another stands in the place of, goes before what makes or changes
/// others; what deletes for good starts when all that has ended, well or not. Of those the longest
/// chain goes first. A failure stops only what depends on it. Every write is followed by a read
/// that waits for a stable state and compares with what was wanted. Runs the transport until
/// nothing is under way.
Report run(const plan::Plan& plan, http::Transport& transport, flow::Client& client,
           secrets::SecretSource& secrets, const catalogue::Catalogue& catalogue,
           Reporter& reporter, const Options& options);

} // namespace penstock::execute
