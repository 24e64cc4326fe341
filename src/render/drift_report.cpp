#include "render/drift_report.hpp"

#include "base/text.hpp"
#include "render/fields.hpp"
#include "render/plan_report.hpp"
#include "render/plan_text.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::render {

namespace {

using json::Value;
using plan::Action;
using plan::Cause;

std::string what_happened(const plan::EntityChange& change) {
    if (change.action == Action::create) {
        return "is gone from the platform";
    }
    switch (change.cause) {
    case Cause::git:
    case Cause::drift:
        return "changed in the platform";
    case Cause::both:
        return "changed in the platform, and in git";
    case Cause::unknown:
        return "differs; whether git or the platform changed is not known";
    }
    return "";
}

/// True for a part of an export of which one side knows nothing.
bool comes_or_goes(const FieldWords& field) {
    return (field.saying == Saying::column || field.saying == Saying::segment) &&
           !(field.before && field.after);
}

/// The plan leads from the platform to git; a report on drift looks the other way.
std::string backwards(const FieldWords& field) {
    const auto& expected = field.after;
    const auto& found = field.before;
    if (field.saying == Saying::label) {
        return field.label + (found ? ": added" : ": removed");
    }
    if (comes_or_goes(field)) {
        return field.label + (found ? ": added, " + *found : ": removed");
    }
    return fmt::format("{}: {} -> {}", field.label, expected.value_or("(not set)"),
                       found.value_or("(not set)"));
}

/// The live value of a field, for its fingerprint. What is not shown is not digested either: a
/// digest lets short secrets be guessed.
Value live_value(const plan::EntityChange& change, const std::string& field) {
    Value value = value_of_field(change.key.kind, field, change.before.value_or(Value{}));
    const bool hidden =
        std::any_of(change.hidden.begin(), change.hidden.end(),
                    [&](const auto& pointer) { return pointer.starts_with(field); });
    return hidden ? Value(json::Object{{"hidden", value}, {"since", change.audit.updated_at}})
                  : value;
}

Finding drifted(const plan::EntityChange& change, const plan::Plan& plan, const KnownNames& names,
                const Scope& scope) {
    auto finding = finding_of(change, scope);
    const bool missing = change.action == Action::create;
    finding.kind = FindingKind::drift;
    finding.rule = missing ? "drift-missing" : "drift-changed";
    finding.action = missing ? "missing" : "changed";
    finding.message = what_happened(change);
    if (!missing) {
        finding.fields = report_fields(change, plan, names, backwards);
    }
    for (auto& field : finding.fields) {
        field.fingerprint = fingerprint(scope, finding.rule, finding.address, field.name,
                                        live_value(change, field.name));
    }
    finding.fingerprint = fingerprint(scope, finding.rule, finding.address, {},
                                      missing ? Value{} : live_value(change, ""));
    return finding;
}

bool only_follows(const ReportField& field) {
    return field.parts.empty();
}

} // namespace

Report drift_report(const plan::Plan& plan, const KnownNames& names, Scope scope) {
    Report report;
    report.kind = ReportKind::drift;
    report.scope = std::move(scope);
    for (const auto& change : plan.changes) {
        if (change.cause == Cause::git) {
            ++report.waiting;
            continue;
        }
        report.findings.push_back(drifted(change, plan, names, report.scope));
        auto& fields = report.findings.back().fields;
        std::erase_if(fields, only_follows);
        const auto waiting = std::erase_if(fields, [&](const ReportField& field) {
            return cause_of_field(change, field.name) == Cause::git;
        });
        report.waiting += waiting > 0 ? 1 : 0;
    }
    for (const auto& note : plan.notes) {
        report.findings.push_back(complaint(note, report.scope));
        if (note.code == "marker-lost") {
            report.findings.back().kind = FindingKind::drift;
            report.findings.back().action = "unowned";
        }
    }
    report.matching = matching_text(plan);
    conclude_drift(report);
    return report;
}

std::size_t count_drift(const Report& report) {
    return static_cast<std::size_t>(
        std::count_if(report.findings.begin(), report.findings.end(),
                      [](const auto& finding) { return is_open(finding); }));
}

std::size_t count_accepted(const Report& report) {
    std::size_t count = 0;
    for (const auto& finding : report.findings) {
        if (finding.kind != FindingKind::drift) {
            continue;
        }
        if (finding.fields.empty()) {
            count += is_open(finding.acceptance) ? 0U : 1U;
        }
        for (const auto& field : finding.fields) {
            count += is_open(field.acceptance) ? 0U : 1U;
        }
    }
    return count;
}

void conclude_drift(Report& report) {
    const auto open = count_drift(report);
    const auto accepted = count_accepted(report);
    const auto waiting = report.waiting;
    report.complete = !has_errors(report);
    if (open != 0) {
        report.headline = fmt::format("Drift: {} {} from git.", counted(open, "entity", "entities"),
                                      open == 1 ? "differs" : "differ");
    } else if (!report.complete) {
        report.headline = "Drift cannot be told before the errors are solved.";
    } else {
        report.headline = "No drift.";
        report.headline += waiting + accepted == 0 ? " " + report.matching : "";
    }
    report.remarks.clear();
    if (report.scope.shard) {
        report.remarks.push_back(shard_text(*report.scope.shard));
    }
    if (accepted != 0) {
        report.remarks.push_back(fmt::format(
            "{} {} accepted by the baseline and {} not count.", counted(accepted, "finding"),
            accepted == 1 ? "is" : "are", accepted == 1 ? "does" : "do"));
    }
    for (const auto& entry : report.unmatched) {
        const auto named =
            entry.field.empty() ? entry.address : fmt::format("{} {}", entry.address, entry.field);
        report.remarks.push_back(
            entry.other.empty()
                ? fmt::format("{}: nothing answers to this entry any more ({}); remove it.",
                              place(entry.position), named)
                : fmt::format("{}: this entry accepts nothing: it names {}, and its fingerprint is "
                              "that of {}.",
                              place(entry.position), named, entry.other));
    }
    if (waiting != 0) {
        report.remarks.push_back(
            fmt::format("{} {} in git; {} not drift.", counted(waiting, "change"),
                        waiting == 1 ? "waits" : "wait", waiting == 1 ? "it is" : "they are"));
    }
    if (report.unmanaged && report.unmanaged->empty()) {
        report.remarks.emplace_back("Every dataflow of the sandbox is in the manifests.");
    } else if (report.unmanaged) {
        report.remarks.push_back(fmt::format("{} of the sandbox {} in no manifest of this project.",
                                             counted(report.unmanaged->size(), "dataflow"),
                                             report.unmanaged->size() == 1 ? "is" : "are"));
    }
}

} // namespace penstock::render
