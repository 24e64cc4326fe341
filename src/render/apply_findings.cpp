#include "base/text.hpp"
#include "render/apply_report.hpp"
#include "render/plan_text.hpp"
#include "render/stale.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::render {

namespace {

/// What belongs to an entity, with everything that the kind of finding decides left open.
Finding about(const model::EntityKey& key, const Scope& scope) {
    Finding finding;
    finding.address = printable(address(key));
    finding.entity = key;
    finding.heading = manifest_title(key);
    finding.position = position_of(finding.heading, scope);
    return finding;
}

void add_error(Finding& finding, const Error& error) {
    finding.hint = printable(error.hint);
    if (error.exchange) {
        const auto& [method, path, status, code, request_id] = *error.exchange;
        finding.effects.push_back(printable(fmt::format(
            "{} {}: status {}{}{}", method, path, status, code.empty() ? "" : ", code " + code,
            request_id.empty() ? "" : ", request id " + request_id)));
    }
}

Finding from(const AppliedStep& step, const Scope& scope) {
    auto finding = about(step.key, scope);
    finding.kind = FindingKind::step;
    finding.id = printable(step.id);
    if (step.position.line != 0) {
        finding.position = step.position;
    }
    switch (step.outcome) {
    case StepOutcome::done:
        finding.rule = "apply-done";
        finding.level = Severity::hint;
        finding.action = "done";
        finding.message = step.verb;
        break;
    case StepOutcome::failed:
        finding.rule = "apply-failed";
        finding.level = Severity::error;
        finding.action = "failed";
        finding.message = fmt::format("could not be {}: {}", step.verb,
                                      step.error ? printable(step.error->message) : "");
        if (step.error) {
            add_error(finding, *step.error);
        }
        break;
    case StepOutcome::skipped:
        finding.rule = "apply-skipped";
        finding.level = Severity::warning;
        finding.action = "skipped";
        finding.message =
            step.skipped_for.empty()
                ? fmt::format("was not {}: the run was interrupted", step.verb)
                : fmt::format("was not {}: it needs {}", step.verb, printable(step.skipped_for));
        break;
    }
    finding.fingerprint = fingerprint(scope, finding.rule, finding.address, step.verb);
    return finding;
}

Finding from(const plan::Stale& stale, const Scope& scope) {
    auto finding = about(stale.key, scope);
    finding.kind = FindingKind::stale;
    finding.rule = "apply-stale";
    finding.level = Severity::error;
    finding.action = "stale";
    finding.message = stale_clause(stale);
    finding.hint = "plan again: a new plan shows what is left to do";
    finding.id = printable(stale.id);
    finding.fingerprint = fingerprint(scope, finding.rule, finding.address, name(stale.why));
    return finding;
}

} // namespace

Report report_of(const ApplyReport& run, Scope scope) {
    Report report;
    report.kind = run.destroy ? ReportKind::destroy : ReportKind::apply;
    report.scope = std::move(scope);
    report.headline = headline(run);
    report.complete = is_complete(run);
    if (run.shard) {
        report.remarks.push_back(shard_text(*run.shard));
    }
    for (const auto outcome : {StepOutcome::failed, StepOutcome::skipped, StepOutcome::done}) {
        for (const auto& step : run.steps) {
            if (step.outcome == outcome) {
                report.findings.push_back(from(step, report.scope));
            }
        }
    }
    for (const auto& stale : run.stale) {
        report.findings.push_back(from(stale, report.scope));
    }
    for (const auto& note : run.notes) {
        report.findings.push_back(complaint(note, report.scope));
    }
    return report;
}

} // namespace penstock::render
