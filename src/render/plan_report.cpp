#include "render/plan_report.hpp"

#include "base/text.hpp"
#include "render/fields.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace penstock::render {

namespace {

using plan::Action;

/// The field of that name, added if there is none.
ReportField& field_named(std::vector<ReportField>& fields, const std::string& name) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return field.name == name; });
    if (found != fields.end()) {
        return *found;
    }
    fields.push_back({});
    fields.back().name = name;
    return fields.back();
}

std::vector<ReportField> new_fields(const plan::EntityChange& change, const Style& style) {
    std::vector<ReportField> fields;
    for (const auto& words : content_in_words(change.key, *change.after, style)) {
        ReportField field;
        field.name = words.label;
        field.lines.push_back({field_sentence(words), words.position});
        fields.push_back(std::move(field));
    }
    return fields;
}

/// Where a text has symbols, a report has words.
std::string without_symbol(const FieldWords& words) {
    const bool says_so = words.saying == Saying::column || words.saying == Saying::segment;
    if (words.follows || says_so || (words.before && words.after)) {
        return field_sentence(words);
    }
    return field_sentence(words) + (words.after ? ", added" : ", removed");
}

SourcePosition first_position(const Finding& finding) {
    for (const auto& field : finding.fields) {
        for (const auto& line : field.lines) {
            if (line.position.line != 0) {
                return line.position;
            }
        }
    }
    return finding.position;
}

/// Where a change is from, and each of its fields if it is from both sides.
void tell_cause(Finding& finding, const plan::EntityChange& change) {
    if (change.action != Action::update && change.action != Action::replace) {
        return;
    }
    finding.origin = cause_in_words(change.cause);
    for (auto& field : finding.fields) {
        field.side = side_of_field(change, field.name);
    }
}

Finding planned(const plan::EntityChange& change, const plan::Plan& plan, const Style& style,
                const Scope& scope) {
    auto finding = finding_of(change, scope);
    finding.kind = FindingKind::change;
    finding.rule = fmt::format("plan-{}", name(change.action));
    finding.action = name(change.action);
    const bool loses = change.action == Action::replace || change.action == Action::remove;
    finding.level = loses ? Severity::warning : Severity::hint;
    finding.message = what_happens(change.action);
    if (!change.reason.empty()) {
        finding.message += fmt::format(" ({})", printable(change.reason));
    }
    finding.message += held_back_text(change);
    if (change.action == Action::create && change.after) {
        finding.fields = new_fields(change, style);
    } else if (change.action != Action::remove) {
        finding.fields = report_fields(change, plan, style.names, without_symbol);
    }
    if (!change.sent.empty()) {
        std::vector<std::string> sent;
        std::transform(change.sent.begin(), change.sent.end(), std::back_inserter(sent),
                       [](const auto& secret) { return printable(secret); });
        finding.effects.push_back(
            fmt::format("credentials: (sensitive value) sent: {}", fmt::join(sent, ", ")));
    }
    for (const auto& effect : change.effects) {
        finding.effects.push_back(printable(effect));
    }
    finding.position = first_position(finding);
    finding.fingerprint =
        fingerprint(scope, finding.rule, finding.address, {}, change.after.value_or(json::Value{}));
    return finding;
}

std::string headline_of(const plan::Plan& plan) {
    if (!plan.empty()) {
        return counts_text(count(plan));
    }
    if (!plan.blocked()) {
        return "No changes. " + matching_text(plan);
    }
    return "No changes can be planned before the errors are solved.";
}

} // namespace

std::vector<ReportField> report_fields(const plan::EntityChange& change, const plan::Plan& plan,
                                       const KnownNames& names,
                                       std::string (*say)(const FieldWords&)) {
    std::vector<ReportField> fields;
    for (const auto& words : fields_in_words(change, plan, names)) {
        field_named(fields, words.field).lines.push_back({say(words), words.position});
    }
    for (std::size_t i = 0; i < change.fields.size(); ++i) {
        const auto& part = change.fields[i];
        if (follows_replacement(change, part.pointer, plan)) {
            continue;
        }
        auto& field = field_named(fields, field_of(change.key.kind, part.pointer));
        if (field.lines.empty()) {
            field.lines.push_back({printable(field.name), {}});
        }
        field.parts.emplace_back(part, i < change.positions.size() ? change.positions[i]
                                                                   : SourcePosition{});
    }
    return fields;
}

Finding finding_of(const plan::EntityChange& change, const Scope& scope) {
    Finding finding;
    finding.address = printable(address(change.key));
    finding.entity = change.key;
    finding.heading = manifest_title(change.key);
    finding.cause = cause_word(change.cause);
    finding.id = printable(change.id.value_or(""));
    finding.who = change.id ? who_and_when(change.audit) : "";
    finding.audit = change.id ? change.audit : model::Audit{};
    finding.position = position_of(finding.heading, scope);
    return finding;
}

Report plan_report(const plan::Plan& plan, const Style& style, Scope scope) {
    Report report;
    report.kind = ReportKind::plan;
    report.scope = std::move(scope);
    report.headline = headline_of(plan);
    report.complete = !plan.blocked();
    const bool causes = tells_causes(plan);
    for (const auto& change : plan.changes) {
        report.findings.push_back(planned(change, plan, style, report.scope));
        if (causes) {
            tell_cause(report.findings.back(), change);
        }
    }
    if (plan.shard) {
        report.remarks.push_back(shard_text(*plan.shard));
    }
    if (plan.forecast) {
        report.remarks.push_back(forecast_text(*plan.forecast));
    }
    for (const auto& note : plan.notes) {
        report.findings.push_back(complaint(note, report.scope));
    }
    return report;
}

} // namespace penstock::render
