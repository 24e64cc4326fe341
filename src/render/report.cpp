#include "render/report.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "json/text.hpp"
#include "render/plan_text.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::render {

namespace {

/// The entity that an address names; nothing for the name of a manifest.
std::optional<model::EntityKey> entity_at(std::string_view address) {
    const auto dot = address.rfind('.');
    if (dot == std::string_view::npos) {
        return std::nullopt;
    }
    const auto kind = model::parse_entity_kind(address.substr(dot + 1));
    return kind ? std::optional(model::EntityKey{*kind, std::string(address.substr(0, dot))})
                : std::nullopt;
}

Finding from(const Error& error) {
    Finding finding;
    finding.rule = "run-failed";
    finding.level = Severity::error;
    finding.message = printable(error.message);
    finding.hint = printable(error.hint);
    if (error.exchange) {
        const auto& exchange = *error.exchange;
        finding.effects.push_back(printable(
            fmt::format("{} {}: status {}{}", exchange.method, exchange.path, exchange.status,
                        exchange.request_id.empty() ? "" : ", request id " + exchange.request_id)));
    }
    return finding;
}

Finding from(const Diagnostic& diagnostic) {
    Finding finding;
    finding.rule = printable(diagnostic.code);
    finding.level = diagnostic.severity;
    finding.message = printable(diagnostic.message);
    finding.hint = printable(diagnostic.suggestion);
    finding.position = diagnostic.position;
    return finding;
}

void add(Report& report, const std::vector<Diagnostic>& diagnostics) {
    for (const auto& diagnostic : diagnostics) {
        auto finding = from(diagnostic);
        finding.fingerprint = fingerprint(report.scope, diagnostic.code, diagnostic.position.file,
                                          {}, json::Value(diagnostic.message));
        report.findings.push_back(std::move(finding));
    }
}

} // namespace

bool is_open(const std::optional<Acceptance>& acceptance) {
    return !acceptance || acceptance->expired;
}

bool is_open(const Finding& finding) {
    return finding.kind == FindingKind::drift &&
           (finding.fields.empty()
                ? is_open(finding.acceptance)
                : std::any_of(finding.fields.begin(), finding.fields.end(),
                              [](const auto& field) { return is_open(field.acceptance); }));
}

bool has_errors(const Report& report) {
    return std::any_of(report.findings.begin(), report.findings.end(), [](const auto& finding) {
        return finding.kind == FindingKind::complaint && finding.level == Severity::error;
    });
}

std::string heading_of(std::string_view address, const Scope& scope) {
    if (const auto key = entity_at(address)) {
        return manifest_title(*key);
    }
    for (const auto kind : {model::EntityKind::flow, model::EntityKind::base}) {
        auto heading = manifest_title({kind, std::string(address)});
        if (scope.units.contains(heading)) {
            return heading;
        }
    }
    return {};
}

SourcePosition position_of(std::string_view heading, const Scope& scope) {
    const auto unit = scope.units.find(heading);
    return unit == scope.units.end() ? SourcePosition{} : unit->second;
}

std::string file_name(const SourcePosition& position, const Scope& scope) {
    return position.file.empty() || position.file.front() == '/' ? position.file
                                                                 : scope.prefix + position.file;
}

std::string place_of(const SourcePosition& position, const Scope& scope) {
    auto shown = position;
    shown.file = file_name(position, scope);
    return place(shown);
}

std::string clause(const Finding& finding) {
    return finding.origin.empty() ? finding.message
                                  : fmt::format("{}; {}", finding.message, finding.origin);
}

std::string who_changed(const Finding& finding) {
    const bool changed_there = finding.kind == FindingKind::drift ||
                               (finding.kind == FindingKind::change && finding.cause != "git");
    return changed_there ? finding.who : "";
}

std::string with_side(std::string text, const ReportField& field) {
    return field.side ? fmt::format("{} [{}]", text, side_in_words(*field.side)) : std::move(text);
}

std::string sentence(const Finding& finding) {
    auto text = finding.address.empty() ? clause(finding)
                                        : fmt::format("{}: {}", finding.address, clause(finding));
    const auto who = who_changed(finding);
    return who.empty() ? text : text + ", last change " + who;
}

std::string in_words(const Acceptance& acceptance) {
    return fmt::format("{} until {} by {}: {}{}", acceptance.expired ? "was accepted" : "accepted",
                       acceptance.expires, acceptance.owner, acceptance.reason,
                       acceptance.expired ? "; it counts again" : "");
}

std::map<std::string, std::size_t> count_actions(const Report& report, FindingKind kind,
                                                 const std::vector<std::string>& actions) {
    std::map<std::string, std::size_t> counts;
    for (const auto& action : actions) {
        counts[action] = 0;
    }
    for (const auto& finding : report.findings) {
        if (finding.kind == kind) {
            ++counts[finding.action];
        }
    }
    return counts;
}

std::string fingerprint(const Scope& scope, std::string_view rule, std::string_view address,
                        std::string_view field, const json::Value& value) {
    return json::digest(json::Object{{"project", scope.project},
                                     {"organization", scope.organization},
                                     {"sandbox", scope.sandbox},
                                     {"rule", rule},
                                     {"address", address},
                                     {"field", field},
                                     {"value", json::full_digest(value)}});
}

Finding complaint(const plan::Note& note, const Scope& scope) {
    Finding finding;
    finding.rule = printable(note.code);
    finding.level = note.severity;
    finding.address = printable(note.address);
    finding.heading = heading_of(note.address, scope);
    finding.message = printable(note.message);
    finding.hint = printable(note.hint);
    finding.position = position_of(finding.heading, scope);
    finding.fingerprint = fingerprint(scope, note.code, note.address);
    return finding;
}

Report failure_report(const Error& error, const std::vector<Diagnostic>& diagnostics, Scope scope) {
    Report report;
    report.scope = std::move(scope);
    report.complete = false;
    report.headline = "Error: " + excerpt(error.message, 500);
    if (diagnostics.empty()) {
        report.findings.push_back(from(error));
        report.findings.back().fingerprint = fingerprint(report.scope, "run-failed", "");
    }
    add(report, diagnostics);
    return report;
}

Report validation_report(std::string headline, const std::vector<Diagnostic>& diagnostics,
                         Scope scope) {
    Report report;
    report.kind = ReportKind::validate;
    report.scope = std::move(scope);
    report.headline = std::move(headline);
    add(report, diagnostics);
    return report;
}

std::string_view name(ReportKind kind) {
    switch (kind) {
    case ReportKind::validate:
        return "validate";
    case ReportKind::plan:
        return "plan";
    case ReportKind::apply:
        return "apply";
    case ReportKind::destroy:
        return "destroy";
    case ReportKind::drift:
        return "drift";
    case ReportKind::failure:
        return "failure";
    }
    return "";
}

std::string time_of(const Scope& scope) {
    return format_iso8601(scope.time);
}

} // namespace penstock::render
