#include "json/text.hpp"
#include "model/marker.hpp"
#include "support/command_line.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

using namespace penstock;
using test::CommandLine;
using test::CommandResult;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

bool only_reads(const CommandResult& result) {
    return std::all_of(result.requests.begin(), result.requests.end(), [](const auto& request) {
        return request.substr(0, 4) == "GET " || contains(request, "/ims/token");
    });
}

void write_project(CommandLine& penstock, std::string_view guards) {
    penstock.write("penstock.yaml", fmt::format(R"(apiVersion: penstock/v1
kind: Project
metadata: {{name: acme}}
spec:
  environments:
    dev:
      organization: 5555467B5D8013E50A494220@AdobeOrg
      sandbox: dev
      endpoint: http://127.0.0.1:1
      imsEndpoint: http://127.0.0.1:1
      auth:
        clientId: {{env: CLIENT_ID}}
        clientSecret: {{env: CLIENT_SECRET}}
  guards: {}
)",
                                                guards));
}

void write_export(CommandLine& penstock, const std::string& name, std::string_view labels = "{}",
                  std::string_view account = "s3", std::string_view more = "") {
    penstock.write("exports/" + name + ".yaml", fmt::format(R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {{name: {0}, labels: {1}}}
spec:
  account: {2}
  destination: {{bucketName: demo-bucket, path: {0}, datasetFileType: PARQUET, compression: NONE}}
  datasets:
    - {{id: 62b9a1c37e4d8f0a5c6b2d03, name: Orders}}
  schedule: {{frequency: DAILY, startTime: 2027-01-01T02:00:00Z, endTime: 2028-01-01T02:00:00Z}}
{3}
)",
                                                            name, labels, account, more));
}

void write_second_account(CommandLine& penstock) {
    penstock.write("accounts/other.yaml", R"(apiVersion: penstock/v1
kind: Account
metadata: {name: other}
spec:
  destination: amazon-s3
  auth:
    specName: Access Key
    params:
      s3AccessKey: {env: S3_ACCESS_KEY}
      s3SecretKey: {env: S3_SECRET_KEY}
)");
}

std::string numbered(int number) {
    return fmt::format("e{:02}", number);
}

/// Exports e01 to e<last>, applied.
void set_scene(CommandLine& penstock, int last) {
    penstock.remove("exports/devices.yaml");
    for (int i = 1; i <= last; ++i) {
        write_export(penstock, numbered(i));
    }
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
}

void remove_exports(CommandLine& penstock, int first, int last) {
    for (int i = first; i <= last; ++i) {
        penstock.remove("exports/" + numbered(i) + ".yaml");
    }
}

/// Names of the exports whose dataflows stand.
std::set<std::string> exports(const CommandLine& penstock) {
    std::set<std::string> names;
    for (const auto& [id, entity] : penstock.platform.store().entities()) {
        const auto marked =
            model::split_description(json::Value(entity.body)["description"].as_string());
        if (marked.marker && marked.marker->key.kind == model::EntityKind::flow) {
            names.insert(marked.marker->key.name);
        }
    }
    return names;
}

/// The run was refused with this code as a whole: nothing was sent that changes anything.
void check_refused(CommandLine& penstock, std::vector<std::string> words, std::string_view code) {
    const auto before = penstock.platform.store().entities().size();
    const auto result = penstock(std::move(words));
    INFO(result.out, result.err);
    CHECK(result.code == 6);
    CHECK(contains(result.out, fmt::format("[{}]", code)));
    CHECK(only_reads(result));
    CHECK(penstock.platform.store().entities().size() == before);
}

} // namespace

TEST_CASE("a run may delete up to the limits, and above them nothing is done at all") {
    CommandLine penstock;
    set_scene(penstock, 20);
    remove_exports(penstock, 1, 6); // exactly 30 %
    CHECK(penstock({"plan"}).code == 0);
    CHECK(penstock({"apply", "--auto-approve"}).code == 0);
    CHECK(exports(penstock).size() == 14);
    remove_exports(penstock, 7, 11); // more, but no more than 5
    CHECK(penstock({"apply", "--auto-approve"}).code == 0);
    CHECK(exports(penstock).size() == 9);

    remove_exports(penstock, 12, 17); // 6 of 9
    write_export(penstock, "fresh");
    write_export(penstock, "e20", "{}", "s3", "  enabled: false");
    check_refused(penstock, {"plan"}, "too-many-deletes");
    check_refused(penstock, {"apply", "--auto-approve"}, "too-many-deletes");
    check_refused(penstock, {"apply", "--auto-approve", "--allow-deletes", "5"},
                  "too-many-deletes");
    CHECK(contains(penstock({"apply", "--auto-approve"}).out, "pass --allow-deletes 6;"));
    CHECK(penstock({"plan", "--allow-deletes", "6"}).code == 0);
    CHECK(penstock({"apply", "--auto-approve", "--allow-deletes", "6"}).code == 0);
    CHECK(exports(penstock) == std::set<std::string>{"e18", "e19", "e20", "fresh"});
}

TEST_CASE("what was refused is shown as such, to people and to programs") {
    CommandLine penstock;
    set_scene(penstock, 8);
    remove_exports(penstock, 1, 6);
    const auto planned = penstock({"plan"});
    CHECK(contains(planned.out, "6 of 8 exports would be deleted"));
    CHECK(contains(planned.out, "e01.flow"));
    CHECK(contains(planned.out, "\nRefused: nothing of it is done"));
    const auto document = json::parse(penstock({"plan", "--json"}).out).value();
    CHECK(document["refused"] == json::Value(true));
    CHECK(document["applyable"] == json::Value(false));
    CHECK(document["resource_changes"].as_array().size() == 18);
    const auto applied = penstock({"apply", "--auto-approve"});
    CHECK(contains(applied.out, "Apply refused: 0 added, 0 changed, 0 destroyed.\n"));
    CHECK(contains(applied.out, "Nothing was changed"));
    // Nothing of this is drift.
    CHECK(penstock({"drift"}).code == 0);
}

TEST_CASE("a folder without exports deletes none, however few there are") {
    CommandLine penstock;
    set_scene(penstock, 2);
    remove_exports(penstock, 1, 2);
    check_refused(penstock, {"plan"}, "emptied-project");
    check_refused(penstock, {"apply", "--auto-approve"}, "emptied-project");
    check_refused(penstock, {"apply", "--auto-approve", "--allow-deletes", "1"}, "emptied-project");
    CHECK(penstock({"apply", "--auto-approve", "--allow-deletes", "2"}).code == 0);
    CHECK(exports(penstock).empty());
    CHECK(penstock.platform.store().entities().size() == 1); // the account
}

TEST_CASE("destroy has no limits") {
    CommandLine penstock;
    set_scene(penstock, 8);
    CHECK(penstock({"destroy", "--auto-approve"}).code == 0);
    CHECK(penstock.platform.store().entities().empty());
}

TEST_CASE("limits are the project's own") {
    CommandLine penstock;
    set_scene(penstock, 4);
    write_project(penstock, "{deletes: {percent: 0, count: 0}}");
    remove_exports(penstock, 1, 1);
    check_refused(penstock, {"apply", "--auto-approve"}, "too-many-deletes");
    write_project(penstock, "{deletes: {percent: 24, count: 1}}");
    CHECK(penstock({"apply", "--auto-approve"}).code == 0);
}

TEST_CASE("an export that is protected by a label is changed, and neither replaced nor destroyed") {
    CommandLine penstock;
    write_project(penstock, "{protected: {labels: [{tier: gold}]}}");
    write_second_account(penstock);
    write_export(penstock, "plain");
    write_export(penstock, "golden", "{tier: gold}");
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);

    write_export(penstock, "golden", "{tier: gold}", "s3", "  enabled: false");
    CHECK(penstock({"apply", "--auto-approve"}).code == 0);

    write_export(penstock, "golden", "{tier: gold}", "other"); // a new target, a new dataflow
    write_export(penstock, "plain", "{}", "other");
    check_refused(penstock, {"plan"}, "protected");
    check_refused(penstock, {"apply", "--auto-approve", "--allow-deletes", "9"}, "protected");
    CHECK(penstock({"apply", "--auto-approve", "--target", "plain"}).code == 0);
    write_export(penstock, "golden", "{tier: gold}");

    check_refused(penstock, {"destroy", "--auto-approve"}, "protected");
    check_refused(penstock, {"destroy", "--auto-approve", "exports"}, "protected");
    CHECK(penstock({"destroy", "--auto-approve", "-l", "tier!=gold", "exports"}).code == 0);
    CHECK(exports(penstock) == std::set<std::string>{"golden"});

    // Labels are gone with the manifest that had them.
    penstock.remove("exports/golden.yaml");
    write_export(penstock, "plain");
    CHECK(penstock({"apply", "--auto-approve"}).code == 0);
    CHECK(exports(penstock) == std::set<std::string>{"devices", "plain"});
}

TEST_CASE("what is protected by its name stays without its manifest") {
    CommandLine penstock;
    write_project(penstock, "{protected: {names: [loyalty-*, s3]}}");
    write_export(penstock, "loyalty-eu");
    write_export(penstock, "other");
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    penstock.remove("exports/loyalty-eu.yaml");
    penstock.remove("exports/other.yaml");
    check_refused(penstock, {"apply", "--auto-approve"}, "protected");
    CHECK(exports(penstock) == std::set<std::string>{"loyalty-eu", "other", "devices"});
    write_export(penstock, "loyalty-eu");
    CHECK(penstock({"apply", "--auto-approve"}).code == 0);
    CHECK(exports(penstock) == std::set<std::string>{"loyalty-eu", "devices"});

    // The account is protected by itself, too.
    const auto refused = penstock({"destroy", "--auto-approve", "accounts"});
    CHECK(refused.code == 6);
    CHECK(penstock({"destroy", "--auto-approve", "--target", "devices"}).code == 0);
}

TEST_CASE("what is protected in one environment may go in another") {
    CommandLine penstock;
    write_project(penstock, "{protected: {names: [devices], environments: [dev]}}");
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    check_refused(penstock, {"destroy", "--auto-approve"}, "protected");
    auto text = penstock.read("penstock.yaml");
    const auto at = text.find("    dev:\n");
    text.replace(at, 9, "    test:\n");
    penstock.write("penstock.yaml", text);
    const auto unknown = penstock({"validate"});
    CHECK(unknown.code == 3);
    CHECK(contains(unknown.err, "unknown-environment"));
    text.replace(text.find("[dev]"), 5, "[prod]");
    text.replace(at, 0,
                 "    prod: {organization: a@AdobeOrg, sandbox: prod, auth: {clientId: x, "
                 "clientSecret: {env: X}}}\n");
    text.replace(text.find("organization: a@"), 16, "organization: 5555467B5D8013E50A494220@");
    penstock.write("penstock.yaml", text);
    const auto destroyed = penstock({"destroy", "--auto-approve", "-e", "test"});
    INFO(destroyed.out, destroyed.err);
    CHECK(destroyed.code == 0);
}

TEST_CASE("a saved plan carries the allowance that it was approved with") {
    CommandLine penstock;
    set_scene(penstock, 9);
    remove_exports(penstock, 1, 6);
    REQUIRE(penstock({"plan", "--out", "plan.json", "--allow-deletes", "6"}).code == 0);
    CHECK(contains(penstock({"show", "plan.json"}).out, "Lets 6 exports be deleted\n"));
    const auto beside = penstock({"apply", "plan.json", "--allow-deletes", "6"});
    CHECK(beside.code == 1);
    CHECK(beside.requests.empty());
    CHECK(contains(beside.err, "--allow-deletes says how a plan is made"));
    CHECK(penstock({"apply", "plan.json"}).code == 0);
    CHECK(exports(penstock).size() == 3);
}

TEST_CASE("a plan that was refused when it was saved stays refused, whatever happens since") {
    CommandLine penstock;
    set_scene(penstock, 9);
    remove_exports(penstock, 1, 6);
    const auto planned = penstock({"plan", "--out", "plan.json"});
    REQUIRE(planned.code == 6);
    CHECK(contains(planned.err, "refuses it, too"));
    CHECK(contains(penstock({"show", "plan.json"}).out, "\nRefused: nothing of it is done"));
    check_refused(penstock, {"apply", "plan.json"}, "too-many-deletes");

    // Now five are left of the six, which would be few enough.
    write_export(penstock, "e02");
    REQUIRE(penstock({"destroy", "--auto-approve", "--target", "e02"}).code == 0);
    const auto result = penstock({"apply", "plan.json"});
    INFO(result.out, result.err);
    CHECK(result.code == 6);
    CHECK(only_reads(result));
    CHECK(exports(penstock).size() == 8);
    CHECK(contains(result.err, "a guard has refused this plan when it was made"));
}

TEST_CASE("a saved plan is held to the limits as they are when it is applied") {
    CommandLine penstock;
    set_scene(penstock, 20);
    remove_exports(penstock, 1, 6); // exactly 30 %
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    REQUIRE(penstock({"destroy", "--auto-approve", "--target", "e20"}).code == 0);
    const auto result = penstock({"apply", "plan.json"}); // e20 is stale, too
    INFO(result.out, result.err);
    CHECK(result.code == 6);
    CHECK(contains(result.out, "6 of 19 exports would be deleted"));
    CHECK(contains(result.out, "Nothing was changed"));
    CHECK(only_reads(result));
}
