#include "support/command_line.hpp"
#include "support/golden.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::CommandLine;

namespace {

/// A way for things to be wrong, and the exit code that says so.
struct Case {
    std::string name; ///< of the golden file
    int code = 0;
    std::function<void(CommandLine&)> spoil;
    std::vector<std::string> words = {"apply", "--auto-approve", "--quiet"};
};

constexpr std::string_view ready_token = R"(apiVersion: penstock/v1
kind: Project
metadata: {name: acme}
spec:
  environments:
    dev:
      organization: 5555467B5D8013E50A494220@AdobeOrg
      sandbox: dev
      endpoint: http://127.0.0.1:1
      auth: {apiKey: acme-client, accessToken: {env: ACCESS_TOKEN}}
)";

std::string every(const std::string& method, const std::string& path, const std::string& then) {
    return fmt::format(R"([{{"method":"{}","path":"{}","then":{}}}])", method, path, then);
}

const std::vector<Case>& cases() {
    static const std::vector<Case> table{
        {"malformed_yaml", 3,
         [](CommandLine& scene) { scene.write("exports/devices.yaml", "kind: [DatasetExport\n"); }},
        {"huge_manifest", 3,
         [](CommandLine& scene) {
             scene.write("exports/devices.yaml", "# " + std::string(50 * 1024 * 1024, 'x') + "\n");
         }},
        {"binary_file", 3,
         [](CommandLine& scene) {
             scene.write("exports/devices.yaml", std::string("\x7f"
                                                             "ELF\0\0\1",
                                                             7));
         }},
        {"unknown_account", 3, [](CommandLine& scene) { scene.remove("accounts/s3.yaml"); }},
        {"missing_secret", 1, [](CommandLine& scene) { scene.variables.erase("S3_SECRET_KEY"); }},
        {"missing_client_secret", 7,
         [](CommandLine& scene) { scene.variables.erase("CLIENT_SECRET"); }},
        {"wrong_client_secret", 7,
         [](CommandLine& scene) {
             scene.platform.settings().clients = {{"acme-client", "another secret"}};
         }},
        {"expired_token", 7,
         [](CommandLine& scene) {
             scene.variables["ACCESS_TOKEN"] = "a-token-of-yesterday";
             scene.write("penstock.yaml", ready_token);
         }},
        {"unknown_sandbox", 1,
         [](CommandLine& scene) { scene.platform.settings().sandboxes = {"prod"}; }},
        {"no_permission", 7,
         [](CommandLine& scene) {
             scene.faults = every(
                 "GET", "/connections",
                 R"({"status":403,"body":{"errorCode":"2121-403","errorMessage":"Permission denied"}})");
         }},
        {"html_instead_of_json", 1,
         [](CommandLine& scene) {
             scene.faults = every(
                 "GET", "/flows",
                 R"({"status":200,"headers":{"Content-Type":"text/html"},"body":"<html><body>Sign in</body></html>"})");
         }},
        {"truncated_body", 1,
         [](CommandLine& scene) {
             scene.faults = every(
                 "GET", "/flows",
                 R"({"status":200,"headers":{"Content-Type":"application/json"},"body":"{\"items\":[{\"id\":\"a"})");
         }},
        {"connection_cut_every_time", 8,
         [](CommandLine& scene) { scene.faults = every("GET", "/flows", R"({"drop":"before"})"); }},
        {"rate_limit_that_never_ends", 8,
         [](CommandLine& scene) {
             scene.faults = every(
                 "GET", "/",
                 R"({"status":429,"headers":{"Retry-After":"30"},"body":{"error_code":"429050","message":"Too many requests"}})");
         }},
        {"unknown_environment", 1, [](CommandLine&) {}, {"plan", "-e", "prd", "--quiet"}},
        {"unreadable_ca_file",
         1,
         [](CommandLine&) {},
         {"plan", "--ca-file", "/nonexistent/ca.pem", "--quiet"}},
        {"unknown_command", 1, [](CommandLine&) {}, {"aply"}},
        {"no_approval", 6, [](CommandLine&) {}, {"apply", "--quiet"}},
    };
    return table;
}

} // namespace

TEST_CASE("whatever is wrong: a clear error, the documented exit code, and nothing changed") {
    for (const auto& bad : cases()) {
        INFO(bad.name);
        CommandLine penstock;
        bad.spoil(penstock);
        const auto result = penstock(bad.words);
        CHECK(result.code == bad.code);
        CHECK(penstock.platform.store().entities().empty());
        test::check_golden("bad_input/" + bad.name + ".txt",
                           fmt::format("exit code {}\n{}{}", result.code, result.out, result.err));
    }
}

TEST_CASE("two exports of one name are an error at both places") {
    CommandLine penstock;
    penstock.write("exports/again.yaml", R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {name: devices}
spec:
  account: s3
  destination: {bucketName: demo-bucket, path: other, datasetFileType: PARQUET, compression: GZIP}
  datasets:
    - {id: 62b9a1c37e4d8f0a5c6b2d03, name: Orders}
  schedule: {frequency: ONCE, startTime: 2027-01-01T02:00:00Z}
)");
    const auto result = penstock({"apply", "--auto-approve"});
    CHECK(result.code == 3);
    CHECK(result.err.find("exports/again.yaml:3:18") != std::string::npos);
    CHECK(result.err.find("exports/devices.yaml:3:18") != std::string::npos);
    CHECK(result.requests.empty());
}

TEST_CASE("a failure that passes is retried and leaves no trace") {
    for (const char* then :
         {R"({"status":503,"body":""})", R"({"drop":"before"})", R"({"drop":"after"})"}) {
        CommandLine penstock;
        for (const char* target : {R"("method":"GET","path":"/flows","nth":1)",
                                   R"("method":"POST","path":"/flows","nth":1)",
                                   R"("method":"POST","path":"/sourceConnections","nth":1)"}) {
            penstock.faults = fmt::format(R"([{{{},"then":{}}}])", target, then);
            INFO(penstock.faults);
            CHECK(penstock({"apply", "--auto-approve"}).code == 0);
            penstock.faults.clear();
            CHECK(penstock.platform.store().entities().size() == 4);
            CHECK(penstock({"plan", "--detailed-exitcode"}).code == 0);
            CHECK(penstock({"destroy", "--auto-approve"}).code == 0);
            CHECK(penstock.platform.store().entities().empty());
        }
    }
}
