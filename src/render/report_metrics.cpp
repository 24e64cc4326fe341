#include "render/drift_report.hpp"
#include "render/reports.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

namespace penstock::render {

namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

/// A label's value as both formats escape it.
std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (c == '\n') {
            text += "\\n";
        } else {
            text += c == '\\' || c == '"' ? "\\" : "";
            text += c;
        }
    }
    return text;
}

class MetricsWriter {
  public:
    explicit MetricsWriter(const Report& report) : report_(report) {}

    std::string write() {
        family("penstock_run_timestamp_seconds", "When the run took place, in seconds since 1970.");
        sample({{"command", std::string(name(report_.kind))}}, report_.scope.time);
        family("penstock_run_complete", "1 if the run did all that it was asked for.");
        sample({{"command", std::string(name(report_.kind))}}, report_.complete ? 1 : 0);
        if (report_.kind != ReportKind::failure) {
            add_manifests();
        }
        switch (report_.kind) {
        case ReportKind::plan:
            family("penstock_plan_changes", "Entities that apply would change, by action.");
            add_actions(FindingKind::change, "action", {"create", "update", "replace", "delete"});
            break;
        case ReportKind::drift:
            add_drift();
            break;
        case ReportKind::apply:
        case ReportKind::destroy:
            family("penstock_apply_steps", "Steps of the run, by what became of them.");
            add_actions(FindingKind::step, "outcome", {"done", "failed", "skipped"});
            family("penstock_apply_stale", "Entities that a saved plan left alone as stale.");
            sample({}, count(FindingKind::stale, Severity::error));
            break;
        case ReportKind::validate:
        case ReportKind::failure:
            break;
        }
        family("penstock_complaints", "Errors and warnings of the run, by severity.");
        sample({{"severity", "error"}}, count(FindingKind::complaint, Severity::error));
        sample({{"severity", "warning"}}, count(FindingKind::complaint, Severity::warning));
        return text_ + "# EOF\n";
    }

  private:
    void add_manifests() {
        std::int64_t exports = 0;
        for (const auto& [heading, position] : report_.scope.units) {
            exports += heading.starts_with("export ") ? 1 : 0;
        }
        family("penstock_exports", "Exports in the manifests that the run was about.");
        sample({}, exports);
        family("penstock_accounts", "Accounts in the manifests that the run was about.");
        sample({}, static_cast<std::int64_t>(report_.scope.units.size()) - exports);
    }

    void add_drift() {
        std::map<std::string, std::int64_t> counts;
        for (const auto* finding : {"changed", "missing", "unowned"}) {
            for (const auto* status : {"open", "accepted", "expired"}) {
                counts[fmt::format("{} {}", finding, status)] = 0;
            }
        }
        const auto add = [&](const Finding& finding, const std::optional<Acceptance>& acceptance) {
            const char* status = !acceptance           ? "open"
                                 : acceptance->expired ? "expired"
                                                       : "accepted";
            ++counts[fmt::format("{} {}", finding.action, status)];
        };
        for (const auto& finding : report_.findings) {
            if (finding.kind != FindingKind::drift) {
                continue;
            }
            if (finding.fields.empty()) {
                add(finding, finding.acceptance);
            }
            for (const auto& field : finding.fields) {
                add(finding, field.acceptance);
            }
        }
        family("penstock_drift_findings", "Findings of drift, by kind and by the baseline's view.");
        for (const auto& [key, number] : counts) {
            const auto blank = key.find(' ');
            sample({{"finding", key.substr(0, blank)}, {"status", key.substr(blank + 1)}}, number);
        }
        family("penstock_drift_entities", "Entities that differ from git in a way that counts.");
        sample({}, static_cast<std::int64_t>(count_drift(report_)));
        family("penstock_drift_waiting", "Changes in git that were not applied yet.");
        sample({}, static_cast<std::int64_t>(report_.waiting));
        family("penstock_baseline_unmatched", "Entries of the baseline that nothing answers to.");
        sample({}, static_cast<std::int64_t>(report_.unmatched.size()));
        if (report_.unmanaged) {
            family("penstock_unmanaged_dataflows", "Dataflows that no manifest describes.");
            sample({}, static_cast<std::int64_t>(report_.unmanaged->size()));
        }
    }

    void add_actions(FindingKind kind, std::string_view label,
                     const std::vector<std::string>& actions) {
        const auto counts = count_actions(report_, kind, actions);
        for (const auto& action : actions) {
            sample({{label, action}}, static_cast<std::int64_t>(counts.at(action)));
        }
    }

    [[nodiscard]] std::int64_t count(FindingKind kind, Severity level) const {
        std::int64_t number = 0;
        for (const auto& finding : report_.findings) {
            number += finding.kind == kind && finding.level == level ? 1 : 0;
        }
        return number;
    }

    void family(const char* metric, const char* help) {
        metric_ = metric;
        text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", metric, help);
    }

    void sample(const Labels& labels, std::int64_t value) {
        const auto& scope = report_.scope;
        auto text =
            fmt::format("project=\"{}\",environment=\"{}\",sandbox=\"{}\"", escaped(scope.project),
                        escaped(scope.environment), escaped(scope.sandbox));
        if (scope.shard) {
            text += fmt::format(",shard=\"{}\"", name(*scope.shard));
        }
        for (const auto& [label, of] : labels) {
            text += fmt::format(",{}=\"{}\"", label, escaped(of));
        }
        text_ += fmt::format("{}{{{}}} {}\n", metric_, text, value);
    }

    const Report& report_;
    std::string text_;
    std::string_view metric_;
};

} // namespace

std::string report_metrics(const Report& report) {
    return MetricsWriter(report).write();
}

} // namespace penstock::render
