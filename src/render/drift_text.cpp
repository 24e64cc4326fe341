#include "base/text.hpp"
#include "render/drift_report.hpp"
#include "render/plan_json.hpp"
#include "render/plan_text.hpp"
#include "render/table.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::render {

namespace {

using json::Array;
using json::Object;
using json::Value;

std::string acceptance_text(const std::optional<Acceptance>& acceptance, const Style& style) {
    if (!acceptance) {
        return {};
    }
    return fmt::format(
        "        {}\n",
        painted(in_words(*acceptance), acceptance->expired ? Ink::warn : Ink::faint, style));
}

std::string finding_text(const Finding& finding, const Style& style) {
    const bool open = is_open(finding);
    std::string text = fmt::format("  {} {}  {}  {}\n",
                                   painted(open ? "!" : "=", open ? Ink::warn : Ink::faint, style),
                                   finding.address, title(finding.entity->kind), finding.message);
    if (!finding.id.empty()) {
        text += fmt::format("      id: {}\n", finding.id);
    }
    if (!finding.who.empty()) {
        text += fmt::format("      last change {}\n", finding.who);
    }
    for (const auto& field : finding.fields) {
        for (const auto& line : field.lines) {
            const auto where =
                line.position.line == 0 ? "" : fmt::format("   ({})", place(line.position));
            text += fmt::format("      {}{}\n", line.text, painted(where, Ink::faint, style));
        }
        text += acceptance_text(field.acceptance, style);
    }
    return text + acceptance_text(finding.acceptance, style);
}

std::string complaint_text(const Finding& finding, const Style& style) {
    const bool error = finding.level == Severity::error;
    auto text =
        fmt::format("{} {}: {} [{}]\n",
                    painted(error ? "Error:" : "Warning:", error ? Ink::remove : Ink::warn, style),
                    finding.address, finding.message, finding.rule);
    if (!finding.hint.empty()) {
        text += fmt::format("  next: {}\n", finding.hint);
    }
    return text + acceptance_text(finding.acceptance, style);
}

std::string unmanaged_text(const std::vector<UnmanagedFlow>& flows, const Style& style) {
    std::vector<std::vector<std::string>> rows{{"ID", "NAME", "DESTINATION", "STATE", "CREATED"}};
    for (const auto& flow : flows) {
        rows.push_back({flow.id,
                        flow.project.empty()
                            ? flow.name
                            : fmt::format("{} (project {})", flow.name, flow.project),
                        flow.destination, flow.state, flow.created});
    }
    return flows.empty() ? ""
                         : painted("Not managed:", Ink::strong, style) + "\n" + table(rows) + "\n";
}

Value acceptance_json(const std::optional<Acceptance>& acceptance) {
    if (!acceptance) {
        return {};
    }
    return Object{{"owner", acceptance->owner},
                  {"reason", acceptance->reason},
                  {"expires", acceptance->expires},
                  {"expired", acceptance->expired}};
}

Value fields_json(const Finding& finding) {
    Array array;
    for (const auto& field : finding.fields) {
        for (const auto& [part, position] : field.parts) {
            array.push_back(Object{{"path", part.pointer},
                                   {"expected", part.after.value_or(Value{})},
                                   {"found", part.before.value_or(Value{})},
                                   {"position", position_json(position)},
                                   {"field", field.name},
                                   {"fingerprint", field.fingerprint},
                                   {"accepted", acceptance_json(field.acceptance)}});
        }
    }
    return array;
}

Value finding_json(const Finding& finding) {
    return Object{{"address", finding.address},
                  {"type", finding.entity ? Value(type_of(finding.entity->kind)) : Value{}},
                  {"id", finding.id.empty() ? Value{} : Value(finding.id)},
                  {"finding", finding.action},
                  {"counts", is_open(finding)},
                  {"cause", finding.cause.empty() ? Value{} : Value(finding.cause)},
                  {"message", finding.message},
                  {"fingerprint", finding.fields.empty() ? Value(finding.fingerprint) : Value{}},
                  {"accepted", acceptance_json(finding.acceptance)},
                  {"audit", finding.id.empty() ? Value{} : audit_json(finding.audit)},
                  {"fields", fields_json(finding)}};
}

Value note_json(const Finding& finding) {
    return Object{{"severity", finding.level == Severity::error ? "error" : "warning"},
                  {"code", finding.rule},
                  {"address", finding.address},
                  {"message", finding.message},
                  {"hint", finding.hint.empty() ? Value{} : Value(finding.hint)}};
}

Value unmatched_json(const std::vector<UnmatchedEntry>& entries) {
    Array array;
    for (const auto& entry : entries) {
        array.push_back(Object{{"fingerprint", entry.fingerprint},
                               {"address", entry.address},
                               {"field", entry.field},
                               {"position", position_json(entry.position)}});
    }
    return array;
}

Value unmanaged_json(const std::optional<std::vector<UnmanagedFlow>>& flows) {
    if (!flows) {
        return {};
    }
    Array array;
    for (const auto& flow : *flows) {
        array.push_back(Object{{"id", flow.id},
                               {"name", flow.name},
                               {"destination", flow.destination},
                               {"state", flow.state},
                               {"project", flow.project.empty() ? Value{} : Value(flow.project)},
                               {"audit", audit_json(flow.audit)}});
    }
    return array;
}

/// True for what is told about an entity, not in a note.
bool is_about_entity(const Finding& finding) {
    return finding.kind == FindingKind::drift && finding.entity;
}

} // namespace

std::string drift_text(const Report& report, const Style& style) {
    std::string text;
    std::string heading;
    std::string notes;
    for (const auto& finding : report.findings) {
        if (!is_about_entity(finding)) {
            notes += complaint_text(finding, style);
            continue;
        }
        if (heading != finding.heading) {
            heading = finding.heading;
            text += fmt::format("{}{}\n", text.empty() ? "" : "\n",
                                painted(heading, Ink::strong, style));
        }
        text += finding_text(finding, style);
    }
    text += text.empty() ? "" : "\n";
    text += notes.empty() ? "" : notes + "\n";
    text += report.unmanaged ? unmanaged_text(*report.unmanaged, style) : "";
    text += report.headline + "\n";
    for (const auto& remark : report.remarks) {
        text += remark + "\n";
    }
    return text;
}

Object drift_json(const Report& report) {
    Object result = document(report.scope.version);
    result["project"] = report.scope.project;
    result["shard"] = shard_json(report.scope.shard);
    result["drift"] = count_drift(report) != 0;
    Array findings;
    Array notes;
    for (const auto& finding : report.findings) {
        const bool drift = finding.kind == FindingKind::drift;
        (drift ? findings : notes).push_back(drift ? finding_json(finding) : note_json(finding));
    }
    result["findings"] = std::move(findings);
    result["waiting_in_git"] = static_cast<std::int64_t>(report.waiting);
    result["unmatched"] = unmatched_json(report.unmatched);
    result["unmanaged"] = unmanaged_json(report.unmanaged);
    result["notes"] = std::move(notes);
    return result;
}

} // namespace penstock::render
