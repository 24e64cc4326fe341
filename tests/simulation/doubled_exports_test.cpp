#include "json/text.hpp"
#include "model/marker.hpp"
#include "plan/meanwhile.hpp"
#include "support/command_line.hpp"
#include "support/somebody.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using test::as_somebody;
using test::CommandLine;
using test::id_of;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string export_of(const std::string& name, const std::string& path) {
    return "apiVersion: penstock/v1\nkind: DatasetExport\nmetadata: {name: " + name +
           "}\nspec:\n  account: s3\n  destination: {bucketName: demo-bucket, path: " + path +
           R"(, datasetFileType: PARQUET, compression: NONE}
  datasets:
    - {id: 62b9a1c37e4d8f0a5c6b2d03, name: Orders}
  schedule: {frequency: DAILY, startTime: 2027-01-01T02:00:00Z, endTime: 2028-01-01T02:00:00Z}
)";
}

/// Two exports, and a later dataflow of "devices" that another commit has made moments ago.
void set_scene(CommandLine& penstock) {
    penstock.write("exports/devices.yaml", export_of("devices", "devices"));
    penstock.write("exports/orders.yaml", export_of("orders", "orders"));
    const auto applied = penstock({"apply", "--auto-approve"});
    INFO(applied.out, applied.err);
    REQUIRE(applied.code == 0);
    penstock.clock.advance(Milliseconds{plan::run_at_work});
    const auto& stored = penstock.platform.store().entities().at(id_of(penstock, "devices.flow"));
    json::Object body;
    for (const auto& [name, value] : stored.body) {
        if (name != "id" && name != "etag" && name != "state" && name != "version") {
            body[name] = value;
        }
    }
    auto description = stored.body.find("description")->as_string();
    description.replace(description.rfind(' '), std::string::npos, " 0123456789abcdef]");
    body["description"] = description;
    const auto made = as_somebody(penstock, http::Method::post, "/flows", json::write(body));
    INFO(made.body);
    REQUIRE(made.status == 201);
    penstock.clock.advance(Milliseconds{60'000});
}

} // namespace

TEST_CASE("a later dataflow of another commit is warned of, and an apply does not end well") {
    CommandLine penstock;
    set_scene(penstock);
    auto result = penstock({"plan", "--detailed-exitcode"});
    CHECK(result.code == 0);
    CHECK(contains(result.out, "No changes."));
    CHECK(contains(result.out, "Warning: devices.flow: dataflow "));
    CHECK(contains(result.out, "[made-meanwhile]"));
    result = penstock({"drift"});
    CHECK(result.code == 0);
    CHECK(contains(result.out, "[made-meanwhile]"));
    result = penstock({"apply", "--auto-approve"});
    CHECK(result.code == 5);
    CHECK(contains(result.out, "Error: devices.flow: dataflow "));
    CHECK(penstock.platform.store().entities().size() == 8);
}

TEST_CASE("ten minutes later one dataflow takes the place of both") {
    CommandLine penstock;
    set_scene(penstock);
    penstock.clock.advance(Milliseconds{plan::run_at_work});
    auto result = penstock({"apply", "--auto-approve"});
    INFO(result.out, result.err);
    CHECK(result.code == 0);
    CHECK(contains(result.out, "Resources: 1 added, 0 changed, 2 destroyed."));
    CHECK(contains(result.err, "two stand, and the later one is of other manifests"));
    CHECK(penstock({"plan"}).out == "No changes. 2 exports and 1 account match the sandbox.\n");
}

TEST_CASE("time alone makes no saved plan stale") {
    CommandLine penstock;
    set_scene(penstock);
    penstock.write("exports/orders.yaml", export_of("orders", "elsewhere"));
    penstock.write("exports/devices.yaml", export_of("devices", "elsewhere"));
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    penstock.clock.advance(Milliseconds{plan::run_at_work});
    const auto result = penstock({"apply", "plan.json"});
    INFO(result.out, result.err);
    CHECK(result.code == 5); // devices still stands twice
    CHECK(contains(result.out, "0 added, 2 changed, 0 destroyed"));
    CHECK_FALSE(contains(result.out, "stale"));
}
