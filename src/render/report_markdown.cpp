#include "base/text.hpp"
#include "render/drift_report.hpp"
#include "render/markdown.hpp"
#include "render/report_parts.hpp"
#include "render/reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <vector>

namespace penstock::render {

namespace {

/// So many names of a group are listed.
constexpr std::size_t most_names = 3;

/// How much is told of what fits no line.
enum class Detail { full, no_content };

std::string names_of(const Group& group) {
    std::vector<std::string> names;
    for (const auto& part : group) {
        if (names.size() < most_names) {
            names.push_back(code_span(part.name));
        }
    }
    const auto left = group.size() - names.size();
    if (left == 0) {
        return enumerate(names);
    }
    std::string text;
    for (const auto& name : names) {
        text += name + ", ";
    }
    return text + fmt::format("and {} more", left);
}

/// `` `loyalty-*` (312 exports)``, or the one name.
std::string title_of(const Group& group) {
    const auto noun = group.front().noun;
    if (group.size() == 1) {
        const auto& name = group.front().name;
        return noun == "place" ? code_span(name) : fmt::format("{} {}", noun, code_span(name));
    }
    const auto pattern = pattern_of(group);
    const auto count = counted(group.size(), noun);
    return pattern.empty() ? count : fmt::format("{} ({})", code_span(pattern), count);
}

std::string place_text(const SourcePosition& position, const Scope& scope) {
    return position.file.empty() ? "" : fmt::format(" ({})", code_span(place_of(position, scope)));
}

std::string acceptance_text(const std::optional<Acceptance>& acceptance) {
    if (!acceptance) {
        return {};
    }
    return fmt::format(
        "; {} until {} by {}: {}{}", acceptance->expired ? "**was accepted**" : "accepted",
        plain_or_code(acceptance->expires), plain_or_code(acceptance->owner),
        plain_or_code(acceptance->reason), acceptance->expired ? "; **it counts again**" : "");
}

/// Who touched the entities at one place in all parts of a group.
std::string who_touched(const Group& group, std::size_t index) {
    const auto& first = *group.front().findings[index];
    if (group.size() == 1) {
        const auto who = who_changed(first);
        return who.empty() ? "" : ", last change " + code_span(who);
    }
    if (first.kind == FindingKind::change && first.cause == "git") {
        return {};
    }
    std::set<std::string> people;
    for (const auto& part : group) {
        if (const auto& by = part.findings[index]->audit.updated_by; !by.empty()) {
            people.insert(code_span(printable(by)));
        }
    }
    if (people.empty() || people.size() > most_names) {
        return people.empty() ? "" : fmt::format(", by {} people", people.size());
    }
    return ", by " + enumerate(std::vector<std::string>(people.begin(), people.end()));
}

bool has_content(const Finding& finding) {
    return finding.action == "create" || finding.action == "delete" || finding.action == "done";
}

class MarkdownWriter {
  public:
    MarkdownWriter(const Report& report, std::size_t budget)
        : report_(report), budget_(budget), parts_(parts_of(report)),
          complaints_(complaints_of(report)) {}

    std::string write() const {
        for (const auto detail : {Detail::full, Detail::no_content}) {
            auto text = whole(detail);
            if (text.size() <= budget_) {
                return text;
            }
        }
        return shortened();
    }

  private:
    [[nodiscard]] std::string whole(Detail detail) const {
        std::string text = head();
        if (detail == Detail::no_content) {
            text += fmt::format("> **Shortened to {} bytes: the fields of what is created, deleted "
                                "or done are left out.** The whole is in the log and in the JSON "
                                "report.\n\n",
                                budget_);
        }
        for (const auto* parts : {&complaints_, &parts_}) {
            for (const auto& group : grouped(*parts, Likeness::in_every_line)) {
                text += block(group, detail);
            }
            text += parts == &complaints_ && !complaints_.empty() ? "\n" : "";
        }
        return text + unmanaged(report_.unmanaged ? report_.unmanaged->size() : 0) + remarks();
    }

    /// Blocks as long as they take no more than their share, the rest in one line for each kind.
    [[nodiscard]] std::string shortened() const {
        const auto top = head();
        // Room for the line that says what was left out, which is made last.
        constexpr std::size_t reserve = 600;
        const std::size_t fixed = top.size() + reserve;
        const std::size_t room = budget_ > fixed ? budget_ - fixed : 0;
        std::string text;
        std::vector<Part> rest;
        for (const auto* parts : {&complaints_, &parts_}) {
            const auto share = room * (parts == &complaints_ ? 2 : 6) / 10;
            for (const auto& group : grouped(*parts, Likeness::in_every_line)) {
                const auto told = block(group, Detail::no_content);
                if (text.size() + told.size() <= share) {
                    text += told;
                } else {
                    rest.insert(rest.end(), group.begin(), group.end());
                }
            }
            text += parts == &complaints_ && !text.empty() ? "\n" : "";
        }
        std::size_t folded = 0;
        std::size_t dropped = 0;
        std::string lines;
        for (const auto& group : grouped(rest, Likeness::in_kind)) {
            const auto line = brief(group);
            if (text.size() + lines.size() + line.size() + 20 <= room) {
                lines += line;
                folded += group.size();
            } else {
                dropped += group.size();
            }
        }
        text += lines.empty() ? "" : "**And in short**\n\n" + lines + "\n";
        for (const auto most : {std::size_t{50}, std::size_t{10}}) {
            const auto table = unmanaged(most);
            if (text.size() + table.size() <= room) {
                text += table;
                break;
            }
        }
        const auto below = remarks();
        text += text.size() + below.size() <= room ? below : "";
        const auto all = parts_.size() + complaints_.size();
        return fmt::format(
            "{}> **Shortened to {} bytes: of {} accounts, exports and complaints {} are told in "
            "full, {} in short, {} not at all.** The whole is in the log and in the JSON "
            "report.\n\n{}",
            top, budget_, all, all - folded - dropped, folded, dropped, text);
    }

    [[nodiscard]] std::string head() const {
        const auto& scope = report_.scope;
        std::string text = report_.kind == ReportKind::failure
                               ? "Error: the run came to nothing.\n\n"
                               : report_.headline + "\n\n";
        if (!scope.project.empty()) {
            text += fmt::format("Project {}, environment {}, sandbox {}, {}.\n\n",
                                code_span(scope.project), code_span(scope.environment),
                                code_span(scope.sandbox), time_of(scope));
        }
        return text;
    }

    [[nodiscard]] std::string remarks() const {
        std::string text;
        for (const auto& remark : report_.remarks) {
            text += plain_or_code(remark) + "\n\n";
        }
        return text;
    }

    [[nodiscard]] std::string block(const Group& group, Detail detail) const {
        const auto& findings = group.front().findings;
        if (findings.front()->kind == FindingKind::complaint || !findings.front()->entity) {
            return complaint(group);
        }
        std::string text =
            fmt::format("**{}**{}\n\n", title_of(group),
                        group.size() == 1 ? "" : ", the same each: " + names_of(group));
        for (std::size_t i = 0; i < findings.size(); ++i) {
            text += entity(group, i, detail);
        }
        return text + "\n";
    }

    [[nodiscard]] std::string entity(const Group& group, std::size_t index, Detail detail) const {
        const auto& finding = *group.front().findings[index];
        const bool alone = group.size() == 1;
        auto text = fmt::format(
            "- {}{} {}{}{}{}\n", alone ? code_span(finding.address) + " " : "",
            title(finding.entity->kind), plain_or_code(clause(finding)), who_touched(group, index),
            acceptance_text(finding.acceptance),
            alone && finding.fields.empty() ? fingerprint(finding.kind, finding.fingerprint) : "");
        if (detail == Detail::no_content && has_content(finding)) {
            return text;
        }
        for (const auto& field : finding.fields) {
            for (const auto& line : field.lines) {
                text += fmt::format("  - {}{}{}{}\n", with_side(code_span(line.text), field),
                                    alone ? place_text(line.position, report_.scope) : "",
                                    acceptance_text(field.acceptance),
                                    alone ? fingerprint(finding.kind, field.fingerprint) : "");
            }
        }
        for (const auto& effect : finding.effects) {
            text += fmt::format("  - {}{}\n", finding.kind == FindingKind::change ? "**!** " : "",
                                plain_or_code(effect));
        }
        text +=
            finding.hint.empty() ? "" : fmt::format("  - next: {}\n", plain_or_code(finding.hint));
        return text;
    }

    static std::string fingerprint(FindingKind kind, const std::string& fingerprint) {
        return kind == FindingKind::drift ? fmt::format(", fingerprint {}", code_span(fingerprint))
                                          : "";
    }

    [[nodiscard]] std::string complaint(const Group& group) const {
        const auto& finding = *group.front().findings.front();
        const auto& name = group.front().name;
        std::string who = name.empty() ? "" : " " + code_span(name);
        if (group.size() > 1) {
            who = fmt::format(" {}: {}", title_of(group), names_of(group));
        }
        auto text = fmt::format(
            "- **{}**{}: {} [{}]{}{}{}\n", finding.level == Severity::error ? "Error" : "Warning",
            who, plain_or_code(finding.message), plain_or_code(finding.rule),
            group.size() == 1 ? place_text(finding.position, report_.scope) : "",
            acceptance_text(finding.acceptance),
            group.size() == 1 ? fingerprint(finding.kind, finding.fingerprint) : "");
        for (const auto& effect : finding.effects) {
            text += fmt::format("  - {}\n", plain_or_code(effect));
        }
        text +=
            finding.hint.empty() ? "" : fmt::format("  - next: {}\n", plain_or_code(finding.hint));
        return text;
    }

    /// A group in one line, whatever its findings say.
    static std::string brief(const Group& group) {
        std::string text = fmt::format("- {}{}: ", title_of(group),
                                       group.size() == 1 ? "" : ", such as " + names_of(group));
        std::string separator;
        for (const auto* finding : group.front().findings) {
            text +=
                separator + (finding->entity ? fmt::format("{}: {}", title(finding->entity->kind),
                                                           plain_or_code(finding->action))
                                             : plain_or_code(finding->rule));
            separator = ", ";
        }
        return text + "\n";
    }

    [[nodiscard]] std::string unmanaged(std::size_t most) const {
        if (!report_.unmanaged || report_.unmanaged->empty()) {
            return {};
        }
        std::string text = "**Not managed**\n\n| dataflow | destination | state | created |\n"
                           "| --- | --- | --- | --- |\n";
        const auto& flows = *report_.unmanaged;
        for (std::size_t i = 0; i < std::min(most, flows.size()); ++i) {
            const auto& flow = flows[i];
            text += fmt::format("| {} {} | {} | {} | {} |\n", cell(flow.id), cell(flow.name),
                                cell(flow.destination), cell(flow.state), cell(flow.created));
        }
        text += "\n";
        return flows.size() <= most
                   ? text
                   : text + fmt::format("**{} more are left out.**\n\n", flows.size() - most);
    }

    /// In a table a pipe ends the cell, also in a code span.
    static std::string cell(const std::string& text) {
        std::string result;
        for (const char c : text.empty() ? std::string() : code_span(text)) {
            result += c == '|' ? "\\|" : std::string(1, c);
        }
        return result;
    }

    const Report& report_;
    std::size_t budget_;
    std::vector<Part> parts_;
    std::vector<Part> complaints_;
};

} // namespace

std::string report_markdown(const Report& report, std::size_t budget) {
    auto text = MarkdownWriter(report, budget).write();
    while (text.ends_with("\n\n")) {
        text.pop_back();
    }
    return text;
}

} // namespace penstock::render
