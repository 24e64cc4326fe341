#include "json/text.hpp"
#include "support/command_line.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

using namespace penstock;
using test::CommandLine;
using test::CommandResult;

namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

bool only_reads(const CommandResult& result) {
    return std::all_of(result.requests.begin(), result.requests.end(), [](const auto& request) {
        return request.substr(0, 4) == "GET " || contains(request, "/ims/token");
    });
}

constexpr std::string_view orders = R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {name: orders}
spec:
  account: s3
  destination: {bucketName: demo-bucket, path: orders, datasetFileType: PARQUET, compression: NONE}
  datasets:
    - {id: 62b9a1c37e4d8f0a5c6b2d03, name: Orders}
  schedule: {frequency: ONCE, startTime: 2027-01-01T02:00:00Z}
)";

/// An account whose secret comes from a command that leaves a file and then does something else.
std::string slow_account(const std::string& started, std::string_view then) {
    return fmt::format(R"(apiVersion: penstock/v1
kind: Account
metadata: {{name: s3}}
spec:
  destination: amazon-s3
  auth:
    specName: Access Key
    params:
      s3AccessKey: AKIAIOSFODNN7EXAMPLE
      s3SecretKey: {{command: [sh, -c, "touch {}; {}; echo wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"]}}
)",
                       started, then);
}

/// A request of somebody who does not use penstock.
json::Value as_somebody(CommandLine& penstock, http::Method method, const std::string& path,
                        const std::string& body = {}, const std::string& etag = {}) {
    http::Request request;
    request.method = method;
    request.url = "http://127.0.0.1/data/foundation/flowservice" + path;
    request.headers.add("Authorization", "Bearer " + penstock.platform.issue_token("somebody"));
    request.headers.add("x-api-key", "somebody");
    request.headers.add("x-gw-ims-org-id", "5555467B5D8013E50A494220@AdobeOrg");
    request.headers.add("x-sandbox-name", "dev");
    if (!body.empty()) {
        request.headers.add("If-Match", etag);
        request.headers.add("Content-Type", "application/json");
        request.body = body;
    }
    const auto response = penstock.platform.handle(request);
    REQUIRE(response.status == 200);
    return json::parse(response.body).value();
}

} // namespace

TEST_CASE("validate needs no network and sums up") {
    CommandLine penstock;
    const auto result = penstock({"validate"});
    CHECK(result.code == 0);
    CHECK(result.out == "Valid: 1 account and 1 export in 3 files.\n");
    CHECK(result.requests.empty());
}

TEST_CASE("every command stops at invalid manifests with 3") {
    CommandLine penstock;
    penstock.write("exports/bad.yaml", "kind: Nonsense\n");
    for (const char* command : {"validate", "plan", "drift", "status"}) {
        const auto result = penstock({command});
        CHECK(result.code == 3);
        CHECK(result.out.empty());
        CHECK(contains(result.err, "exports/bad.yaml"));
        CHECK(result.requests.empty());
    }
}

TEST_CASE("plan, apply, plan, status, destroy") {
    CommandLine penstock;
    auto result = penstock({"plan"});
    CHECK(result.code == 0);
    CHECK(contains(result.out, "Plan: 4 to add, 0 to change, 0 to destroy.\n"));
    CHECK(only_reads(result));
    CHECK(penstock({"plan", "--detailed-exitcode"}).code == 2);

    result = penstock({"apply", "--auto-approve"});
    CHECK(result.code == 0);
    CHECK(result.out == "Apply complete! Resources: 4 added, 0 changed, 0 destroyed.\n");
    CHECK(contains(result.err, "devices.flow: created (id "));

    result = penstock({"plan", "--detailed-exitcode"});
    CHECK(result.code == 0);
    CHECK(result.out == "No changes. 1 export and 1 account match the sandbox.\n");
    CHECK(result.err.empty());

    result = penstock({"apply", "--auto-approve", "--quiet"});
    CHECK(result.code == 0);
    CHECK(first_line(result.out) == "Apply complete! Resources: 0 added, 0 changed, 0 destroyed.");
    CHECK(result.err.empty());

    result = penstock({"status"});
    CHECK(result.code == 0);
    CHECK(contains(result.out, "devices  enabled  s3       amazon-s3"));
    CHECK(only_reads(result));

    result = penstock({"destroy", "--auto-approve"});
    CHECK(result.code == 0);
    CHECK(result.out == "Destroy complete! Resources: 4 destroyed.\n");
    CHECK(contains(penstock({"status"}).out, "not applied"));
}

TEST_CASE("drift reports what somebody changed, only reads and needs no destination secret") {
    CommandLine penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    auto result = penstock({"drift"});
    CHECK(result.code == 0);
    CHECK(result.out == "No drift. 1 export and 1 account match the sandbox.\n");

    penstock.write("exports/orders.yaml", orders);
    penstock.variables.erase("S3_SECRET_KEY");
    result = penstock({"drift"});
    CHECK(result.code == 0);
    CHECK(result.out == "No drift.\n3 changes wait in git; they are not drift.\n");
    CHECK(only_reads(result));
}

TEST_CASE("drift whose report cannot be written is a failure of the run") {
    CommandLine penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    const auto write = [&](const char* report) { return penstock({"drift", "--write", report}); };
    CHECK(write("text=/dev/full").code == 1);
    const auto flows = as_somebody(penstock, http::Method::get, "/flows");
    const auto& flow = flows["items"].as_array().at(0);
    as_somebody(penstock, http::Method::patch, "/flows/" + flow["id"].as_string(),
                R"([{"op":"replace","path":"/description","value":"By hand"}])",
                flow["etag"].as_string());
    CHECK(write("text=drift.txt").code == 2);
    const auto result = write("text=/dev/full");
    CHECK(result.code == 1);
    CHECK(contains(result.out, "Drift: 1 entity differs from git.\n"));
    CHECK(contains(result.err, "the report cannot be written to /dev/full"));
}

TEST_CASE("status tells an export that lost its marker from one that was never applied") {
    CommandLine penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    const auto flows = as_somebody(penstock, http::Method::get, "/flows");
    const auto& flow = flows["items"].as_array().at(0);
    as_somebody(penstock, http::Method::patch, "/flows/" + flow["id"].as_string(),
                R"([{"op":"replace","path":"/description","value":"By hand"}])",
                flow["etag"].as_string());
    penstock({"plan"}); // waits until the change is done
    penstock.write("exports/orders.yaml", orders);
    const auto result = penstock({"status"});
    CHECK(result.code == 0);
    CHECK(contains(result.out, "devices  marker lost  s3       amazon-s3    none\n"));
    CHECK(contains(result.out, "orders   not applied  s3       amazon-s3    none\n"));
    CHECK(contains(result.out, "! devices: dataflow " + flow["id"].as_string()));
    CHECK(contains(penstock({"plan"}).out, "[marker-lost]"));
}

TEST_CASE("apply without a terminal and without approval fails before any work") {
    CommandLine penstock;
    penstock.write("penstock.yaml", "not: a project\n"); // not even the manifests are read
    for (const char* command : {"apply", "destroy"}) {
        const auto result = penstock({command});
        CHECK(result.code == 6);
        CHECK(result.out.empty());
        CHECK(contains(result.err, "--auto-approve"));
        CHECK(result.requests.empty());
    }
}

TEST_CASE("on a terminal only yes is a yes") {
    for (const char* answer : {"no", "y", "YES", ""}) {
        CommandLine penstock;
        penstock.terminal = true;
        penstock.answers = {answer};
        const auto result = penstock({"apply"});
        CHECK(result.code == 6);
        CHECK(contains(result.err, "Only 'yes' is accepted"));
        CHECK(only_reads(result));
    }
    CommandLine penstock;
    penstock.terminal = true;
    penstock.answers = {"yes"};
    CHECK(penstock({"apply"}).code == 0);
    CHECK(penstock({"apply", "--json"}).code == 6); // nobody is asked where a program reads
    penstock.variables["CI"] = "true";
    CHECK(penstock({"apply"}).code == 6);
}

TEST_CASE("an emptied project deletes nothing") {
    CommandLine penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    penstock.remove("accounts/s3.yaml");
    penstock.remove("exports/devices.yaml");
    auto result = penstock({"apply", "--auto-approve"});
    CHECK(result.code == 6);
    CHECK(contains(result.out, "penstock destroy"));
    CHECK(only_reads(result));
    result = penstock({"plan"});
    CHECK(result.code == 6);
    CHECK(penstock({"destroy", "--auto-approve"}).code == 0);
}

TEST_CASE("paths narrow a command and switch deletion of others off") {
    CommandLine penstock;
    penstock.write("exports/orders.yaml", orders);
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    penstock.remove("exports/devices.yaml");
    auto result = penstock({"plan", "exports/orders.yaml"});
    CHECK(result.out == "No changes. 1 export and 1 account match the sandbox.\n");
    result = penstock({"plan", "exports/"});
    CHECK(contains(result.out, "No changes."));
    result = penstock({"plan"});
    CHECK(contains(result.out, "Plan: 0 to add, 0 to change, 3 to destroy."));

    result = penstock({"plan", "exports/order.yaml"});
    CHECK(result.code == 3);
    CHECK(contains(result.err, "did you mean exports/orders.yaml?"));

    result = penstock({"destroy", "--auto-approve", "./exports/orders.yaml"});
    CHECK(result.out == "Destroy complete! Resources: 3 destroyed.\n");
}

TEST_CASE("a missing secret stops an apply before any work, and no plan") {
    CommandLine penstock;
    penstock.variables.erase("S3_SECRET_KEY");
    CHECK(penstock({"plan"}).code == 0);
    auto result = penstock({"apply", "--auto-approve"});
    CHECK(result.code == 1);
    CHECK(only_reads(result));
    CHECK(
        contains(result.err, "s3.base s3SecretKey: environment variable S3_SECRET_KEY is not set"));

    penstock.variables.erase("CLIENT_SECRET");
    result = penstock({"plan"});
    CHECK(result.code == 7);
    CHECK(contains(result.err, "CLIENT_SECRET"));
    CHECK(result.requests.empty());
}

TEST_CASE("the environment comes from the flag, the variable or being the only one") {
    CommandLine penstock;
    CHECK(penstock({"plan", "-e", "dev"}).code == 0);
    CHECK(penstock({"-e", "prod", "plan"}).code == 1);
    penstock.variables["PENSTOCK_ENVIRONMENT"] = "prod";
    CHECK(penstock({"plan"}).code == 1);
    CHECK(penstock({"plan", "--environment", "dev"}).code == 0);
}

TEST_CASE("flag, variable and file give the endpoint, in this order") {
    CommandLine penstock;
    CHECK(contains(penstock({"plan"}).requests.back(), "GET http://127.0.0.1:1/data"));
    penstock.variables["PENSTOCK_ENDPOINT"] = "http://127.0.0.1:2/";
    CHECK(contains(penstock({"plan"}).requests.back(), "GET http://127.0.0.1:2/data"));
    CHECK(contains(penstock({"plan", "--endpoint", "http://127.0.0.1:3"}).requests.back(),
                   "GET http://127.0.0.1:3/data"));
    CHECK(penstock({"plan", "--endpoint", "nonsense"}).code == 1);
}

TEST_CASE("an interrupted read changes nothing; an interrupted apply finishes what is in flight") {
    CommandLine penstock;
    penstock.on_request = [&](std::size_t request) {
        penstock.signal = request == 2 ? SIGINT : penstock.signal;
    };
    auto result = penstock({"plan"});
    CHECK(result.code == 130);
    CHECK(result.out.empty());

    penstock.signal = 0;
    penstock.on_request = [&](std::size_t request) {
        penstock.signal = request == 6 ? SIGTERM : penstock.signal;
    };
    result = penstock({"apply", "--auto-approve"});
    CHECK(result.code == 143);
    CHECK(first_line(result.out).substr(0, 18) == "Apply interrupted:");

    penstock.signal = 0;
    penstock.on_request = nullptr;
    CHECK(penstock({"apply", "--auto-approve"}).code == 0);
    CHECK(penstock({"plan"}).out == "No changes. 1 export and 1 account match the sandbox.\n");
}

TEST_CASE("a hint is told by validate, and not in every run") {
    CommandLine penstock;
    penstock.write("accounts/old.yaml", R"(apiVersion: penstock/v1
kind: Account
metadata: {name: old}
spec: {destination: sftp-legacy, connectionId: 0f2c1b5e-7a3d-4c1e-9b8f-2d6e5a4c3b2a}
)");
    CHECK(contains(penstock({"validate"}).err, "hint[legacy-destination]"));
    for (const char* command : {"plan", "drift", "status"}) {
        const auto result = penstock({command});
        CHECK_FALSE(contains(result.err, "legacy-destination"));
        CHECK_FALSE(contains(result.out, "legacy-destination"));
    }
}

TEST_CASE("an interrupted apply at a service that is down ends soon, and tells what became of it") {
    CommandLine penstock;
    penstock.faults = R"([{"method":"POST","path":"/targetConnections","then":{"status":503,
                           "headers":{"Retry-After":"240"}}},
                          {"method":"GET","path":"/targetConnections","nth":2,"then":{"status":503,
                           "headers":{"Retry-After":"240"}}}])";
    std::size_t seen = 0;
    UtcTime interrupted{};
    penstock.on_request = [&](std::size_t request) {
        seen = request;
        if (request == 9) {
            penstock.signal = SIGINT;
            interrupted = penstock.clock.now();
        }
    };
    const auto result = penstock({"apply", "--auto-approve"});
    REQUIRE(seen >= 9);
    CHECK(result.code == 130);
    CHECK(penstock.clock.now() - interrupted < Milliseconds{60'000});
    CHECK(first_line(result.out).substr(0, 18) == "Apply interrupted:");

    penstock.signal = 0;
    penstock.on_request = nullptr;
    penstock.faults.clear();
    CHECK(penstock({"apply", "--auto-approve"}).code == 0);
    CHECK(penstock({"plan"}).out == "No changes. 1 export and 1 account match the sandbox.\n");
}

TEST_CASE("an interruption while a command prints a secret stops the whole run") {
    CommandLine penstock;
    const test::TemporaryFolder folder;
    const auto started = folder.path() / "started";
    penstock.told = {"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
    penstock.write("accounts/s3.yaml", slow_account(started.string(), "true"));
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    penstock.write("accounts/s3.yaml", slow_account(started.string(), "sleep 20"));
    for (const char* command : {"plan", "apply"}) {
        std::filesystem::remove(started);
        penstock.signal_now = [&] { return std::filesystem::exists(started) ? SIGTERM : 0; };
        const auto result = command == std::string("plan") ? penstock({"plan"})
                                                           : penstock({"apply", "--auto-approve"});
        CHECK(result.code == 143);
        CHECK(contains(result.err, "interrupted"));
        CHECK(only_reads(result));
    }
}

TEST_CASE("with --json there is one document on standard output on every path") {
    CommandLine penstock;
    const std::vector<std::pair<std::vector<std::string>, int>> paths{
        {{"validate"}, 0},
        {{"plan"}, 0},
        {{"plan", "--detailed-exitcode"}, 2},
        {{"plan", "nowhere.yaml"}, 3},
        {{"plan", "-l", "team=nobody"}, 3},
        {{"plan", "-l", "team in ("}, 1},
        {{"plan", "--target", "nowhere"}, 3},
        {{"plan", "-e", "nowhere"}, 1},
        {{"apply"}, 6},
        {{"apply", "--auto-approve"}, 0},
        {{"apply", "--auto-approve"}, 0},
        {{"drift"}, 0},
        {{"status"}, 0},
        {{"destroy"}, 6},
        {{"destroy", "--auto-approve"}, 0},
        {{"catalog"}, 0},
        {{"catalog", "amazon-s3"}, 0},
        {{"catalog", "amazon-s5"}, 1},
        {{"schema"}, 0},
        {{"schema", "nothing"}, 1},
        {{"completion", "bash"}, 0},
        {{"completion"}, 1},
        {{"version"}, 0},
        {{"help"}, 0},
        {{"help", "nothing"}, 1},
        {{"plan", "--help"}, 0},
        {{"paln"}, 1},
        {{"plan", "--nonsense"}, 1},
        {{"plan", "--parallelism", "0"}, 1},
        {{}, 1},
    };
    for (const auto& [path, code] : paths) {
        auto words = path;
        words.emplace_back("--json");
        CAPTURE(json::write(words.empty() ? "" : words.front()));
        const auto result = penstock(words);
        CHECK(result.code == code);
        const auto document = json::parse(result.out);
        REQUIRE(document);
        CHECK((*document)["format_version"].as_string() == "1.0");
        CHECK((*document)["exit_code"].as_integer(-1) == code);
        CHECK((*document)["error"].is_object() == (code != 0 && code != 2));
    }
    const auto schema = json::parse(penstock({"schema", "manifest", "--json"}).out);
    REQUIRE(schema);
    CHECK_FALSE(schema->as_object().contains("exit_code"));

    penstock.write("exports/bad.yaml", "kind: Nonsense\n");
    const auto invalid = penstock({"plan", "--json"});
    CHECK(invalid.code == 3);
    const auto document = json::parse(invalid.out);
    REQUIRE(document);
    CHECK_FALSE((*document)["diagnostics"].as_array().empty());
}

TEST_CASE("no secret stands in any output") {
    CommandLine penstock;
    for (const std::vector<std::string>& words : {std::vector<std::string>{"plan"},
                                                  {"plan", "--json"},
                                                  {"apply", "--auto-approve"},
                                                  {"status", "--json"},
                                                  {"drift", "--json"},
                                                  {"destroy", "--auto-approve", "--json"}}) {
        const auto result = penstock(words);
        for (const auto* secret : {"p8e-very-secret", "wJalrXUtnFEMI", "AKIAIOSFODNN7COMMAND"}) {
            CHECK_FALSE(contains(result.out, secret));
            CHECK_FALSE(contains(result.err, secret));
        }
    }
}
