#include "cli/apply_outcome.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using execute::StepStatus;
using model::EntityKind;

namespace {

/// What is told of twins of which these deletions came to that.
plan::Plan told(const std::vector<StepStatus>& deletions) {
    execute::TwinReport twins;
    for (const auto status : deletions) {
        twins.plan.steps.push_back(
            {{EntityKind::flow, "devices"}, plan::DeleteEntity{"some-id"}, {}});
        execute::StepResult result;
        result.status = status;
        twins.report.steps.push_back(result);
    }
    plan::Plan plan;
    execute::Report report;
    cli::add_twins(plan, report, std::move(twins));
    CHECK(plan.steps.size() == deletions.size());
    CHECK(report.steps.size() == deletions.size());
    return plan;
}

} // namespace

TEST_CASE("of twins only those count as deleted that are") {
    struct Row {
        std::vector<StepStatus> deletions;
        std::string words;
    };
    const std::string both = "another run made the same at the same time; of what both made, ";
    const Row rows[] = {
        {{StepStatus::done}, "1 entity was one too many: deleted"},
        {{StepStatus::done, StepStatus::done}, "2 entities were one too many: deleted"},
        {{StepStatus::done, StepStatus::skipped, StepStatus::failed},
         "3 entities were one too many: 1 deleted, the others stand until the next apply"},
        {{StepStatus::skipped}, "1 entity was one too many: it stands until the next apply"},
        {{StepStatus::skipped, StepStatus::skipped},
         "2 entities were one too many: they stand until the next apply"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.words);
        const auto plan = told(row.deletions);
        REQUIRE(plan.notes.size() == 1);
        CHECK(plan.notes[0].code == "made-twice");
        CHECK(plan.notes[0].message == both + row.words);
    }
}
