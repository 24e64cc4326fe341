#include "json/text.hpp"
#include "model/marker.hpp"
#include "support/command_line.hpp"
#include "support/somebody.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using test::as_somebody;
using test::CommandLine;
using test::CommandResult;
using test::id_of;
using test::patch;

namespace {

constexpr const char* no_changes = "No changes. 2 exports and 1 account match the sandbox.\n";

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

bool only_reads(const CommandResult& result) {
    return std::all_of(result.requests.begin(), result.requests.end(), [](const auto& request) {
        return request.substr(0, 4) == "GET " || contains(request, "/ims/token");
    });
}

std::string export_of(std::string_view name, std::string_view path) {
    return fmt::format(R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {{name: {0}}}
spec:
  description: For the {1}
  account: s3
  destination: {{bucketName: demo-bucket, path: {1}, datasetFileType: PARQUET, compression: NONE}}
  datasets:
    - {{id: 62b9a1c37e4d8f0a5c6b2d03, name: Orders}}
  schedule: {{frequency: DAILY, startTime: 2027-01-01T02:00:00Z, endTime: 2028-01-01T02:00:00Z}}
)",
                       name, path);
}

std::string segment_export(std::string_view path) {
    return fmt::format(R"(apiVersion: penstock/v1
kind: SegmentExport
metadata: {{name: loyalty}}
spec:
  account: s3
  destination: {{bucketName: demo-bucket, path: {}, fileType: CSV, compression: GZIP}}
  filenameTemplate: "%DESTINATION%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%"
  schedule:
    exportMode: DAILY_FULL_EXPORT
    frequency: DAILY
    triggerType: AFTER_SEGMENT_EVAL
    startDate: 2027-01-01
    endDate: 2028-01-01
  segments:
    - {{id: 25768be6-ebd5-45cc-8913-12fb3f348613, name: Loyalty Members}}
    - {{id: 4d1c2b7e-93a5-4f0e-8a6d-5b7c9e1f2a30, name: Gold Members}}
  mapping:
    - {{source: person.name.firstName, destination: firstName}}
    - {{source: identityMap.Email, destination: Email}}
  mandatoryFields: [Email]
)",
                       path);
}

/// Two exports that are applied and have to be changed.
void set_scene(CommandLine& penstock) {
    penstock.write("exports/devices.yaml", export_of("devices", "devices"));
    penstock.write("exports/orders.yaml", export_of("orders", "orders"));
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    penstock.write("exports/devices.yaml", export_of("devices", "new/devices"));
    penstock.write("exports/orders.yaml", export_of("orders", "new/orders"));
}

/// What somebody replaces; parameters travel as a whole.
struct Edit {
    const char* address;
    const char* pointer;
    json::Value value;
    const char* told; ///< in the message; empty: nothing that manifests know
};

void make(CommandLine& penstock, const Edit& edit) {
    test::edit(penstock, edit.address, edit.pointer, edit.value);
}

json::Value schedule(const char* unit, int interval, int end) {
    return json::Object{
        {"timeUnit", unit}, {"interval", interval}, {"startTime", 1798768800}, {"endTime", end}};
}

const std::vector<Edit>& edits() {
    static const std::vector<Edit> list{
        {"devices.flow", "/scheduleParams", schedule("hour", 3, 1830304800),
         "frequency: DAILY -> EVERY_3_HOURS"},
        {"devices.flow", "/scheduleParams", schedule("day", 1, 1830304801),
         "endTime: 2028-01-01T02:00:00Z -> 2028-01-01T02:00:01Z"},
        {"devices.flow", "/name", "By hand", "name: acme/devices -> By hand"},
        {"devices.target", "/params/compression", "GZIP", "compression: NONE -> GZIP"},
        {"devices.target", "/params/path", "by-hand", "path: devices -> by-hand"},
        {"devices.target", "/name", "By hand", "name: acme/devices -> By hand"},
        {"devices.source", "/name", "By hand", ""},
    };
    return list;
}

} // namespace

TEST_CASE("a plan file is carried out as it was approved, once") {
    CommandLine penstock;
    set_scene(penstock);
    auto result = penstock({"plan", "--out", "plan.json"});
    CHECK(result.code == 0);
    CHECK(only_reads(result));
    const auto mode = std::filesystem::status(penstock.folder() / "plan.json").permissions();
    CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

    const auto shown = penstock({"show", "plan.json"});
    CHECK(shown.code == 0);
    CHECK(shown.requests.empty());
    CHECK(shown.out.ends_with(result.out));
    CHECK(contains(shown.out, "environment dev"));

    // What the manifests say by now does not matter: approved is what the file says.
    penstock.write("exports/orders.yaml", export_of("orders", "later"));
    result = penstock({"apply", "plan.json"});
    CHECK(result.code == 0);
    CHECK(result.out == "Apply complete! Resources: 0 added, 4 changed, 0 destroyed.\n");
    result = penstock({"apply", "plan.json"});
    CHECK(result.code == 6);
    CHECK(contains(result.err, "this plan was applied already"));
    CHECK(only_reads(result));

    penstock.write("exports/orders.yaml", export_of("orders", "new/orders"));
    CHECK(penstock({"plan", "--out", "empty.json"}).out == no_changes);
    CHECK(penstock({"show", "empty.json"}).out.ends_with(no_changes));
    for (int i = 0; i < 2; ++i) {
        result = penstock({"apply", "empty.json"});
        CHECK(result.code == 0);
        CHECK(result.out.ends_with(no_changes));
        CHECK(only_reads(result));
    }
}

TEST_CASE("a foreign edit between plan and apply stops its export, and the others go through") {
    for (const auto& edit : edits()) {
        CAPTURE(std::string(edit.address));
        CAPTURE(std::string(edit.pointer));
        CommandLine penstock;
        set_scene(penstock);
        REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
        make(penstock, edit);
        const auto before = json::write(
            penstock.platform.store().entities().at(id_of(penstock, "devices.target")).body);
        const auto result = penstock({"apply", "plan.json"});
        INFO(result.out, result.err);
        CHECK(result.code == 5);
        CHECK(contains(result.out, "Apply incomplete: 0 added, 2 changed, 0 destroyed"));
        CHECK(contains(result.out, std::string("  ") + edit.address + " ("));
        CHECK(contains(result.out, "by somebody@techacct.adobe.com through somebody at "));
        CHECK(contains(result.out, edit.told));
        CHECK(contains(result.out, "Plan again"));
        CHECK(
            json::write(
                penstock.platform.store().entities().at(id_of(penstock, "devices.target")).body) ==
            before);
        CHECK(penstock({"apply", "--auto-approve"}).code == 0);
        CHECK(penstock({"plan"}).out == no_changes);
    }
}

TEST_CASE("a foreign edit of segments or of mandatory fields stops an export of segments") {
    const std::string params = "/transformations/0/params/";
    const std::vector<std::pair<json::Object, std::string>> operations{
        {{{"op", "remove"},
          {"path", params + "segmentSelectors/selectors/0"},
          {"value", json::Object{}}},
         "-> (not set)"},
        {{{"op", "replace"},
          {"path", params + "mandatoryFields"},
          {"value", json::Array{"firstName"}}},
         "mandatory fields: Email -> firstName"},
    };
    for (const auto& entry : operations) {
        const auto& operation = entry.first;
        const auto& told = entry.second;
        CAPTURE(told);
        CommandLine penstock;
        penstock.write("exports/loyalty.yaml", segment_export("loyalty"));
        REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
        penstock.write("exports/loyalty.yaml", segment_export("new/loyalty"));
        REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
        patch(penstock, "/flows/" + id_of(penstock, "loyalty.flow"), operation);
        const auto result = penstock({"apply", "plan.json"});
        INFO(result.out, result.err);
        CHECK(result.code == 4);
        CHECK(contains(result.out, "loyalty.flow (dataflow) was changed"));
        CHECK(contains(result.out, told));
        CHECK(only_reads(result));
    }
}

TEST_CASE("a foreign edit of all that a plan is about leaves it undone, with 4") {
    CommandLine penstock;
    set_scene(penstock);
    REQUIRE(penstock({"plan", "--out", "plan.json", "exports/devices.yaml"}).code == 0);
    make(penstock, edits()[0]);
    auto result = penstock({"apply", "plan.json"});
    CHECK(result.code == 4);
    CHECK(only_reads(result));
    result = penstock({"apply", "plan.json", "--json"});
    CHECK(result.code == 4);
    const auto document = json::parse(result.out).value();
    REQUIRE(document["stale"].as_array().size() == 1);
    const auto& stale = document["stale"].as_array()[0];
    CHECK(stale["reason"] == json::Value("changed"));
    CHECK(stale["audit"]["updated_client"] == json::Value("somebody"));
    CHECK_FALSE(stale["fields"].as_array().empty());
}

TEST_CASE("an edited account is left alone, and exports that do not need it go through") {
    CommandLine penstock;
    set_scene(penstock);
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    make(penstock, {"s3.base", "/name", "By hand", ""});
    const auto result = penstock({"apply", "plan.json"});
    INFO(result.out);
    CHECK(result.code == 5);
    CHECK(contains(result.out, "4 changed"));
    CHECK(contains(result.out, "s3.base (base connection) was changed"));
    CHECK(contains(result.out, "name: acme/s3 -> By hand"));
}

TEST_CASE(
    "runs between plan and apply, after which the service refreshes dataflows, stop nothing") {
    CommandLine penstock;
    set_scene(penstock);
    penstock.clock.set(UtcTime(Milliseconds(1'798'768'800'000))); // the start of the schedules
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    const auto etag = [&] {
        return penstock.platform.store().entities().at(id_of(penstock, "devices.flow")).etag;
    };
    const auto before = etag();
    penstock.clock.advance(Milliseconds{std::int64_t{3} * 86'400'000});
    REQUIRE(penstock({"status"}).code == 0);
    REQUIRE(etag() != before);
    const auto result = penstock({"apply", "plan.json"});
    INFO(result.out);
    CHECK(result.code == 0);
    CHECK(contains(result.out, "4 changed"));
}

TEST_CASE("an entity that lost its marker stops its export, and no field of it is made up") {
    CommandLine penstock;
    set_scene(penstock);
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    make(penstock, {"devices.flow", "/description", "By hand", ""});
    const auto result = penstock({"apply", "plan.json"});
    INFO(result.out);
    CHECK(result.code == 5);
    CHECK(contains(result.out, "devices.flow (dataflow) was changed after the plan was made"));
    CHECK(contains(result.out, "[marker-lost]"));
    CHECK_FALSE(contains(result.out, "new/devices"));
}

TEST_CASE("what somebody deleted or made meanwhile makes its export stale") {
    CommandLine penstock;
    set_scene(penstock);
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    const auto flow = id_of(penstock, "devices.flow");
    REQUIRE(as_somebody(penstock, http::Method::del, "/flows/" + flow).status < 300);
    auto result = penstock({"apply", "plan.json"});
    CHECK(result.code == 5);
    CHECK(contains(result.out, "devices.flow (dataflow) was deleted after the plan was made"));

    CommandLine other;
    other.write("exports/orders.yaml", export_of("orders", "orders"));
    REQUIRE(other({"plan", "--out", "plan.json"}).code == 0);
    REQUIRE(other({"apply", "--auto-approve", "exports/orders.yaml"}).code == 0);
    result = other({"apply", "plan.json"});
    INFO(result.out);
    CHECK(result.code == 4); // the new account is needed by both
    CHECK(contains(result.out, "orders.flow (dataflow) was made after the plan"));
    CHECK(only_reads(result));
    CHECK(other({"apply", "--auto-approve"}).code == 0);
}

TEST_CASE("after a kill in the middle of a plan file, the normal apply repairs") {
    bool ended = false;
    for (std::size_t last = 5; last < 80 && !ended; ++last) {
        CAPTURE(last);
        CommandLine penstock;
        set_scene(penstock);
        REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
        penstock.on_request = [&](std::size_t request) {
            if (request >= last) {
                throw std::runtime_error("killed");
            }
        };
        const auto killed = penstock({"apply", "plan.json"});
        penstock.on_request = nullptr;
        if (killed.code == 0) {
            ended = true;
            break;
        }
        const auto again = penstock({"apply", "plan.json"}).code;
        CHECK((again == 0 || again == 4 || again == 5 || again == 6));
        REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
        REQUIRE(penstock({"plan"}).out == no_changes);
        CHECK(penstock.platform.store().entities().size() == 7);
    }
    CHECK(ended);
}

TEST_CASE("a rotated secret between plan and apply is not sent by a plan that did not say so") {
    CommandLine penstock;
    set_scene(penstock);
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    penstock.variables["S3_SECRET_KEY"] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    const auto result = penstock({"apply", "plan.json"});
    CHECK(result.code == 5);
    CHECK(contains(result.out, "s3.base (base connection) needs something else"));
    for (const auto& request : result.requests) {
        CHECK_FALSE(contains(request, "PATCH http://127.0.0.1:1/data/foundation/flowservice/conn"));
    }
}
