#pragma once

#include "base/result.hpp"
#include "json/value.hpp"
#include "plan/approved.hpp"
#include "plan/plan.hpp"
#include "render/report.hpp"
#include "render/style.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::render {

enum class StepOutcome { done, failed, skipped };

/// What became of one step of a plan, for people.
struct AppliedStep {
    model::EntityKey key;
    std::string_view verb; ///< what is done to the entity: `created`, `changed`, `deleted`, ...
    StepOutcome outcome = StepOutcome::done;
    std::string id;             ///< of the entity, if known
    std::optional<Error> error; ///< set if failed
    std::string skipped_for;    ///< title of the step whose failure is the reason
    SourcePosition position;    ///< of the manifest; line 0 where unknown
};

/// What a run came to.
struct ApplyReport {
    std::vector<AppliedStep> steps; ///< in the plan's order
    plan::Counts counts;            ///< of entities that were done
    std::vector<plan::Note> notes;
    std::vector<plan::Stale> stale; ///< what of a saved plan was left alone
    bool interrupted = false;
    bool destroy = false;                   ///< everything was to go
    bool refused = false;                   ///< by a guard, before anything was done
    std::optional<model::Shard> shard = {}; ///< that the run was for; nothing: for all
};

/// Whether all that was asked for was done.
bool is_complete(const ApplyReport& report);

/// `Apply complete! Resources: 2 added, 0 changed, 0 destroyed.` or `Apply incomplete: `...
std::string headline(const ApplyReport& report);

/// `created`, `changed`, `enabled`, `disabled` or `deleted`.
std::string_view verb(const plan::Operation& operation);

/// One line about a step that has finished, without its newline.
std::string step_line(const AppliedStep& step, const Style& style);

/// Begins with the headline; then what failed and why, what was skipped, what was done. Ends with a
/// newline.
std::string apply_text(const ApplyReport& report, const Style& style);

json::Object apply_json(const ApplyReport& report, std::string_view version);

/// The run for all renderers of reports.
Report report_of(const ApplyReport& run, Scope scope);

} // namespace penstock::render
