#include "base/text.hpp"
#include "json/schema.hpp"
#include "json/text.hpp"
#include "render/apply_report.hpp"
#include "render/baseline.hpp"
#include "render/drift_report.hpp"
#include "render/markdown.hpp"
#include "render/plan_report.hpp"
#include "render/reports.hpp"
#include "support/files.hpp"
#include "support/golden.hpp"
#include "support/report_examples.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using render::Report;
using test::check_golden;

namespace {

Report plan_report() {
    return render::plan_report(test::mixed_plan(), test::example_style(), test::example_scope());
}

Report apply_report() {
    return render::report_of(test::partial_apply(), test::example_scope());
}

/// Drift of which a part is accepted, was accepted, and is no longer there.
Report drift_report() {
    auto report = render::drift_report(test::mixed_plan(), test::example_style().names,
                                       test::example_scope());
    report.unmanaged = {{"f-9",
                         "By | hand",
                         "Amazon S3",
                         "enabled",
                         "",
                         "by carol@example.com at 2026-01-01T00:00:00Z",
                         {}},
                        {"f-8", "theirs/web", "SFTP", "disabled", "theirs", "", {}}};
    const auto& moved = report.findings.at(1);
    render::accept(report, {{report.findings.at(0).fields.at(0).fingerprint,
                             "devices.target",
                             "/params/compression",
                             "crm-team",
                             "the importer | cannot read GZIP",
                             "2026-11-22",
                             {"baseline.yaml", 4, 7}},
                            {moved.fields.at(0).fingerprint,
                             "moved.flow",
                             "/schedule/startTime",
                             "crm-team",
                             "wording",
                             "2026-11-21",
                             {"baseline.yaml", 10, 7}},
                            {"0123456789abcdef",
                             "quiet.flow",
                             "/enabled",
                             "crm-team",
                             "holidays",
                             "2027-01-31",
                             {"baseline.yaml", 16, 7}}});
    return report;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

void check_formats(const std::string& name, const Report& report) {
    check_golden("reports/" + name + ".md", render::report_markdown(report));
    check_golden("reports/" + name + ".sarif", render::report_sarif(report));
    check_golden("reports/" + name + ".xml", render::report_junit(report));
    check_golden("reports/" + name + ".prom", render::report_metrics(report));
    check_golden("reports/" + name + ".github", render::report_github(report));
}

Report failure() {
    Diagnostic diagnostic;
    diagnostic.code = "unknown-field";
    diagnostic.message = "unknown field `compresion`";
    diagnostic.position = {"exports.yaml", 12, 3};
    diagnostic.suggestion = "did you mean `compression`?";
    return render::failure_report({ErrorKind::invalid_input, "the manifests are invalid", "", {}},
                                  {diagnostic}, test::example_scope());
}

/// What a hostile name can hold.
constexpr const char* evil = "\x1b[2J@channel `x` <img src=x> | # [a](http://evil.example) ]]> & "
                             "\"'\\\n::error::pwned\r\xc2\x9b\xff\xef\xbf\xbf${{ x }}";

/// A report that holds it in every text, as the model's makers would put it there.
Report hostile() {
    auto plan = test::mixed_plan();
    for (auto& change : plan.changes) {
        change.id = evil;
        change.reason = evil;
        change.effects = {evil};
        change.sent = {evil};
        change.audit.updated_by = evil;
        for (auto& field : change.fields) {
            field.before = field.before ? std::optional(json::Value(evil)) : std::nullopt;
            field.after = field.after ? std::optional(json::Value(evil)) : std::nullopt;
        }
    }
    for (auto& note : plan.notes) {
        note.address = note.message = note.hint = evil;
    }
    return render::drift_report(plan, {}, test::example_scope());
}

/// Where an element begins or ends, a tag each; fails the test if the XML is not well-formed.
void check_well_formed(const std::string& xml) {
    std::vector<std::string> open;
    for (auto at = xml.find('<'); at != std::string::npos; at = xml.find('<', at + 1)) {
        const auto end = xml.find('>', at);
        REQUIRE(end != std::string::npos);
        const auto tag = xml.substr(at + 1, end - at - 1);
        REQUIRE_FALSE(contains(tag, "<"));
        if (tag.front() == '?' || tag.back() == '/') {
            continue;
        }
        const auto name =
            tag.substr(tag.front() == '/' ? 1 : 0, tag.find(' ') - (tag.front() == '/' ? 1 : 0));
        if (tag.front() == '/') {
            REQUIRE_FALSE(open.empty());
            REQUIRE(open.back() == name);
            open.pop_back();
        } else {
            open.push_back(name);
        }
    }
    CHECK(open.empty());
    for (auto at = xml.find('&'); at != std::string::npos; at = xml.find('&', at + 1)) {
        const auto entity = xml.substr(at, xml.find(';', at) - at + 1);
        CHECK((entity == "&amp;" || entity == "&lt;" || entity == "&gt;" || entity == "&quot;"));
    }
    CHECK_FALSE(contains(xml, "\xef\xbf\xbf"));
}

/// So many exports, each with a change of its own that looks like no other.
Report large(std::size_t exports, bool alike) {
    Report report;
    report.kind = render::ReportKind::plan;
    report.scope = test::example_scope();
    report.headline = fmt::format("Plan: 0 to add, {} to change, 0 to destroy.", exports);
    for (std::size_t i = 0; i < exports; ++i) {
        render::Finding finding;
        finding.kind = render::FindingKind::change;
        finding.rule = "plan-update";
        finding.action = "update";
        finding.level = Severity::hint;
        finding.entity = model::EntityKey{model::EntityKind::target, fmt::format("loyalty-{}", i)};
        finding.address = address(*finding.entity);
        finding.heading = "export " + finding.entity->name;
        finding.message = "will be changed";
        finding.cause = "git";
        render::ReportField field;
        field.name = "/params/path";
        field.lines.push_back(
            {alike ? "path: old -> new" : fmt::format("path: ä/{} -> ö/{}", i, i), {}});
        finding.fields.push_back(std::move(field));
        report.findings.push_back(std::move(finding));
    }
    return report;
}

} // namespace

TEST_CASE("a plan in every format") {
    check_formats("plan", plan_report());
}

TEST_CASE("every format tells what git changed and what somebody else did") {
    const auto report = plan_report();
    const std::string by_bob = "by bob@example.com through exc_app at 2026-11-01T00:00:00Z";
    const auto markdown = render::report_markdown(report);
    CHECK(contains(markdown, "`moved.flow` dataflow will be changed; changed in git, and in the "
                             "platform, last change `" +
                                 by_bob + "`\n"));
    CHECK(contains(markdown, "`devices.flow` dataflow will be changed; changed in git\n"));
    CHECK(contains(markdown, "`enabled: true -> false` [in git] ("));
    CHECK(contains(markdown, "2026-12-01T00:00:00Z` [in the platform] ("));
    const auto xml = render::report_junit(report);
    CHECK(contains(xml, "moved.flow: will be changed; changed in git, and in the platform, last "
                        "change " +
                            by_bob + "\n"));
    CHECK(contains(xml, "enabled: true -&gt; false [in git] ("));
    const auto sarif = render::report_sarif(report);
    CHECK(contains(sarif, "moved.flow: will be changed; changed in git, and in the platform, last "
                          "change " +
                              by_bob + "\\n"));
    CHECK(contains(sarif, "enabled: true -> false [in git]\\n"));
    const auto document = json::parse(sarif).value();
    for (const auto& result : document["runs"].as_array().at(0)["results"].as_array()) {
        const auto& name = result["locations"].as_array()[0]["logicalLocations"];
        if (name.as_array().empty() ||
            name.as_array()[0]["fullyQualifiedName"] != json::Value("moved.flow")) {
            continue;
        }
        const auto& properties = result["properties"];
        CHECK(properties["cause"] == json::Value("both"));
        CHECK(properties["updatedBy"] == json::Value("bob@example.com"));
        CHECK(properties["updatedClient"] == json::Value("exc_app"));
        CHECK(properties["updatedAt"] == json::Value("2026-11-01T00:00:00Z"));
        CHECK(properties["fields"]["/enabled"] == json::Value("git"));
        CHECK(properties["fields"]["/schedule/startTime"] == json::Value("drift"));
    }
}

TEST_CASE("a plan of changes from git alone does not say of each where it is from") {
    auto plan = test::mixed_plan();
    std::erase_if(plan.changes,
                  [](const auto& change) { return change.cause != plan::Cause::git; });
    const auto report = render::plan_report(plan, test::example_style(), test::example_scope());
    for (const auto& text : {render::report_markdown(report), render::report_sarif(report),
                             render::report_junit(report), render::report_github(report)}) {
        CHECK_FALSE(contains(text, "in git"));
        CHECK_FALSE(contains(text, "\"cause\""));
    }
}

TEST_CASE("drift in every format") {
    const auto report = drift_report();
    check_formats("drift", report);
    check_golden("reports/drift.txt", render::drift_text(report, {}));
    check_golden("reports/drift.json", json::write_pretty(render::drift_json(report)) + "\n");
    check_golden("reports/drift_baseline.yaml", render::baseline_yaml(report));
}

TEST_CASE("an apply that did a part in every format") {
    check_formats("apply", apply_report());
}

TEST_CASE("a run that came to nothing in every format") {
    check_formats("failure", failure());
}

TEST_CASE("Markdown begins with the line that scripts look for") {
    CHECK(first_line(render::report_markdown(plan_report())) ==
          "Plan: 4 to add, 4 to change, 4 to destroy.");
    CHECK(first_line(render::report_markdown(drift_report())) ==
          "Drift: 1 entity differs from git.");
    CHECK(first_line(render::report_markdown(apply_report())) ==
          "Apply incomplete: 1 added, 1 changed, 1 destroyed; 1 failed, 1 skipped.");
}

TEST_CASE("a report of ten thousand changes stays in its budget and says what it leaves out") {
    const auto report = large(10'000, false);
    for (const std::size_t budget :
         {std::size_t{2'000}, std::size_t{10'000}, std::size_t{65'000}}) {
        const auto text = render::report_markdown(report, budget);
        INFO(budget, "\n", text.substr(0, 400));
        CHECK(text.size() <= budget);
        CHECK(text.size() > budget / 2);
        CHECK(is_utf8(text));
        CHECK(text.ends_with("\n"));
        CHECK(first_line(text) == report.headline);
        CHECK(contains(text, fmt::format("**Shortened to {} bytes: of 10000 accounts", budget)));
        CHECK(contains(text, ": target connection: update\n"));
    }
    CHECK(contains(render::report_markdown(large(20, false), 65'000), "ä/19 -> ö/19"));
    CHECK_FALSE(contains(render::report_markdown(large(20, false), 65'000), "Shortened"));
}

TEST_CASE("equal changes are told once") {
    const auto text = render::report_markdown(large(312, true));
    CHECK(text.size() < 600);
    CHECK(contains(text, "**`loyalty-*` (312 exports)**, the same each: `loyalty-0`, `loyalty-1`, "
                         "`loyalty-2`, and 309 more"));
    CHECK(contains(text, "`path: old -> new`"));
    CHECK_FALSE(contains(text, "Shortened"));
}

TEST_CASE("the fields of what is created go before anything else is shortened") {
    auto report = plan_report();
    const auto whole = render::report_markdown(report);
    REQUIRE(contains(whole, "bucketName: acme-exports"));
    const auto shorter = render::report_markdown(report, whole.size() - 1);
    CHECK(shorter.size() < whole.size());
    CHECK_FALSE(contains(shorter, "bucketName: acme-exports"));
    CHECK(contains(shorter, "compression: NONE -> GZIP"));
    CHECK(contains(shorter, "**Shortened"));
}

TEST_CASE("a large table of unmanaged dataflows is cut between its rows") {
    auto report = drift_report();
    for (int i = 0; i < 2'000; ++i) {
        report.unmanaged->push_back(
            {fmt::format("f-{}", i), "Ünmanaged", "SFTP", "enabled", "", "", {}});
    }
    const auto text = render::report_markdown(report, 8'000);
    CHECK(text.size() <= 8'000);
    CHECK(contains(text, "1952 more are left out."));
    for (auto at = text.find("\n| "); at != std::string::npos; at = text.find("\n| ", at + 1)) {
        const auto row = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
        CHECK(row.ends_with(" |"));
    }
}

TEST_CASE("code spans hold any text") {
    CHECK(render::code_span("a") == "`a`");
    CHECK(render::code_span("a`b") == "``a`b``");
    CHECK(render::code_span("`a``b") == "``` `a``b ```");
    CHECK(render::code_span("") == "`  `");
    CHECK(render::plain_or_code("will be replaced (cannot be changed in place)") ==
          "will be replaced (cannot be changed in place)");
    for (const auto* text : {"@team", "#12", "a*b*", "<b>", "a_b_", "see www.evil.example",
                             "[a](b)", "https://evil.example", "a|b", "~~a~~", "\\a"}) {
        CHECK(render::plain_or_code(text) == fmt::format("`{}`", text));
    }
}

TEST_CASE("names and values can break out of no format") {
    const auto report = hostile();
    for (const auto& text : {render::report_markdown(report), render::report_sarif(report),
                             render::report_junit(report), render::report_metrics(report),
                             render::report_github(report), render::baseline_yaml(report),
                             render::drift_text(report, {})}) {
        INFO(text);
        CHECK(is_utf8(text));
        for (const char c : {'\x1b', '\r', '\x07', '\t'}) {
            CHECK(text.find(c) == std::string::npos);
        }
        CHECK_FALSE(contains(text, "\xc2\x9b"));
        CHECK_FALSE(contains(text, "\n::error::pwned"));
    }
    check_well_formed(render::report_junit(report));
    const auto sarif = json::parse(render::report_sarif(report)).value();
    for (const auto& result : sarif["runs"].as_array().at(0)["results"].as_array()) {
        CHECK_FALSE(contains(result["message"]["text"].as_string(), "[a](http"));
    }

    // Outside of code spans nothing is left that formats or calls.
    std::string outside;
    std::string fence;
    const auto markdown = render::report_markdown(report);
    for (std::size_t i = 0; i < markdown.size();) {
        const auto run = std::min(markdown.find_first_not_of('`', i), markdown.size()) - i;
        if (run == 0) {
            outside += fence.empty() ? std::string(1, markdown[i]) : "";
            ++i;
        } else {
            const std::string marks(run, '`');
            fence = fence.empty() ? marks : fence == marks ? "" : fence;
            i += run;
        }
    }
    CHECK(fence.empty());
    CHECK_FALSE(contains(outside, "@"));
    CHECK_FALSE(contains(outside, "<"));
    CHECK_FALSE(contains(outside, "evil"));
}

TEST_CASE("JUnit XML is well-formed and has a case for each manifest") {
    for (const auto& report : {plan_report(), drift_report(), apply_report(), failure()}) {
        const auto xml = render::report_junit(report);
        check_well_formed(xml);
        CHECK(contains(xml, "<testcase name=\"export quiet\" classname=\"acme."));
    }
}

TEST_CASE("SARIF keeps to its schema") {
    const auto schema_text =
        test::read_file(test::test_data_folder() / "support/sarif-2.1.0-part.json");
    const auto schema = json::Schema::compile(json::parse(schema_text).value());
    REQUIRE(schema);
    for (const auto& report :
         {plan_report(), drift_report(), apply_report(), failure(), hostile(), Report{}}) {
        const auto document = json::parse(render::report_sarif(report)).value();
        for (const auto& fault : schema->check(document)) {
            FAIL_CHECK(fault.pointer, ": ", fault.message);
        }
        const auto& run = document["runs"].as_array().at(0);
        const auto& rules = run["tool"]["driver"]["rules"].as_array();
        for (const auto& result : run["results"].as_array()) {
            const auto index = static_cast<std::size_t>(result["ruleIndex"].as_integer());
            CHECK(rules.at(index)["id"] == result["ruleId"]);
        }
    }
}

TEST_CASE("annotations are no more than a step shows") {
    auto report = large(25, false);
    for (auto& finding : report.findings) {
        finding.level = Severity::warning;
    }
    const auto text = render::report_github(report);
    CHECK(std::count(text.begin(), text.end(), '\n') == 10);
    CHECK(contains(text, "16 more are in the log"));
}

TEST_CASE("what cannot be told even in short is counted") {
    Report report;
    report.kind = render::ReportKind::plan;
    report.scope = test::example_scope();
    report.headline = "Plan: 0 to add, 0 to change, 0 to destroy.";
    for (int i = 0; i < 3'000; ++i) {
        render::Finding finding;
        finding.rule = fmt::format("rule-{}", i);
        finding.level = Severity::error;
        finding.address = fmt::format("place-{}", i);
        finding.message = std::string(static_cast<std::size_t>(i % 200), 'x');
        report.findings.push_back(std::move(finding));
    }
    for (std::size_t budget = 1'000; budget < 6'000; budget += 37) {
        const auto text = render::report_markdown(report, budget);
        CHECK(text.size() <= budget);
        CHECK(contains(text, "**Shortened to"));
        CHECK_FALSE(contains(text, " 0 not at all"));
    }
}

TEST_CASE("names of files are written as URIs and as properties of annotations") {
    auto report = failure();
    report.findings.at(0).position.file = "my exports/ä,b:c%.yaml";
    CHECK(contains(render::report_sarif(report),
                   "\"uri\": \"exports/my%20exports/%C3%A4%2Cb%3Ac%25.yaml\""));
    CHECK(contains(render::report_github(report),
                   "file=exports/my exports/ä%2Cb%3Ac%25.yaml,line=12"));
    report.findings.at(0).position.file = "/elsewhere/a.yaml";
    CHECK(contains(render::report_sarif(report), "\"uri\": \"file:///elsewhere/a.yaml\""));
}
