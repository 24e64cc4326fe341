#include "render/baseline.hpp"

#include "base/text.hpp"
#include "base/time_text.hpp"
#include "json/text.hpp"
#include "render/drift_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace penstock::render {

namespace {

constexpr std::int64_t seconds_of_a_day = 24 * 60 * 60;

std::string named(const std::string& address, const std::string& field) {
    return printable(field.empty() ? address : fmt::format("{} {}", address, field));
}

bool is_over(const std::string& day, std::int64_t now) {
    const auto begin = parse_iso8601(day + "T00:00:00Z");
    return !begin || now >= *begin + seconds_of_a_day;
}

class Acceptor {
  public:
    Acceptor(const std::vector<model::AcceptedDrift>& baseline, std::int64_t now) : now_(now) {
        for (const auto& entry : baseline) {
            entries_.emplace(entry.fingerprint, &entry);
        }
    }

    /// An entry with the fingerprint of something else than it names accepts nothing: who approved
    /// it did so by the names.
    std::optional<Acceptance> find(const std::string& fingerprint, const std::string& address,
                                   const std::string& field) {
        const auto found = entries_.find(fingerprint);
        if (found == entries_.end()) {
            return std::nullopt;
        }
        const auto& entry = *found->second;
        if (printable(entry.address) != address || entry.field != field) {
            others_[fingerprint] = named(address, field);
            return std::nullopt;
        }
        matched_.insert(fingerprint);
        return Acceptance{printable(entry.owner), printable(entry.reason), printable(entry.expires),
                          is_over(entry.expires, now_)};
    }

    [[nodiscard]] bool matched(const std::string& fingerprint) const {
        return matched_.contains(fingerprint);
    }

    /// What the fingerprint is that of, where the entry names something else; else empty.
    [[nodiscard]] std::string other(const std::string& fingerprint) const {
        const auto found = others_.find(fingerprint);
        return found == others_.end() || matched(fingerprint) ? "" : found->second;
    }

  private:
    std::int64_t now_;
    std::map<std::string, const model::AcceptedDrift*> entries_;
    std::set<std::string> matched_;
    std::map<std::string, std::string> others_;
};

/// True if the run looked at what the entry is about: elsewhere nothing can be missed.
bool was_looked_at(const model::AcceptedDrift& entry, const Report& report) {
    const auto heading = heading_of(entry.address, report.scope);
    return (report.scope.everything || report.scope.units.contains(heading)) &&
           std::none_of(report.findings.begin(), report.findings.end(), [&](const auto& finding) {
               return finding.kind == FindingKind::complaint && finding.level == Severity::error &&
                      finding.heading == heading;
           });
}

/// A string as YAML reads it back: JSON's own quoting.
std::string quoted(const std::string& text) {
    return json::write(json::Value(text));
}

std::string entry_yaml(const Finding& finding, const std::string& field,
                       const std::string& fingerprint, const std::string& comment,
                       const std::optional<Acceptance>& acceptance) {
    const auto known = acceptance.value_or(Acceptance{});
    std::string text =
        fmt::format("    # {}{}{}\n", comment, finding.who.empty() ? "" : ", ", finding.who);
    text += fmt::format("    - fingerprint: {}\n", quoted(fingerprint));
    text += fmt::format("      address: {}\n", quoted(finding.address));
    text += field.empty() ? "" : fmt::format("      field: {}\n", quoted(field));
    text += fmt::format("      owner: {}\n", quoted(known.owner));
    text += fmt::format("      reason: {}\n", quoted(known.reason));
    return text +
           fmt::format("      expires: {}\n", known.expires.empty() ? quoted("") : known.expires);
}

} // namespace

void accept(Report& report, const std::vector<model::AcceptedDrift>& baseline) {
    Acceptor acceptor(baseline, report.scope.time);
    for (auto& finding : report.findings) {
        if (finding.kind != FindingKind::drift) {
            continue;
        }
        if (finding.fields.empty()) {
            finding.acceptance = acceptor.find(finding.fingerprint, finding.address, "");
        }
        for (auto& field : finding.fields) {
            field.acceptance = acceptor.find(field.fingerprint, finding.address, field.name);
        }
    }
    report.unmatched.clear();
    for (const auto& entry : baseline) {
        const auto other = acceptor.other(entry.fingerprint);
        if (!other.empty() ||
            (!acceptor.matched(entry.fingerprint) && was_looked_at(entry, report))) {
            report.unmatched.push_back({printable(entry.fingerprint), printable(entry.address),
                                        printable(entry.field), entry.position, other});
        }
    }
    conclude_drift(report);
}

std::string baseline_yaml(const Report& report) {
    std::string entries;
    for (const auto& finding : report.findings) {
        if (finding.kind != FindingKind::drift) {
            continue;
        }
        if (finding.fields.empty()) {
            entries +=
                entry_yaml(finding, "", finding.fingerprint, finding.message, finding.acceptance);
        }
        for (const auto& field : finding.fields) {
            entries += entry_yaml(finding, field.name, field.fingerprint, field.lines.front().text,
                                  field.acceptance);
        }
    }
    std::string text = "apiVersion: penstock/v1\nkind: DriftBaseline\nspec:\n";
    return text + (entries.empty() ? "  accepted: []\n" : "  accepted:\n" + entries);
}

} // namespace penstock::render
