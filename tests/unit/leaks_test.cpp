#include "support/command_line.hpp"
#include "support/examples.hpp"
#include "support/files.hpp"
#include "support/graphs.hpp"
#include "support/leaks.hpp"
#include "support/process.hpp"
#include "support/world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::CommandLine;
using test::Confidences;

namespace {

constexpr std::string_view secret = "pass word/with+all \"signs\"?";

/// What the check says; empty if it has nothing to say.
std::string complaint(const std::function<void()>& run) {
    try {
        run();
    } catch (const test::Leak& leak) {
        return leak.what();
    }
    return {};
}

/// The secret of the account that CommandLine has.
std::string secret_of(const CommandLine& penstock) {
    return penstock.variables.at("S3_SECRET_KEY");
}

void write_export(CommandLine& penstock, const std::string& description,
                  const std::string& comment) {
    auto text = penstock.read("exports/devices.yaml");
    const std::string spec = "spec:\n";
    text.replace(text.find(spec), spec.size(),
                 fmt::format("spec:\n  description: {} # {}\n", description, comment));
    penstock.write("exports/devices.yaml", text);
}

} // namespace

TEST_CASE("a secret is found in whatever form it stands in a text") {
    Confidences given;
    given.add("the door", std::string(secret));
    given.add("the key", "-----BEGIN KEY-----\nMIIEowIBAAKCAQEAtn\n-----END KEY-----\n");
    given.add("nothing", "");
    for (const std::string text : {
             "pass word/with+all \"signs\"?", R"({"a":"pass word/with+all \"signs\"?"})",
             "a=pass%20word%2Fwith%2Ball%20%22signs%22%3F&b",
             "a=pass+word%2Fwith%2Ball+%22signs%22%3F",
             "cGFzcyB3b3JkL3dpdGgrYWxsICJzaWducyI/",     // alone
             "eHBhc3Mgd29yZC93aXRoK2FsbCAic2lnbnMiPw==", // behind one letter
             "eHlwYXNzIHdvcmQvd2l0aCthbGwgInNpZ25zIj96", // behind two
             "cGFzcyB3b3JkL3dpdGgrYWxsICJzaWducyI_",     // for a URL
         }) {
        CAPTURE(text);
        CHECK(given.found_in("before " + text + " behind") == "the door");
    }
    CHECK(given.found_in("MIIEowIBAAKCAQEAtn") == "the key"); // a line of it
    CHECK(given.found_in("pass word/with+all signs") == "");
    test::ManualClock clock;
    emulator::Platform platform({}, clock);
    CHECK(given.found_in("Bearer " + platform.issue_token("acme")) == "an access token");
    CHECK_THROWS_AS(given.add("a number", "4711"), std::logic_error);
}

TEST_CASE("the check of a command fails where it told a secret, and does not tell it either") {
    CommandLine penstock;
    const auto value = secret_of(penstock);
    CHECK(complaint([&] { penstock({"plan", "--out", "plan.json"}); }) == "");
    std::vector<std::string> complaints;
    SUBCASE("on standard output") {
        write_export(penstock, value, "");
        complaints = {complaint([&] { penstock({"plan"}); }),
                      "standard output tells a secret: environment variable S3_SECRET_KEY"};
    }
    SUBCASE("on standard error") {
        penstock.remove("exports/devices.yaml");
        complaints = {complaint([&] {
                          penstock({"plan", value + ".yaml"});
                      }),
                      "standard error tells a secret: environment variable S3_SECRET_KEY"};
    }
    SUBCASE("in a file that it wrote") {
        write_export(penstock, "d", value); // a plan file holds the manifests
        complaints = {complaint([&] {
                          penstock({"plan", "--out", "plan.json"});
                      }),
                      "plan.json tells a secret: environment variable S3_SECRET_KEY"};
    }
    SUBCASE("in a request") {
        write_export(penstock, value, "");
        complaints = {complaint([&] {
                          penstock({"apply", "--auto-approve"});
                      }),
                      "a POST tells a secret where none belongs"};
    }
    SUBCASE("that stands in a file") {
        penstock.write("key", "another/secret/of/forty/characters/xxxxx\n");
        auto account = penstock.read("accounts/s3.yaml");
        const std::string variable = "{env: S3_SECRET_KEY}";
        account.replace(account.find(variable), variable.size(), "{file: key}");
        penstock.write("accounts/s3.yaml", account);
        write_export(penstock, "another/secret/of/forty/characters/xxxxx", "");
        complaints = {complaint([&] { penstock({"plan"}); }),
                      "standard output tells a secret: file key"};
    }
    REQUIRE(complaints.size() == 2);
    CHECK(complaints[0] == complaints[1]);
    CHECK(complaints[0].find(value) == std::string::npos);
}

TEST_CASE("the check of a program fails where it told a secret, and does not tell it either") {
    const test::TemporaryFolder folder;
    test::Command command;
    command.folder = folder.path();
    command.environment = {{"TOKEN", "a-good-secret"}, {"CLIENT_ID", "pipeline"}};
    const auto run = [&](const char* script) {
        command.argv = {"sh", "-c", script};
        return complaint([&] { test::run_program(command); });
    };
    CHECK(run("echo $CLIENT_ID") == "");
    CHECK(run("echo $TOKEN") == "standard output tells a secret: environment variable TOKEN");
    CHECK(run("echo $TOKEN >&2") == "standard error tells a secret: environment variable TOKEN");
    CHECK(run("mkdir a; echo $TOKEN > a/b") == "b tells a secret: environment variable TOKEN");
    CHECK(run("cat a/b > /dev/null") == ""); // it was there before
    command.secrets = {"another-secret"};
    CHECK(run("echo another-secret") == "standard output tells a secret: a secret of the test");
}

TEST_CASE("the check of a tool's run fails where it told a secret") {
    test::World world;
    auto project = test::small_project();
    CHECK(complaint([&] { world.plan(project); }) == "");
    const std::string value = "another/secret/of/forty/characters/xxxxx";
    world.secrets.values["environment variable S3_SECRET"] = value;
    project.datasets[0].description = value;
    CHECK(complaint([&] { world.plan(project); }) ==
          "what is written about a run tells a secret: environment variable S3_SECRET");
    CHECK(complaint([&] { world.apply(project); }) == "a POST tells a secret where none belongs");
}

TEST_CASE("what no test may tell is known to the search of logs and golden files") {
    const auto list = test::read_file(test::source_folder() / "tests/support/sample_secrets");
    const auto check = [&](const std::map<std::string, std::string>& variables) {
        for (const auto& entry : variables) {
            CAPTURE(entry.first);
            const bool is_listed =
                ("\n" + list).find("\n" + entry.second + "\n") != std::string::npos;
            CHECK(is_listed != test::is_open_variable(entry.first));
        }
    };
    check(CommandLine().variables);
    check(test::Examples("http://127.0.0.1:1").environment);
}
