#include "base/text.hpp"
#include "render/reports.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace penstock::render {

namespace {

/// Text for an element or an attribute. The model's texts hold no control characters; of the other
/// characters XML 1.0 refuses U+FFFE and U+FFFF alone.
std::string escaped(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        switch (text[i]) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\xef':
            if (const auto rest = text.substr(i + 1, 2); rest == "\xbf\xbe" || rest == "\xbf\xbf") {
                result += "\xef\xbf\xbd";
                i += 2;
                break;
            }
            [[fallthrough]];
        default:
            result += text[i];
        }
    }
    return result;
}

/// Everything about a finding, a line each.
std::string body_of(const Finding& finding, const Scope& scope) {
    std::string body;
    const auto line = [&](const std::string& part) { body += part.empty() ? "" : part + "\n"; };
    line(finding.id.empty() ? "" : "id: " + finding.id);
    for (const auto& field : finding.fields) {
        for (const auto& [text, position] : field.lines) {
            const auto words = with_side(text, field);
            line(position.line == 0 ? words
                                    : fmt::format("{} ({})", words, place_of(position, scope)));
        }
        line(field.acceptance ? in_words(*field.acceptance) : "");
    }
    line(finding.acceptance ? in_words(*finding.acceptance) : "");
    for (const auto& effect : finding.effects) {
        line(effect);
    }
    line(finding.hint.empty() ? "" : "next: " + finding.hint);
    line(finding.position.file.empty() ? "" : "manifest: " + place_of(finding.position, scope));
    return body;
}

/// True for what a test would fail for: somebody has to do something.
bool is_failure(const Finding& finding) {
    return finding.level == Severity::error || is_open(finding);
}

class JUnitWriter {
  public:
    explicit JUnitWriter(const Report& report) : report_(report) {
        for (const auto& [heading, position] : report.scope.units) {
            cases_[heading];
        }
        for (const auto& finding : report.findings) {
            cases_[finding.heading].push_back(&finding);
        }
        cases_[""]; // the run itself
    }

    std::string write() {
        for (const auto& [heading, findings] : cases_) {
            add_case(heading, findings);
        }
        const auto& scope = report_.scope;
        const auto suite = escaped(scope.project.empty() ? "penstock" : scope.project);
        const auto numbers = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
                                         cases_.size(), failures_, skipped_);
        return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                           "<testsuites name=\"penstock {}\" {} time=\"0\">\n"
                           "  <testsuite name=\"{}\" {} time=\"0\" timestamp=\"{}\">\n"
                           "    <properties>\n{}{}{}    </properties>\n"
                           "{}  </testsuite>\n"
                           "</testsuites>\n",
                           name(report_.kind), numbers, suite, numbers,
                           time_of(scope).substr(0, 19), property("environment", scope.environment),
                           property("sandbox", scope.sandbox), property("result", report_.headline),
                           text_);
    }

  private:
    using Findings = std::vector<const Finding*>;

    static std::string property(std::string_view name, std::string_view value) {
        return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, escaped(value));
    }

    void add_case(const std::string& heading, const Findings& findings) {
        const auto& run = report_.scope.project.empty() ? "penstock" : report_.scope.project;
        text_ += fmt::format("    <testcase name=\"{}\" classname=\"{}.{}\" time=\"0\"",
                             heading.empty() ? fmt::format("the {} itself", name(report_.kind))
                                             : escaped(heading),
                             escaped(run), name(report_.kind));
        if (const auto position = position_of(heading, report_.scope); position.line != 0) {
            text_ +=
                fmt::format(" file=\"{}\" line=\"{}\"",
                            escaped(printable(file_name(position, report_.scope))), position.line);
        }
        std::string body;
        std::string rest;
        bool failed = false;
        bool skipped = false;
        for (const auto* finding : findings) {
            const auto title = sentence(*finding);
            if (is_failure(*finding)) {
                failed = true;
                body += element("failure", *finding, title);
            } else if (finding->action == "skipped") {
                skipped = true;
                rest += title + "\n";
            } else {
                rest += title + "\n" + body_of(*finding, report_.scope);
            }
        }
        failures_ += failed ? 1 : 0;
        if (!failed && skipped) {
            ++skipped_;
            body += "      <skipped/>\n";
        }
        if (!rest.empty()) {
            body += fmt::format("      <system-out>{}</system-out>\n", escaped(rest));
        }
        text_ += body.empty() ? "/>\n" : fmt::format(">\n{}    </testcase>\n", body);
    }

    std::string element(std::string_view tag, const Finding& finding, const std::string& title) {
        return fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n", tag,
                           escaped(finding.rule), escaped(title),
                           escaped(body_of(finding, report_.scope)));
    }

    const Report& report_;
    std::map<std::string, Findings> cases_;
    std::string text_;
    std::size_t failures_ = 0;
    std::size_t skipped_ = 0;
};

} // namespace

std::string report_junit(const Report& report) {
    return JUnitWriter(report).write();
}

} // namespace penstock::render
