#include "support/examples.hpp"
#include "support/files.hpp"
#include "support/process.hpp"
#include "support/recipes.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// The container of the recipe that runs penstock.
json::Value container() {
    const auto job = test::recipe_yaml("kubernetes-job.yaml");
    return job["spec"]["template"]["spec"]["containers"].as_array().at(0);
}

/// What the container starts, behind `-C FOLDER`.
std::vector<std::string> words_of_recipe() {
    std::vector<std::string> words;
    const auto penstock = container();
    for (const auto& argument : penstock["args"].as_array()) {
        words.push_back(argument.as_string());
    }
    REQUIRE(words.size() > 2);
    REQUIRE(words.front() == "-C");
    return {words.begin() + 2, words.end()};
}

/// Four processes at once, as the pods of an Indexed Job: their outputs, and the exit code of
/// each in a line of its own.
test::Finished four_at_once(const test::Examples& penstock, const std::vector<std::string>& words) {
    auto command = penstock.command(words);
    const std::vector<std::string> shell{
        "sh", "-c",
        "for index in 0 1 2 3; do\n"
        "  (JOB_COMPLETION_INDEX=$index \"$@\"; echo \"exit $?\") &\n"
        "done\nwait",
        "sh"};
    command.argv.insert(command.argv.begin(), shell.begin(), shell.end());
    return test::run_program(command);
}

std::size_t count(const std::string& text, const std::string& line) {
    std::size_t found = 0;
    for (auto at = text.find(line); at != std::string::npos; at = text.find(line, at + 1)) {
        ++found;
    }
    return found;
}

/// The sum of what the reports of an apply say.
std::size_t added(const std::string& out) {
    static const std::regex line(R"(Apply complete! Resources: ([0-9]+) added)");
    std::size_t sum = 0;
    for (std::sregex_iterator match(out.begin(), out.end(), line), end; match != end; ++match) {
        sum += std::stoul((*match)[1].str());
    }
    return sum;
}

} // namespace

TEST_CASE("four processes of an Indexed Job apply all examples, and destroy them again") {
    const test::EmulatorProcess emulator({"--patch-duration-ms", "0", "--latency-ms", "5"});
    const test::Examples penstock(emulator.url());
    const auto words = words_of_recipe();
    const auto applied = four_at_once(penstock, words);
    INFO(applied.out, applied.err);
    CHECK(count(applied.out, "exit 0\n") == 4);
    CHECK(added(applied.out) == 80);
    for (const char* shard : {"Shard 1/4", "Shard 2/4", "Shard 3/4", "Shard 4/4"}) {
        CHECK(contains(applied.out, shard));
    }
    CHECK(contains(applied.err, "waiting for account "));
    const auto plan = penstock({"plan", "--detailed-exitcode"});
    INFO(plan.out);
    CHECK(plan.exit_code == 0);
    CHECK(penstock({"drift"}).exit_code == 0);
    const auto again = four_at_once(penstock, words);
    CHECK(count(again.out, "exit 0\n") == 4);
    CHECK(added(again.out) == 0);

    const auto destroyed = four_at_once(penstock, {"destroy", "--shard", "4", "--auto-approve"});
    INFO(destroyed.out, destroyed.err);
    CHECK(count(destroyed.out, "exit 0\n") == 4);
    CHECK(contains(penstock({"destroy", "--auto-approve"}).out, "Resources: 0 destroyed."));
}

TEST_CASE("the Job of the recipe has a pod for each shard, locked down") {
    const auto job = test::recipe_yaml("kubernetes-job.yaml");
    const auto& spec = job["spec"];
    CHECK(job["apiVersion"] == json::Value("batch/v1"));
    CHECK(job["kind"] == json::Value("Job"));
    CHECK(spec["completionMode"] == json::Value("Indexed"));
    const auto shards = std::to_string(spec["completions"].as_integer());
    CHECK(spec["parallelism"] == spec["completions"]);
    CHECK(spec["backoffLimitPerIndex"].is_integer());
    const auto words = words_of_recipe();
    CHECK(words == std::vector<std::string>{"apply", "--shard", shards, "--auto-approve"});
    const auto& pod = spec["template"]["spec"];
    CHECK(pod["restartPolicy"] == json::Value("Never")); // of what has a podFailurePolicy
    CHECK(pod["securityContext"]["runAsNonRoot"] == json::Value(true));
    std::size_t containers = 0;
    for (const char* kind : {"initContainers", "containers"}) {
        for (const auto& each : pod[kind].as_array()) {
            ++containers;
            CHECK(each["resources"]["requests"]["memory"].is_string());
            CHECK(each["resources"]["limits"]["memory"].is_string());
            const auto& security = each["securityContext"];
            CHECK(security["allowPrivilegeEscalation"] == json::Value(false));
            CHECK(security["readOnlyRootFilesystem"] == json::Value(true));
            CHECK(security["capabilities"]["drop"] == json::Value(json::Array{"ALL"}));
        }
    }
    CHECK(containers == 2);
    const auto penstock = container();
    CHECK(penstock["envFrom"].as_array().at(0)["secretRef"]["name"].is_string());
    for (const auto& variable : penstock["env"].as_array()) {
        CHECK(variable["name"] == json::Value("PENSTOCK_PARALLELISM"));
    }
}

TEST_CASE("a shard that is blocked ends no other shard of the Job") {
    std::map<std::string, json::Value> codes;
    const auto job = test::recipe_yaml("kubernetes-job.yaml");
    for (const auto& rule : job["spec"]["podFailurePolicy"]["rules"].as_array()) {
        codes[rule["action"].as_string()] = rule["onExitCodes"]["values"];
    }
    CHECK(codes["FailJob"] == json::Value(json::Array{3, 7}));
    CHECK(codes["FailIndex"] == json::Value(json::Array{6}));
}

TEST_CASE("the checkout of the Job takes one commit") {
    const test::TemporaryFolder folder;
    const auto job = test::recipe_yaml("kubernetes-job.yaml");
    const auto& checkout = job["spec"]["template"]["spec"]["initContainers"].as_array().at(0);
    auto script = checkout["args"].as_array().at(0).as_string();
    test::write_file(folder.path() / "block", script);
    const auto checked =
        test::run_program({{"shellcheck", "--shell=sh", "block"}, {}, folder.path()});
    INFO(checked.out);
    CHECK(checked.exit_code == 0);
    const auto work = (folder.path() / "work").string();
    script = std::regex_replace(script, std::regex("/work"), (folder.path() / "work").string());
    test::write_file(folder.path() / "checkout", script);
    test::write_file(folder.path() / "story", R"(mkdir upstream work
cd upstream
git init --quiet --initial-branch=main .
git config user.name a
git config user.email a@example.com
echo first >file
git add file
git commit --quiet --message=a
PROJECT_COMMIT=$(git rev-parse HEAD)
PROJECT_REPOSITORY=$PWD
export PROJECT_COMMIT PROJECT_REPOSITORY
echo second >file
git commit --quiet --all --message=b
cd ..
sh -eu checkout
cat work/repository/file
)");
    const auto finished = test::run_program(
        {{"sh", "-eu", "story"}, {{"HOME", folder.path().string()}}, folder.path()});
    INFO(finished.out, finished.err);
    CHECK(finished.exit_code == 0);
    CHECK(finished.out == "first\n");
}
