#include "json/text.hpp"
#include "render/drift_report.hpp"
#include "render/fields.hpp"
#include "render/plan_report.hpp"
#include "render/reports.hpp"
#include "support/graphs.hpp"
#include "support/report_examples.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using namespace penstock;

TEST_CASE("a fingerprint changes with the live value and with nothing else") {
    const auto scope = test::example_scope();
    const auto of = [&](const plan::Plan& plan, const render::Scope& where) {
        return render::drift_report(plan, {}, where).findings.at(0).fields.at(0).fingerprint;
    };
    const auto plan = test::mixed_plan();
    const auto first = of(plan, scope);
    CHECK(first.size() == 16);

    auto same = plan;
    same.changes[0] = plan.changes[0];
    for (auto& change : same.changes) {
        change.audit.updated_by = "mallory@example.com";
        change.audit.updated_at += 86'400'000;
        change.positions.clear();
        change.id = "another-id";
        for (auto& field : change.fields) {
            field.after = json::Value("git wants something else now");
        }
        change.cause = change.cause == plan::Cause::drift ? plan::Cause::both : change.cause;
    }
    CHECK(of(same, scope) == first);

    auto later = scope;
    later.time += 86'400;
    later.environment = "renamed";
    later.version = "9.9.9";
    CHECK(of(plan, later) == first);

    auto elsewhere = scope;
    elsewhere.sandbox = "prod";
    CHECK(of(plan, elsewhere) != first);

    auto changed = plan;
    for (auto& change : changed.changes) {
        if (address(change.key) == "devices.target") {
            change.before->make_object()["params"].make_object()["compression"] = "SNAPPY";
        }
    }
    CHECK(of(changed, scope) != first);
}

TEST_CASE("a value that is not shown has a new fingerprint when somebody touches its entity") {
    auto plan = test::mixed_plan();
    auto& change = *std::find_if(plan.changes.begin(), plan.changes.end(), [](const auto& item) {
        return address(item.key) == "devices.target";
    });
    change.hidden = {"/params/compression"};
    change.before->make_object()["params"].make_object()["compression"] = nullptr;
    const auto of = [&] {
        return render::drift_report(plan, {}, {}).findings.at(0).fields.at(0).fingerprint;
    };
    const auto first = of();
    CHECK(of() == first);
    change.audit.updated_at += 1;
    CHECK(of() != first);
}

TEST_CASE("fingerprints do not depend on the order in which entities are read") {
    auto before = test::small_project();
    before.datasets.push_back(test::dataset_export("web"));
    auto live = test::applied(test::desired_of(before));
    for (const auto* name : {"devices", "web"}) {
        auto& target = test::live_at(live, fmt::format("{}.target", name));
        target.document.make_object()["params"].make_object()["compression"] = "NONE";
        auto& flow = test::live_at(live, fmt::format("{}.flow", name));
        flow.document.make_object()["scheduleParams"].make_object()["interval"] = 6;
    }
    const auto all = [&] {
        std::vector<std::string> found;
        const auto plan = test::plan_of(test::desired_of(before), live);
        for (const auto& finding : render::drift_report(plan, {}, {}).findings) {
            for (const auto& field : finding.fields) {
                found.push_back(field.fingerprint);
            }
        }
        std::sort(found.begin(), found.end());
        return found;
    };
    const auto first = all();
    REQUIRE(first.size() == 4);
    CHECK(std::adjacent_find(first.begin(), first.end()) == first.end());
    std::reverse(live.entities.begin(), live.entities.end());
    CHECK(all() == first);
    std::rotate(live.entities.begin(), live.entities.begin() + 3, live.entities.end());
    CHECK(all() == first);
}

TEST_CASE("what is said in one sentence is one field, with all of its live value") {
    using model::EntityKind;
    struct Case {
        EntityKind kind;
        const char* pointer;
        const char* field;
    };
    const std::vector<Case> cases{
        {EntityKind::flow, "/schedule/interval", "/schedule/frequency"},
        {EntityKind::flow, "/schedule/timeUnit", "/schedule/frequency"},
        {EntityKind::flow, "/schedule/startTime", "/schedule/startTime"},
        {EntityKind::flow, "/source/id", "/source"},
        {EntityKind::flow, "/target", "/target"},
        {EntityKind::flow, "/segments/a~1b/schedule/startDate", "/segments/a~1b/schedule"},
        {EntityKind::flow, "/segments/a~1b/exportMode", "/segments/a~1b/schedule"},
        {EntityKind::flow, "/segments/a~1b/name", "/segments/a~1b/name"},
        {EntityKind::flow, "/segments/a~1b", "/segments/a~1b"},
        {EntityKind::flow, "/mapping/email/source", "/mapping/email"},
        {EntityKind::target, "/base/entity", "/base"},
        {EntityKind::target, "/params/source", "/params/source"},
        {EntityKind::base, "/auth/params/host", "/auth/params/host"},
    };
    for (const auto& [kind, pointer, field] : cases) {
        CHECK(render::field_of(kind, pointer) == field);
        CHECK(render::field_of(kind, field) == field);
    }
    const auto content = json::parse(R"({"schedule": {"timeUnit": "hour", "interval": 3,
        "startTime": 5}, "segments": {"a/b": {"name": "A", "exportMode": "X",
        "schedule": {"startDate": "d"}}}, "mapping": {"email": {"source": "s"}}})")
                             .value();
    const auto value = [&](const char* field) {
        return json::write(render::value_of_field(EntityKind::flow, field, content));
    };
    CHECK(value("/schedule/frequency") == R"({"timeUnit":"hour","interval":3})");
    CHECK(value("/segments/a~1b/schedule") == R"({"exportMode":"X","schedule":{"startDate":"d"}})");
    CHECK(value("/mapping/email") == R"({"source":"s"})");
    CHECK(value("/schedule/startTime") == "5");
    CHECK(value("/schedule/endTime") == "null");
}

TEST_CASE("a link that only follows a replacement is no finding") {
    auto project = test::small_project();
    auto live = test::applied(test::desired_of(project));
    test::live_at(live, "devices.flow")
        .document.make_object()["scheduleParams"]
        .make_object()["startTime"] = std::int64_t{1'800'000'000};
    project.datasets[0].datasets.pop_back(); // the source connection is replaced for it
    const auto plan = test::plan_of(test::desired_of(project), live);
    const auto report = render::drift_report(plan, {}, test::example_scope());
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].address == "devices.flow");
    REQUIRE(report.findings[0].fields.size() == 1);
    CHECK(report.findings[0].fields[0].name == "/schedule/startTime");
    CHECK(render::report_markdown(render::plan_report(plan, {}, {}))
              .find("relinked to the new one") != std::string::npos);
}
