#include "support/report_examples.hpp"

#include "json/text.hpp"
#include "plan/planner.hpp"
#include "render/drift_report.hpp"
#include "support/graphs.hpp"

#include <cstdint>

namespace penstock::test {

namespace {

using model::EntityKind;

void place_fields(model::DesiredGraph& desired) {
    for (auto& entity : desired.entities) {
        entity.position = [](std::string_view) {
            return SourcePosition{"manifests/exports.yaml", 12, 5};
        };
    }
}

/// Somebody edits an entity by hand.
void edit(model::LiveGraph& live, const std::string& address, const char* by) {
    auto& entity = live_at(live, address);
    entity.audit.updated_by = by;
    entity.audit.updated_client = "exc_app";
    entity.audit.updated_at = 1'793'491'200'000;
}

} // namespace

plan::Plan mixed_plan() {
    auto before = small_project();
    before.datasets.push_back(dataset_export("old"));
    before.datasets.push_back(dataset_export("moved"));
    auto live = applied(desired_of(before));

    edit(live, "devices.target", "alice@example.com");
    live_at(live, "devices.target").document.make_object()["params"].make_object()["compression"] =
        "NONE";
    edit(live, "moved.flow", "bob@example.com");
    auto& schedule = live_at(live, "moved.flow").document.make_object()["scheduleParams"];
    schedule.make_object()["startTime"] = std::int64_t{1'800'000'000};
    schedule.make_object()["endTime"] = std::int64_t{1'830'000'000};

    auto after = small_project();
    after.datasets.push_back(dataset_export("moved"));
    after.datasets.push_back(dataset_export("new"));
    after.datasets[0].datasets.push_back({"62b9a1c37e4d8f0a5c6b2d01", "Web SDK Events"});
    after.datasets[0].datasets.erase(after.datasets[0].datasets.begin());
    after.datasets[0].schedule.frequency = manifest::DatasetFrequency::once;
    after.datasets[0].schedule.end_time.reset();
    after.datasets[1].description = "Now described";
    after.datasets[1].enabled = false;
    auto desired = desired_of(after);
    place_fields(desired);
    plan::Options options;
    options.credentials[{{model::EntityKind::base, "s3"}, model::SecretUse::auth}] = {};
    auto plan = plan::make(desired, live, catalogue::Catalogue::embedded(), options);
    plan.notes.push_back({Severity::error, "name-taken", "segments",
                          "dataflow 123 is called acme/segments and is not ours", "rename it"});
    plan.notes.push_back({Severity::warning, "credentials-not-checked", "sftp.base",
                          "credentials not checked: environment variable X is not set", ""});
    return plan;
}

render::ApplyReport partial_apply() {
    render::ApplyReport report;
    report.counts = {1, 1, 1};
    report.steps.push_back(
        {{EntityKind::base, "s3"}, "created", render::StepOutcome::done, "b-1", {}, "", {}});
    report.steps.push_back(
        {{EntityKind::flow, "old"}, "deleted", render::StepOutcome::done, "f-9", {}, "", {}});
    report.steps.push_back(
        {{EntityKind::target, "web"}, "changed", render::StepOutcome::done, "t-2", {}, "", {}});
    Error error{ErrorKind::rejected, "bucketName is not valid\x1b[2J", "check the bucket's name",
                Exchange{"POST", "/data/foundation/flowservice/targetConnections", 400, "1403-400",
                         "req-77"}};
    report.steps.push_back({{EntityKind::target, "devices"},
                            "created",
                            render::StepOutcome::failed,
                            "",
                            error,
                            "",
                            {"manifests/devices.yaml", 9, 3}});
    report.steps.push_back({{EntityKind::flow, "devices"},
                            "created",
                            render::StepOutcome::skipped,
                            "",
                            {},
                            "devices.target",
                            {}});
    return report;
}

render::Scope example_scope() {
    render::Scope scope;
    scope.version = "1.2.3";
    scope.project = "acme";
    scope.environment = "dev";
    scope.organization = "ORG@AdobeOrg";
    scope.sandbox = "dev";
    scope.time = 1'795'334'400;
    scope.prefix = "exports/";
    scope.units = {{"account s3", {"accounts/s3.yaml", 1, 1}},
                   {"export devices", {"manifests/exports.yaml", 1, 1}},
                   {"export moved", {"manifests/exports.yaml", 20, 1}},
                   {"export new", {"manifests/exports.yaml", 40, 1}},
                   {"export quiet", {"manifests/quiet.yaml", 1, 1}}};
    return scope;
}

render::Style example_style(bool colour) {
    render::Style result;
    result.colour = colour;
    result.names = {{"4fce964d-3f37-408f-9778-e597338a21ee", "Amazon S3"}};
    result.constants = {"mode"};
    return result;
}

std::string drift_text(const plan::Plan& plan, const render::Style& style) {
    return render::drift_text(render::drift_report(plan, style.names, example_scope()), style);
}

std::string drift_json(const plan::Plan& plan) {
    return json::write_pretty(render::drift_json(render::drift_report(plan, {}, example_scope()))) +
           "\n";
}

} // namespace penstock::test
