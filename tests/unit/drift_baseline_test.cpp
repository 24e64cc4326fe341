#include "json/text.hpp"
#include "manifest/baseline.hpp"
#include "render/baseline.hpp"
#include "render/diagnostics.hpp"
#include "render/drift_report.hpp"
#include "support/files.hpp"
#include "support/report_examples.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

manifest::BaselineResult read(std::string_view text) {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / "baseline.yaml", text);
    return manifest::load_baseline(folder.path().string(), "baseline.yaml");
}

std::string baseline(std::string_view entries) {
    return fmt::format("apiVersion: penstock/v1\nkind: DriftBaseline\nspec:\n  accepted:\n{}",
                       entries);
}

constexpr const char* entry = R"(    - fingerprint: "0123456789abcdef"
      address: devices.target
      field: /params/compression
      owner: crm-team
      reason: the importer cannot read GZIP
      expires: 2027-01-31
)";

/// The entry with one line replaced, or left out.
std::string with(std::string_view line, std::string_view replacement) {
    std::string text = entry;
    const auto begin = text.find(line);
    REQUIRE(begin != std::string::npos);
    return baseline(text.replace(begin, line.size(), replacement));
}

/// Drift of one field, accepted until the given day, seen at the given time.
render::Report accepted_until(const std::string& day, std::int64_t now) {
    auto scope = test::example_scope();
    scope.time = now;
    auto report = render::drift_report(test::mixed_plan(), {}, scope);
    std::erase_if(report.findings,
                  [](const auto& finding) { return finding.address != "devices.target"; });
    REQUIRE(report.findings.size() == 1);
    const auto fingerprint = report.findings[0].fields.at(0).fingerprint;
    render::accept(report, {{fingerprint,
                             "devices.target",
                             "/params/compression",
                             "crm-team",
                             "known",
                             day,
                             {"baseline.yaml", 5, 7}}});
    return report;
}

constexpr std::int64_t midnight = 1'795'305'600; ///< 2026-11-22T00:00:00Z

} // namespace

TEST_CASE("a baseline is read with the place of each entry") {
    const auto result = read(baseline(entry));
    INFO(render::diagnostics_text(result.diagnostics, false));
    REQUIRE(result.diagnostics.empty());
    REQUIRE(result.accepted.size() == 1);
    const auto& accepted = result.accepted[0];
    CHECK(accepted.fingerprint == "0123456789abcdef");
    CHECK(accepted.address == "devices.target");
    CHECK(accepted.field == "/params/compression");
    CHECK(accepted.owner == "crm-team");
    CHECK(accepted.reason == "the importer cannot read GZIP");
    CHECK(accepted.expires == "2027-01-31");
    CHECK(accepted.position == SourcePosition{"baseline.yaml", 5, 7});
}

TEST_CASE("a baseline that is not sound is complained about in its place and counts for nothing") {
    struct Case {
        std::string text;
        std::string code;
        unsigned line;
    };
    const std::string owner = "      owner: crm-team\n";
    const std::vector<Case> cases{
        {with(owner, ""), "missing-field", 5},
        {with("      reason: the importer cannot read GZIP\n", ""), "missing-field", 5},
        {with("      expires: 2027-01-31\n", ""), "missing-field", 5},
        {with("\"0123456789abcdef\"", "abc"), "bad-pattern", 5},
        {with("\"0123456789abcdef\"", "1234567890123456"), "wrong-type", 5},
        {with("crm-team", "\"\""), "empty-value", 8},
        {with("2027-01-31", "2027-02-30"), "bad-date", 10},
        {with("2027-01-31", "next year"), "bad-pattern", 10},
        {with("2027-01-31", "\"\""), "bad-pattern", 10},
        {with("owner:", "ownr:"), "unknown-field", 8},
        {baseline(std::string(entry) + entry), "duplicate-entry", 11},
        {baseline("    none\n"), "wrong-type", 5},
        {"apiVersion: penstock/v1\nkind: DriftBaseline\nspec: {}\n", "missing-field", 3},
        {"apiVersion: penstock/v1\nkind: Account\nmetadata: {name: a}\n", "not-a-baseline", 2},
        {"- fingerprint: x\n", "wrong-type", 1},
        {"", "empty-file", 0},
        {"accepted: [", "unclosed-bracket", 1},
    };
    for (const auto& wrong : cases) {
        const auto result = read(wrong.text);
        INFO(wrong.text, render::diagnostics_text(result.diagnostics, false));
        CHECK(result.accepted.empty());
        CHECK(std::any_of(
            result.diagnostics.begin(), result.diagnostics.end(), [&](const auto& diagnostic) {
                return diagnostic.code == wrong.code && diagnostic.position.line == wrong.line &&
                       diagnostic.position.file == "baseline.yaml";
            }));
    }
    const test::TemporaryFolder folder;
    CHECK(manifest::load_baseline(folder.path().string(), "none.yaml").diagnostics.at(0).code ==
          "no-such-path");
    std::filesystem::create_directory(folder.path() / "baselines");
    for (const char* path : {"baselines", "baselines/", "."}) {
        const auto result = manifest::load_baseline(folder.path().string(), path);
        INFO(path);
        REQUIRE(result.diagnostics.size() == 1);
        CHECK(result.diagnostics[0].code == "not-a-baseline");
        CHECK(contains(result.diagnostics[0].message, "is a folder"));
    }
}

TEST_CASE("accepted drift does not count until its last day is over") {
    for (const auto now : {midnight, midnight + 86'399}) {
        const auto report = accepted_until("2026-11-22", now);
        CHECK(render::count_drift(report) == 0);
        CHECK(render::count_accepted(report) == 1);
        CHECK(report.headline == "No drift.");
        CHECK(contains(render::drift_text(report, {}),
                       "accepted until 2026-11-22 by crm-team: known"));
    }
    const auto report = accepted_until("2026-11-22", midnight + 86'400);
    CHECK(render::count_drift(report) == 1);
    CHECK(render::count_accepted(report) == 0);
    CHECK(report.headline == "Drift: 1 entity differs from git.");
    CHECK(contains(render::drift_text(report, {}),
                   "was accepted until 2026-11-22 by crm-team: known; it counts again"));
    CHECK(contains(json::write(render::drift_json(report)), "\"expired\":true"));
}

TEST_CASE("an entity with one accepted field and another one still counts") {
    auto report = render::drift_report(test::mixed_plan(), {}, test::example_scope());
    const auto& moved = report.findings.at(1);
    REQUIRE(moved.fields.size() == 2);
    render::accept(report, {{moved.fields[0].fingerprint,
                             "moved.flow",
                             "/schedule/startTime",
                             "crm-team",
                             "known",
                             "2030-01-01",
                             {}}});
    CHECK(render::is_open(report.findings.at(1)));
    CHECK(render::count_drift(report) == 2);
    CHECK(render::count_accepted(report) == 1);
}

TEST_CASE("an entry accepts nothing but the field of the entity that it names") {
    const auto drift = render::drift_report(test::mixed_plan(), {}, test::example_scope());
    const auto& target = drift.findings.at(0);
    REQUIRE(target.address == "devices.target");
    struct Case {
        std::string address;
        std::string field;
        std::string named;
    };
    const std::vector<Case> cases{
        {"moved.flow", "/params/compression", "moved.flow /params/compression"},
        {"devices.target", "/params/path", "devices.target /params/path"},
        {"devices.target", "", "devices.target"},
        {"nobody.target", "/params/compression", "nobody.target /params/compression"}};
    for (const auto& wrong : cases) {
        auto report = drift;
        render::accept(report, {{target.fields.at(0).fingerprint,
                                 wrong.address,
                                 wrong.field,
                                 "crm-team",
                                 "known",
                                 "2030-01-01",
                                 {"baseline.yaml", 5, 7}}});
        CHECK(render::count_accepted(report) == 0);
        CHECK(render::count_drift(report) == 2);
        CHECK(report.unmatched.size() == 1);
        const auto text = render::drift_text(report, {});
        INFO(text);
        CHECK(contains(text, "baseline.yaml:5: this entry accepts nothing: it names " +
                                 wrong.named +
                                 ", and its fingerprint is that of devices.target "
                                 "/params/compression.\n"));
        CHECK_FALSE(contains(text, "nothing answers"));
    }
}

TEST_CASE("an entry that nothing answers to is told of, if the run has looked there") {
    const std::vector<model::AcceptedDrift> stale{{"0123456789abcdef",
                                                   "devices.target",
                                                   "/params/path",
                                                   "crm-team",
                                                   "known",
                                                   "2030-01-01",
                                                   {"baseline.yaml", 5, 7}}};
    auto report = render::drift_report(test::mixed_plan(), {}, test::example_scope());
    render::accept(report, stale);
    REQUIRE(report.unmatched.size() == 1);
    CHECK(contains(render::drift_text(report, {}),
                   "baseline.yaml:5: nothing answers to this entry any more (devices.target "
                   "/params/path); remove it.\n"));

    auto scope = test::example_scope();
    scope.everything = false;
    scope.units.erase("export devices");
    report = render::drift_report(test::mixed_plan(), {}, scope);
    render::accept(report, stale);
    CHECK(report.unmatched.empty());

    auto held_back = stale;
    held_back[0].address = "segments.flow"; // of which the plan could tell nothing
    scope = test::example_scope();
    scope.units["export segments"] = {};
    report = render::drift_report(test::mixed_plan(), {}, scope);
    render::accept(report, held_back);
    CHECK(report.unmatched.empty());
}

TEST_CASE("a baseline that was written has to be filled in, and then accepts all") {
    const auto report = render::drift_report(test::mixed_plan(), {}, test::example_scope());
    auto text = render::baseline_yaml(report);
    const auto unfilled = read(text);
    CHECK(unfilled.diagnostics.size() == 9);
    for (const auto& [empty, filled] :
         {std::pair<std::string_view, std::string_view>{"owner: \"\"", "owner: crm-team"},
          {"reason: \"\"", "reason: 'known: # \"so\"'"},
          {"expires: \"\"", "expires: 2030-01-01"}}) {
        for (auto at = text.find(empty); at != std::string::npos; at = text.find(empty)) {
            text.replace(at, empty.size(), filled);
        }
    }
    const auto filled = read(text);
    INFO(text, render::diagnostics_text(filled.diagnostics, false));
    REQUIRE(filled.accepted.size() == 3);
    auto again = report;
    render::accept(again, filled.accepted);
    CHECK(render::count_drift(again) == 0);
    CHECK(again.unmatched.empty());

    const auto rewritten = read(render::baseline_yaml(again));
    REQUIRE(rewritten.diagnostics.empty());
    CHECK(rewritten.accepted.at(0).reason == "known: # \"so\"");
}

TEST_CASE("a dataflow without its marker is accepted like other drift") {
    plan::Plan plan;
    plan.notes.push_back({Severity::error, "marker-lost", "web.flow",
                          "dataflow f-1 is used by this project and has lost its marker", ""});
    auto report = render::drift_report(plan, {}, test::example_scope());
    REQUIRE(render::count_drift(report) == 1);
    render::accept(
        report,
        {{report.findings[0].fingerprint, "web.flow", "", "crm-team", "known", "2030-01-01", {}}});
    CHECK(render::count_drift(report) == 0);
    CHECK_FALSE(render::has_errors(report));
    CHECK(report.headline == "No drift.");
}
