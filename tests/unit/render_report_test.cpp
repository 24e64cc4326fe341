#include "json/text.hpp"
#include "render/apply_report.hpp"
#include "render/run_status.hpp"
#include "render/schedule_words.hpp"
#include "render/table.hpp"
#include "render/words.hpp"
#include "support/golden.hpp"
#include "support/report_examples.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using model::EntityKind;
using test::check_golden;

namespace {

json::Value run(const char* text) {
    auto parsed = json::parse(text);
    REQUIRE(parsed);
    return *parsed;
}

std::vector<render::ExportStatus> exports() {
    render::ExportStatus devices;
    devices.name = "devices";
    devices.flow_id = "f-1";
    devices.state = "enabled";
    devices.account = "s3";
    devices.destination = "amazon-s3";
    devices.runs.push_back(render::summarise_run(run(R"({"id": "r-2", "metrics": {
        "durationSummary": {"startedAtUTC": 1659018529865, "completedAtUTC": 1659018929923},
        "sizeSummary": {"outputBytes": 855202780},
        "recordSummary": {"outputRecordCount": 7808223},
        "fileSummary": {"outputFileCount": 2},
        "statusSummary": {"status": "success"}}})")));
    devices.runs.push_back(render::summarise_run(run(R"({"id": "r-1", "metrics": {
        "durationSummary": {"startedAtUTC": 1659008529865, "stoppedAtUTC": 1659008534865},
        "statusSummary": {"status": "Failed", "errors": [
            {"code": "ACTIVATION_BATCH-0000-FAILED", "message": "Job aborted."}]}}})")));
    render::ExportStatus orphan;
    orphan.name = "orphan";
    orphan.flow_id = "f-2";
    orphan.state = "disabled";
    orphan.account = "sftp";
    orphan.destination = "sftp";
    orphan.in_manifests = false;
    orphan.runs.push_back(render::summarise_run(run(R"({"id": "r-3", "metrics": {"statusSummary":
            {"status": "PartiallyCooked"}, "durationSummary": {"startedAtUTC": 1659018529865}}})")));
    render::ExportStatus waiting;
    waiting.name = "waiting";
    waiting.account = "s3";
    waiting.destination = "amazon-s3";
    render::ExportStatus unread = devices;
    unread.name = "unread";
    unread.runs.clear();
    unread.error = Error{ErrorKind::network, "timed out", "", {}};
    render::ExportStatus unmarked = waiting;
    unmarked.name = "unmarked";
    unmarked.absence = render::Absence::marker_lost;
    unmarked.unowned_flow_id = "f-7";
    return {devices, orphan, unmarked, unread, waiting};
}

} // namespace

TEST_CASE("a run between any two numbers has a duration") {
    render::ExportStatus status;
    status.flow_id = "f-1";
    status.runs.push_back(render::summarise_run(run(R"({"metrics": {"durationSummary": {
        "startedAtUTC": -9223372036854775808, "completedAtUTC": 9223372036854775807}}})")));
    CHECK(render::status_text({status}, {}).find("5124095576030h25m") != std::string::npos);
}

TEST_CASE("a complete apply begins with the line that scripts look for") {
    render::ApplyReport report;
    report.counts = {2, 0, 0};
    CHECK(render::apply_text(report, {}) ==
          "Apply complete! Resources: 2 added, 0 changed, 0 destroyed.\n");
    report.destroy = true;
    report.counts = {0, 0, 3};
    CHECK(render::apply_text(report, {}) == "Destroy complete! Resources: 3 destroyed.\n");
}

TEST_CASE("an incomplete apply says what failed and why, what was skipped and what was done") {
    check_golden("render/apply_incomplete.txt", render::apply_text(test::partial_apply(), {}));
    check_golden("render/apply_incomplete.json",
                 json::write_pretty(render::apply_json(test::partial_apply(), "1.2.3")) + "\n");
}

TEST_CASE("a run that did all it could is not complete where the plan was blocked") {
    render::ApplyReport report;
    report.destroy = true;
    report.counts = {0, 0, 1};
    report.steps.push_back(
        {{EntityKind::flow, "old"}, "deleted", render::StepOutcome::done, "f-9", {}, "", {}});
    report.notes.push_back({Severity::error, "still-in-use", "s3.base",
                            "base connection b-1 stays: target connection t-7 still uses it",
                            "delete its user first"});
    CHECK(render::apply_text(report, {}) ==
          "Destroy incomplete: 1 destroyed; 0 failed, 0 skipped, 1 blocked.\n\n"
          "Done:\n  old.flow: deleted (id f-9)\n\n"
          "Error: s3.base: base connection b-1 stays: target connection t-7 still uses it "
          "[still-in-use]\n  next: delete its user first\n\n"
          "First solve the error above: what it names was left alone. The next destroy does the "
          "rest.\n");
    report.destroy = false;
    report.steps.clear();
    report.counts = {};
    const auto text = render::apply_text(report, {});
    CHECK(text.substr(0, text.find('\n')) ==
          "Apply incomplete: 0 added, 0 changed, 0 destroyed; 0 failed, 0 skipped, 1 blocked.");
    CHECK(text.find("The next apply does the rest.\n") != std::string::npos);
}

TEST_CASE("steps in one line each") {
    const auto report = test::partial_apply();
    CHECK(render::step_line(report.steps[0], {}) == "s3.base: created (id b-1)");
    CHECK(render::step_line(report.steps[3], {}) ==
          "devices.target: failed: bucketName is not valid\\x1b[2J");
    CHECK(render::step_line(report.steps[4], {}) == "devices.flow: skipped");
}

TEST_CASE("the status of exports and their runs") {
    check_golden("render/status.txt", render::status_text(exports(), {}));
    check_golden("render/status.json",
                 json::write_pretty(render::status_json(exports(), "1.2.3")) + "\n");
    CHECK(render::status_text({}, {}) == "No exports.\n");
}

TEST_CASE("a run with nothing in it is shown without numbers") {
    const auto summary = render::summarise_run(run(R"({"state": "inProgress"})"));
    CHECK(summary.status == "inProgress");
    CHECK_FALSE(summary.started);
    CHECK_FALSE(summary.records);
}

TEST_CASE("schedules in the words of a manifest") {
    const auto words = [](const char* mode, const char* unit, int interval) {
        return render::frequency_in_words(
            json::Object{{"exportMode", mode}, {"timeUnit", unit}, {"interval", interval}});
    };
    CHECK(words("DAILY_FULL_EXPORT", "day", 0) == "ONCE");
    CHECK(words("FIRST_FULL_THEN_INCREMENTAL", "day", 1) == "DAILY");
    CHECK(words("FIRST_FULL_THEN_INCREMENTAL", "hour", 9) == "EVERY_9_HOURS");
    CHECK(words("DAILY_FULL_EXPORT", "day", 1) == "every 1 day, DAILY_FULL_EXPORT");
    CHECK(words("FIRST_FULL_THEN_INCREMENTAL", "week", 2) ==
          "every 2 weeks, FIRST_FULL_THEN_INCREMENTAL");
    CHECK(render::frequency_in_words({}) == "none");
    CHECK(render::schedule_value_in_words("startTime", 1'793'491'200) == "2026-11-01T00:00:00Z");
}

TEST_CASE("values that could pass for punctuation stand in quotes") {
    CHECK(render::value_in_words(",") == "\",\"");
    CHECK(render::value_in_words("\t") == "\"\\t\"");
    CHECK(render::value_in_words("") == "\"\"");
    CHECK(render::value_in_words("crm/daily") == "crm/daily");
    CHECK(render::value_in_words("ü") == "ü");
}

TEST_CASE("tables are aligned by characters, not bytes") {
    CHECK(render::table({{"NAME", "N"}, {"größe", "1"}, {"x", "10"}}, {1}) ==
          "NAME    N\ngröße   1\nx      10\n");
}
