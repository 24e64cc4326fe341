#include "json/text.hpp"
#include "support/examples.hpp"
#include "support/files.hpp"
#include "support/process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;

namespace {

using test::Examples;
constexpr std::string_view secret_key = test::examples_secret_key;

std::size_t lines_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(stream), {}, '\n'));
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// Runs a program in the background of a shell that then does something to it.
test::Command signalled(test::Command command, const std::string& script) {
    const std::vector<std::string> shell{"sh", "-c", "\"$@\" & " + script + "; wait $!", "sh"};
    command.argv.insert(command.argv.begin(), shell.begin(), shell.end());
    return command;
}

/// A script that ends once the emulator was asked to make an entity.
std::string until_created(const std::filesystem::path& log) {
    return "until grep -q 'POST.*/flowservice/' " + log.string() + "; do sleep 0.02; done";
}

} // namespace

TEST_CASE("all examples over a socket: apply, no changes, kept over a restart, destroy") {
    const test::TemporaryFolder state;
    const std::vector<std::string> arguments{"--patch-duration-ms", "0", "--data",
                                             (state.path() / "state.json").string()};
    {
        const test::EmulatorProcess emulator(arguments);
        const Examples penstock(emulator.url());
        const auto applied = penstock({"apply", "--auto-approve"});
        INFO(applied.out, applied.err);
        CHECK(applied.exit_code == 0);
        CHECK(
            contains(applied.out, "Apply complete! Resources: 80 added, 0 changed, 0 destroyed."));
        CHECK(contains(applied.err, "80 to add"));
    }
    {
        // Started from a state, the emulator goes on with it and leaves the file alone.
        const auto kept = test::read_file(state.path() / "state.json");
        const test::EmulatorProcess emulator({"--from", (state.path() / "state.json").string()});
        const Examples penstock(emulator.url());
        CHECK(penstock({"plan", "--detailed-exitcode"}).exit_code == 0);
        CHECK(penstock({"destroy", "--auto-approve"}).exit_code == 0);
        CHECK(test::read_file(state.path() / "state.json") == kept);
    }
    const test::EmulatorProcess emulator(arguments);
    const Examples penstock(emulator.url());
    const auto again = penstock({"plan", "--detailed-exitcode"});
    INFO(again.out, again.err);
    CHECK(again.exit_code == 0);
    CHECK(contains(again.out, "No changes."));
    CHECK(penstock({"drift"}).exit_code == 0);
    CHECK(contains(penstock({"status"}).out, "sftp-survey"));
    CHECK(contains(penstock({"status"}).out, "sftp-newsletter"));
    CHECK(contains(penstock({"destroy", "--auto-approve"}).out,
                   "Destroy complete! Resources: 80 destroyed."));
}

TEST_CASE("results go to standard output, everything else to standard error") {
    const test::EmulatorProcess emulator;
    Examples penstock(emulator.url());
    const auto plan = penstock({"plan", "--json"});
    CHECK(plan.exit_code == 0);
    CHECK(plan.err.empty());
    CHECK(json::parse(plan.out).has_value());

    penstock.environment["AEP_CLIENT_SECRET"] = "wrong-secret";
    const auto refused = penstock({"plan", "--json"});
    CHECK(refused.exit_code == 7);
    CHECK(json::parse(refused.out).has_value());
    const auto text = penstock({"plan"});
    CHECK(text.exit_code == 7);
    CHECK(text.out.empty());
    CHECK(contains(text.err, "invalid_client"));
}

TEST_CASE("nothing that is printed or logged holds a secret") {
    const test::TemporaryFolder folder;
    const auto log = folder.path() / "requests.ndjson";
    const test::EmulatorProcess emulator(
        {"--patch-duration-ms", "0", "--switch", "secrets=echo", "--request-log", log.string()});
    const Examples penstock(emulator.url());
    std::string everything;
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"validate"},
                                               {"plan"},
                                               {"plan", "--json"},
                                               {"apply", "--auto-approve"},
                                               {"drift", "--json"},
                                               {"status", "--json"},
                                               {"destroy", "--auto-approve", "--json"}}) {
        const auto finished = penstock(words);
        CHECK(finished.exit_code == 0);
        everything += finished.out + finished.err;
    }
    everything += test::read_file(log);
    for (const std::string_view secret :
         {secret_key, std::string_view("client-secret"), std::string_view("blob-secret"),
          std::string_view("adls-secret"), std::string_view("gcs-secret"),
          std::string_view("sftp-secret"), std::string_view("c3NoLXNlY3JldA"),
          std::string_view("campaign-secret"), std::string_view("cHVibGljLWtleS1zZWNyZXQ")}) {
        INFO(std::string(secret));
        CHECK_FALSE(contains(everything, secret));
    }
}

TEST_CASE("killed with SIGKILL in the middle of an apply, the next one finishes it") {
    for (const std::size_t requests : {std::size_t{8}, std::size_t{25}, std::size_t{60}}) {
        const test::TemporaryFolder folder;
        const auto log = folder.path() / "requests.ndjson";
        const test::EmulatorProcess emulator(
            {"--patch-duration-ms", "0", "--latency-ms", "3", "--request-log", log.string()});
        const Examples penstock(emulator.url());
        CHECK(test::kill_program_when(penstock.command({"apply", "--auto-approve"}),
                                      [&] { return lines_of(log) >= requests; }));
        const auto again = penstock({"apply", "--auto-approve"});
        INFO(again.out, again.err);
        CHECK(again.exit_code == 0);
        CHECK(penstock({"plan", "--detailed-exitcode"}).exit_code == 0);
        CHECK(contains(penstock({"destroy", "--auto-approve"}).out,
                       "Destroy complete! Resources: 80 destroyed."));
    }
}

TEST_CASE("signals in quick succession are one wish to stop, and the run is reported") {
    const test::TemporaryFolder folder;
    const auto log = folder.path() / "requests.ndjson";
    const test::EmulatorProcess emulator(
        {"--patch-duration-ms", "0", "--latency-ms", "400", "--request-log", log.string()});
    const Examples penstock(emulator.url());
    const auto stopped =
        test::run_program(signalled(penstock.command({"apply", "--auto-approve", "--quiet"}),
                                    // Stopped, so that both are there when it goes on.
                                    until_created(log) + "; kill -STOP $!; kill -INT $!; "
                                                         "kill -TERM $!; kill -CONT $!"));
    INFO(stopped.out, stopped.err);
    CHECK(stopped.exit_code == 130);
    CHECK(contains(stopped.out, "Apply interrupted: "));
    CHECK(penstock({"apply", "--auto-approve"}).exit_code == 0);
}

TEST_CASE("a second signal after a second stops at once") {
    const test::TemporaryFolder folder;
    const auto log = folder.path() / "requests.ndjson";
    const test::EmulatorProcess emulator(
        {"--patch-duration-ms", "0", "--latency-ms", "2500", "--request-log", log.string()});
    const Examples penstock(emulator.url());
    const auto stopped = test::run_program(
        signalled(penstock.command({"apply", "--auto-approve", "--quiet"}),
                  until_created(log) + "; kill -TERM $!; sleep 1.2; kill -TERM $!"));
    INFO(stopped.out, stopped.err);
    CHECK(stopped.exit_code == 143);
    CHECK(stopped.out.empty());
}
