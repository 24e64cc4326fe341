#include "support/runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace penstock::test {

void check_done(const Run& run, const std::vector<std::string>& allowed) {
    INFO(complaints(run));
    CHECK_FALSE(run.error);
    for (const auto& note : run.plan.notes) {
        CHECK(std::find(allowed.begin(), allowed.end(), note.code) != allowed.end());
    }
    CHECK(run.report.count(execute::StepStatus::done) == run.plan.steps.size());
}

void check_unchanged(const Run& run) {
    INFO(complaints(run));
    CHECK_FALSE(run.error);
    for (const auto& change : run.plan.changes) {
        FAIL_CHECK(model::address(change.key), " would ", std::string(plan::name(change.action)));
    }
    CHECK(run.plan.steps.empty());
}

std::vector<std::string> bodies(const Run& run, const std::string& method,
                                const std::string& part) {
    std::vector<std::string> result;
    for (const auto& request : run.requests) {
        if (request.method == method && request.path.find(part) != std::string::npos) {
            result.push_back(request.body);
        }
    }
    return result;
}

} // namespace penstock::test
