#include "render/report_parts.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace penstock::render {

namespace {

/// Smaller comes first.
int urgency(const Part& part) {
    int lowest = 3;
    for (const auto* finding : part.findings) {
        const bool drift = is_open(*finding);
        const int own = finding->level == Severity::error                        ? 0
                        : finding->level == Severity::warning || drift           ? 1
                        : finding->action == "update" || finding->action.empty() ? 2
                                                                                 : 3;
        lowest = std::min(lowest, own);
    }
    return lowest;
}

void sort_by_urgency(std::vector<Part>& parts) {
    std::stable_sort(parts.begin(), parts.end(),
                     [](const Part& a, const Part& b) { return urgency(a) < urgency(b); });
}

std::string text_of(const std::optional<Acceptance>& acceptance) {
    return acceptance ? acceptance->owner + '\n' + acceptance->reason + '\n' + acceptance->expires +
                            (acceptance->expired ? "\nexpired" : "")
                      : "";
}

/// Equal for parts that are alike.
std::string signature(const Part& part, Likeness likeness) {
    constexpr char end = '\0';
    std::string text(part.noun);
    for (const auto* finding : part.findings) {
        text += end + finding->rule + end +
                (finding->entity ? std::string(model::name(finding->entity->kind)) : "") + end;
        if (likeness == Likeness::in_kind) {
            continue;
        }
        text += finding->message + end + finding->cause + end + finding->hint + end +
                text_of(finding->acceptance);
        for (const auto& field : finding->fields) {
            for (const auto& line : field.lines) {
                text += end + line.text;
            }
            text += end + with_side("", field) + end + text_of(field.acceptance);
        }
        for (const auto& effect : finding->effects) {
            text += end + effect;
        }
    }
    return text;
}

} // namespace

std::vector<Part> parts_of(const Report& report) {
    std::vector<Part> parts;
    std::map<std::string, std::size_t> places;
    for (const auto& finding : report.findings) {
        if (finding.kind == FindingKind::complaint || !finding.entity) {
            continue;
        }
        const auto [place, added] = places.emplace(finding.heading, parts.size());
        if (added) {
            const bool account = finding.heading.starts_with("account ");
            const bool shared = !account && !finding.heading.starts_with("export ");
            parts.push_back({finding.entity->name,
                             account  ? "account"
                             : shared ? "place"
                                      : "export",
                             {}});
        }
        parts[place->second].findings.push_back(&finding);
    }
    sort_by_urgency(parts);
    return parts;
}

std::vector<Part> complaints_of(const Report& report) {
    std::vector<Part> parts;
    for (const auto& finding : report.findings) {
        if (finding.kind == FindingKind::complaint || !finding.entity) {
            parts.push_back({finding.address, "place", {&finding}});
        }
    }
    sort_by_urgency(parts);
    return parts;
}

std::vector<Group> grouped(const std::vector<Part>& parts, Likeness likeness) {
    std::vector<Group> groups;
    std::map<std::string, std::size_t> places;
    for (const auto& part : parts) {
        const auto [place, added] = places.emplace(signature(part, likeness), groups.size());
        if (added) {
            groups.emplace_back();
        }
        groups[place->second].push_back(part);
    }
    return groups;
}

std::string pattern_of(const Group& group) {
    if (group.size() < 2) {
        return {};
    }
    std::string_view common = group.front().name;
    for (const auto& part : group) {
        const auto [end, other] =
            std::mismatch(common.begin(), common.end(), part.name.begin(), part.name.end());
        common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
    }
    const auto last = common.find_last_of("-.");
    return last == std::string_view::npos || last == 0
               ? std::string()
               : std::string(common.substr(0, last + 1)) + "*";
}

} // namespace penstock::render
