#include "cli/command_table.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "support/files.hpp"
#include "support/output_schemas.hpp"
#include "support/process.hpp"
#include "support/recipes.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using json::Value;
namespace fs = std::filesystem;

namespace {

constexpr std::array pipelines{"github-actions.yml", "gitlab-ci.yml", "Jenkinsfile",
                               "Jenkinsfile-main"};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// All files of tools/recipes, by their paths from there.
std::map<std::string, std::string> all_recipes() {
    const auto folder = test::source_folder() / "tools/recipes";
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            files[fs::relative(entry.path(), folder).string()] = test::read_file(entry.path());
        }
    }
    return files;
}

/// The words behind each `penstock` of a text, up to the end of the command.
std::vector<std::vector<std::string>> commands_of(std::string text) {
    text = std::regex_replace(text, std::regex(R"(\\\n)"), " ");
    static const std::regex start(R"((?:^|[^\w./-])penstock ((?:[^\n|;<>&`'()]|\\.)*))");
    std::vector<std::vector<std::string>> commands;
    for (std::sregex_iterator match(text.begin(), text.end(), start), end; match != end; ++match) {
        std::istringstream words((*match)[1].str());
        std::vector<std::string> command;
        for (std::string word; words >> word;) {
            command.push_back(word);
        }
        commands.push_back(std::move(command));
    }
    return commands;
}

bool has_flag(std::span<const cli::Flag> flags, const std::string& word) {
    return std::any_of(flags.begin(), flags.end(),
                       [&](const auto& flag) { return word == flag.name || word == flag.letter; });
}

} // namespace

TEST_CASE("every flag of penstock that a recipe names exists") {
    std::size_t commands = 0;
    for (const auto& [file, text] : all_recipes()) {
        for (const auto& words : commands_of(text)) {
            const cli::CommandEntry* entry = nullptr;
            for (const auto& word : words) {
                entry = entry == nullptr ? cli::find_command(word) : entry;
            }
            if (entry == nullptr) {
                continue; // a sentence about penstock
            }
            ++commands;
            for (const auto& word : words) {
                if (word.starts_with("-")) {
                    const auto where =
                        file + ": penstock " + fmt::format("{}", fmt::join(words, " "));
                    INFO(where);
                    CHECK((has_flag(cli::global_flags(), word) || has_flag(entry->flags, word)));
                }
            }
        }
    }
    CHECK(commands > 20);
}

TEST_CASE("shellcheck finds no fault with the shell in the recipes") {
    const test::TemporaryFolder folder;
    std::size_t blocks = 0;
    for (const std::string file : pipelines) {
        const bool posix = file.starts_with("Jenkins");
        for (const auto& job : test::recipe_jobs(file)) {
            for (const auto& block : job.blocks) {
                ++blocks;
                test::write_file(folder.path() / "block", block.script);
                const auto checked = test::run_program(
                    {{"shellcheck", posix ? "--shell=sh" : "--shell=bash", "block"},
                     {},
                     folder.path()});
                INFO(file, " ", block.name, "\n", checked.out, checked.err);
                CHECK(checked.exit_code == 0);
            }
        }
    }
    CHECK(blocks > 15);
}

TEST_CASE("recipes hold no secret") {
    static const std::regex looks_secret(
        R"(AKIA[A-Z0-9]{16}|gh[ps]_[A-Za-z0-9]{20}|glpat-|-----BEGIN|[A-Za-z0-9+/]{40})");
    for (const auto& [file, text] : all_recipes()) {
        const std::string name = file; // a binding cannot be captured
        if (!name.ends_with("_test.rego")) {
            CAPTURE(name);
            CHECK_FALSE(std::regex_search(text, looks_secret));
        }
    }
}

TEST_CASE(
    "a workflow of GitHub takes secrets from the store, and no job may do more than it needs") {
    const auto workflow = test::recipe_yaml("github-actions.yml");
    CHECK(workflow["on"]["pull_request_target"].is_null());
    CHECK_FALSE(workflow["on"].as_object().contains("pull_request_target"));
    CHECK(workflow["permissions"].as_object().empty());
    const std::set<std::string> actions{"actions/checkout@v4", "actions/upload-artifact@v4",
                                        "actions/download-artifact@v4",
                                        "github/codeql-action/upload-sarif@v4"};
    for (const auto& [name, job] : workflow["jobs"].as_object()) {
        const std::string of_job = name; // a binding cannot be captured
        CAPTURE(of_job);
        CHECK(job["permissions"].is_object());
        CHECK((job["permissions"]["contents"].is_null() ||
               job["permissions"]["contents"] == Value("read")));
        for (const auto& step : job["steps"].as_array()) {
            const auto& uses = step["uses"].as_string();
            CHECK((uses.empty() || actions.contains(uses)));
            // Text of a pull request in a script would be run.
            CHECK_FALSE(contains(step["run"].as_string(), "${{"));
            for (const auto& [variable, value] : step["env"].as_object()) {
                const auto& text = value.as_string();
                CHECK(
                    (text == "${{ secrets." + variable + " }}" || text.starts_with("${{ github.")));
            }
        }
    }
    const auto& jobs = workflow["jobs"];
    const auto secrets_of = [&](const char* job) {
        return contains(json::write(jobs[job]), "secrets.");
    };
    CHECK_FALSE(secrets_of("validate"));
    CHECK_FALSE(contains(json::write(jobs["plan"]), "secrets.ACME"));
    CHECK(contains(jobs["plan"]["if"].as_string(),
                   "github.event.pull_request.head.repo.full_name == github.repository"));
    CHECK(jobs["apply"]["concurrency"]["cancel-in-progress"] == Value(false));
    CHECK(jobs["apply"]["environment"] == Value("production"));
}

TEST_CASE("a pipeline of GitLab keeps forks away from secrets, and applies one at a time") {
    const auto pipeline = test::recipe_yaml("gitlab-ci.yml");
    for (const auto& [name, job] : pipeline.as_object()) {
        for (const auto& [variable, value] : job["variables"].as_object()) {
            CHECK(variable == "GIT_STRATEGY");
        }
    }
    CHECK(contains(pipeline["plan"]["rules"].as_array().front()["if"].as_string(),
                   "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID"));
    CHECK_FALSE(pipeline["apply"]["resource_group"].as_string().empty());
    CHECK(pipeline["apply"]["rules"].as_array().front()["when"] == Value("manual"));
    CHECK(pipeline["drift"]["allow_failure"]["exit_codes"] == Value(json::Array{2}));
    for (const char* job : {"prepare", "apply"}) { // a plan names accounts and people
        CHECK(pipeline[job]["artifacts"]["access"] == Value("developer"));
    }
}

TEST_CASE("pipelines of Jenkins bind credentials, and apply one at a time") {
    const auto of_requests = test::recipe("Jenkinsfile");
    const auto of_main = test::recipe("Jenkinsfile-main");
    CHECK_FALSE(contains(of_requests, "'aep-write'"));
    CHECK_FALSE(contains(of_requests, "acme-s3-secret-key"));
    CHECK(contains(of_requests, "env.CHANGE_FORK == null"));
    CHECK(contains(of_main, "disableConcurrentBuilds()"));
    CHECK_FALSE(contains(of_requests, "penstock -C reports apply"));
}

TEST_CASE("what the crontab sets, the script takes") {
    const auto script = test::recipe("penstock-cron");
    static const std::regex variable(R"((?:^|\n)(PENSTOCK_[A-Z]+)=)");
    const auto crontab = test::recipe("crontab");
    std::size_t variables = 0;
    for (std::sregex_iterator match(crontab.begin(), crontab.end(), variable), end; match != end;
         ++match) {
        ++variables;
        INFO((*match)[1].str());
        CHECK(contains(script, "${" + (*match)[1].str() + ":"));
    }
    CHECK(variables == 4);
}

namespace {

/// Whether a schema describes the member that the steps lead to, in any of its forms.
bool describes(const Value& root, const Value& schema, std::vector<std::string> steps) {
    if (const auto& reference = schema["$ref"].as_string(); !reference.empty()) {
        return describes(root, *json::find(root, reference.substr(1)), std::move(steps));
    }
    if (steps.empty()) {
        return true;
    }
    for (const char* word : {"allOf", "anyOf", "oneOf"}) {
        for (const auto& form : schema[word].as_array()) {
            if (describes(root, form, steps) || describes(root, form["then"], steps)) {
                return true;
            }
        }
    }
    const auto step = steps.front();
    steps.erase(steps.begin());
    if (step == "[]") {
        return schema["items"].is_object() && describes(root, schema["items"], std::move(steps));
    }
    const auto& properties = schema["properties"].as_object();
    if (properties.contains(step)) {
        return describes(root, schema["properties"][step], std::move(steps));
    }
    return schema["additionalProperties"].is_object() &&
           describes(root, schema["additionalProperties"], std::move(steps));
}

/// What the variables of the policy stand for.
std::vector<std::string> steps_of(const std::string& variable) {
    static const std::map<std::string, std::vector<std::string>> known{
        {"input", {}},
        {"change", {"resource_changes", "[]"}},
        {"note", {"notes", "[]"}},
    };
    return known.at(variable);
}

bool in_plan(const std::vector<std::string>& steps) {
    // What people changed has the form of what the manifests ask for, though nothing promises it.
    auto path = steps;
    std::replace(path.begin(), path.end(), std::string("before"), std::string("after"));
    const auto& plan = test::embedded_schema("plan");
    return describes(plan, plan, path);
}

} // namespace

TEST_CASE("every path of a plan that the policy names is in the schema") {
    const auto policy =
        std::regex_replace(test::recipe("policy/penstock.rego"), std::regex("#[^\n]*"), "");
    static const std::regex path(R"(\b(input|change|note)((?:\.[A-Za-z0-9_]+)+))");
    std::set<std::string> named;
    for (std::sregex_iterator match(policy.begin(), policy.end(), path), end; match != end;
         ++match) {
        auto steps = steps_of((*match)[1].str());
        std::istringstream members((*match)[2].str().substr(1));
        for (std::string member; std::getline(members, member, '.');) {
            steps.push_back(member);
        }
        const auto text = fmt::format("{}", fmt::join(steps, "."));
        named.insert(text);
        INFO(text);
        const auto& error = test::embedded_schema("error");
        const bool of_error = steps.front() == "error";
        CHECK((of_error ? describes(error, error, steps) : in_plan(steps)));
    }
    CHECK(named.contains("resource_changes.[].change.after.params.bucketName"));
    CHECK(named.size() > 20);
    CHECK_FALSE(in_plan({"resource_changes", "[]", "change", "after", "params", "bucket"}));
    CHECK_FALSE(in_plan({"resource_changes", "[]", "changes"}));
    CHECK_FALSE(in_plan({"notes", "severity"}));
}

TEST_CASE("the settings of the policy are those that it reads") {
    const auto settings = json::parse(test::recipe("policy/settings.json"));
    REQUIRE(settings);
    const auto policy = test::recipe("policy/penstock.rego");
    std::size_t members = 0;
    for (const auto& [name, value] : (*settings)["settings"].as_object()) {
        ++members;
        CHECK(contains(policy, " in data.settings." + name + "\n"));
        CHECK(value.is_array());
    }
    CHECK(members == 2);
    static const std::regex others(R"(data\.settings\.(?!places\b|may_go\b))");
    CHECK_FALSE(std::regex_search(policy, others));
}
