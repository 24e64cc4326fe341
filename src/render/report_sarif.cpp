#include "base/text.hpp"
#include "json/text.hpp"
#include "render/plan_json.hpp"
#include "render/reports.hpp"
#include "render/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace penstock::render {

namespace {

using json::Array;
using json::Object;
using json::Value;

constexpr const char* schema = "https://json.schemastore.org/sarif-2.1.0.json";

std::string_view level_of(Severity severity) {
    switch (severity) {
    case Severity::error:
        return "error";
    case Severity::warning:
        return "warning";
    case Severity::hint:
        return "note";
    }
    return "none";
}

/// What a rule is about. Notes of plans and faults of manifests have codes of their own, which say
/// enough.
std::string description_of(const std::string& rule) {
    static const std::map<std::string_view, std::string_view> texts{
        {"plan-create", "An entity that the manifests describe will be created."},
        {"plan-update", "An entity will be changed to what the manifests say."},
        {"plan-replace", "An entity cannot be changed in place and will be replaced."},
        {"plan-delete", "An entity that the manifests no longer describe will be deleted."},
        {"drift-changed", "Somebody changed this in the platform and not in git."},
        {"drift-missing", "Somebody deleted this in the platform and not in git."},
        {"marker-lost", "A dataflow of the project has lost the marker that makes it ours."},
        {"apply-done", "A step of the run was done."},
        {"apply-failed", "A step of the run failed."},
        {"apply-skipped", "A step of the run was left out."},
        {"apply-stale", "An entity has moved since the plan was made, and was left alone."},
        {"run-failed", "The run failed before it came to anything."},
    };
    const auto found = texts.find(rule);
    if (found != texts.end()) {
        return std::string(found->second);
    }
    std::string text = rule;
    std::replace(text.begin(), text.end(), '-', ' ');
    return text;
}

/// A file's name as a URI: relative ones stay so, and `..` is left to who opens it.
std::string uri_of(std::string_view file) {
    std::string uri = file.starts_with('/') ? "file://" : "";
    for (const char c : file) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view("-._~/").find(c) != std::string_view::npos;
        uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return uri;
}

/// `[text](target)` would become a link in a message.
std::string without_links(std::string text) {
    for (auto at = text.find("]("); at != std::string::npos; at = text.find("](", at)) {
        text.insert(at + 1, " ");
    }
    return text;
}

/// Apart for each shard, so that the runs of all of them are kept.
std::string part(const Scope& scope) {
    return scope.shard ? fmt::format("shard-{}-of-{}/", scope.shard->index, scope.shard->count)
                       : "";
}

class SarifWriter {
  public:
    explicit SarifWriter(const Report& report) : report_(report) {}

    std::string write() {
        for (const auto& finding : report_.findings) {
            if (finding.kind == FindingKind::drift && !finding.fields.empty()) {
                for (const auto& field : finding.fields) {
                    add_field(finding, field);
                }
            } else {
                add_finding(finding);
            }
        }
        Object driver{{"name", "penstock"}};
        if (!report_.scope.version.empty()) {
            driver["version"] = report_.scope.version;
        }
        driver["rules"] = std::move(rules_);
        const auto& scope = report_.scope;
        Object run{{"tool", Object{{"driver", std::move(driver)}}},
                   {"automationDetails",
                    Object{{"id", fmt::format("penstock-{}/{}/{}/{}", name(report_.kind),
                                              scope.project, scope.environment, part(scope))}}},
                   {"invocations", Array{Object{{"executionSuccessful", report_.complete},
                                                {"endTimeUtc", time_of(scope)}}}},
                   {"columnKind", "unicodeCodePoints"},
                   {"results", std::move(results_)},
                   {"properties",
                    Object{{"headline", report_.headline}, {"sandbox", report_.scope.sandbox}}}};
        return json::write_pretty(Object{
                   {"$schema", schema}, {"version", "2.1.0"}, {"runs", Array{std::move(run)}}}) +
               "\n";
    }

  private:
    std::int64_t rule_index(const Finding& finding) {
        const auto [found, added] =
            indexes_.emplace(finding.rule, static_cast<std::int64_t>(rules_.size()));
        if (added) {
            rules_.push_back(
                Object{{"id", finding.rule},
                       {"shortDescription", Object{{"text", description_of(finding.rule)}}},
                       {"defaultConfiguration", Object{{"level", level_of(finding.level)}}}});
        }
        return found->second;
    }

    void add_finding(const Finding& finding) {
        std::string text = sentence(finding);
        for (const auto& field : finding.fields) {
            for (const auto& line : field.lines) {
                text += "\n" + with_side(line.text, field);
            }
        }
        for (const auto& effect : finding.effects) {
            text += "\n" + effect;
        }
        if (!finding.hint.empty()) {
            text += "\nnext: " + finding.hint;
        }
        add(finding, text, finding.position, finding.fingerprint, finding.acceptance);
    }

    void add_field(const Finding& finding, const ReportField& field) {
        std::string text = sentence(finding);
        auto position = finding.position;
        for (auto line = field.lines.rbegin(); line != field.lines.rend(); ++line) {
            position = line->position.line == 0 ? position : line->position;
        }
        for (const auto& line : field.lines) {
            text += "\n" + line.text;
        }
        add(finding, text, position, field.fingerprint, field.acceptance);
    }

    void add(const Finding& finding, const std::string& text, const SourcePosition& position,
             const std::string& fingerprint, const std::optional<Acceptance>& acceptance) {
        Object result{{"ruleId", finding.rule},
                      {"ruleIndex", rule_index(finding)},
                      {"level", level_of(finding.level)},
                      {"message", Object{{"text", without_links(text)}}},
                      {"locations", Array{location(finding, position)}},
                      {"partialFingerprints", Object{{"penstock/v1", fingerprint}}}};
        if (!is_open(acceptance)) {
            result["suppressions"] = Array{Object{{"kind", "external"},
                                                  {"status", "accepted"},
                                                  {"justification", in_words(*acceptance)}}};
        }
        if (!finding.origin.empty()) {
            result["properties"] = origin(finding);
        }
        results_.push_back(std::move(result));
    }

    /// Where a change is from, and who touched the entity last if not git alone.
    static Value origin(const Finding& finding) {
        Object properties{{"cause", finding.cause}};
        if (!who_changed(finding).empty()) {
            const auto& audit = finding.audit;
            properties["updatedBy"] = printable(audit.updated_by);
            properties["updatedClient"] = printable(audit.updated_client);
            properties["updatedAt"] =
                audit.updated_at == 0 ? Value{} : Value(time_in_words(audit.updated_at));
        }
        Object fields;
        for (const auto& field : finding.fields) {
            if (field.side) {
                fields[field.name] = cause_word(*field.side);
            }
        }
        if (!fields.empty()) {
            properties["fields"] = std::move(fields);
        }
        return properties;
    }

    /// What nothing in the manifests stands for is put down to the project's own file: the services
    /// that show results want a place for each.
    Value location(const Finding& finding, SourcePosition position) const {
        if (position.file.empty()) {
            position = {"penstock.yaml", 1, 1};
        }
        Object physical{
            {"artifactLocation", Object{{"uri", uri_of(file_name(position, report_.scope))}}}};
        if (position.line != 0) {
            Object region{{"startLine", static_cast<std::int64_t>(position.line)}};
            if (position.column != 0) {
                region["startColumn"] = static_cast<std::int64_t>(position.column);
            }
            physical["region"] = std::move(region);
        }
        Object location{{"physicalLocation", std::move(physical)}};
        if (!finding.address.empty()) {
            Object logical{{"fullyQualifiedName", finding.address}};
            if (finding.entity) {
                logical["kind"] = type_of(finding.entity->kind);
            }
            location["logicalLocations"] = Array{std::move(logical)};
        }
        return location;
    }

    const Report& report_;
    Array rules_;
    Array results_;
    std::map<std::string, std::int64_t> indexes_;
};

} // namespace

std::string report_sarif(const Report& report) {
    return SarifWriter(report).write();
}

} // namespace penstock::render
