#include "json/text.hpp"
#include "support/files.hpp"
#include "support/process.hpp"
#include "support/recipes.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view project = R"(apiVersion: penstock/v1
kind: Project
metadata: {name: acme-exports}
spec:
  environments:
    prod:
      organization: 5555467B5D8013E50A494220@AdobeOrg
      sandbox: prod
      auth:
        clientId: {env: AEP_CLIENT_ID}
        clientSecret: {env: AEP_CLIENT_SECRET}
)";

constexpr std::string_view account = R"(apiVersion: penstock/v1
kind: Account
metadata: {name: acme-s3}
spec:
  destination: amazon-s3
  auth:
    specName: Access Key
    params:
      s3AccessKey: AKIAIOSFODNN7EXAMPLE
      s3SecretKey: {env: ACME_S3_SECRET_KEY}
)";

constexpr const char* secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

std::string export_to(const std::string& name, const std::string& path) {
    return fmt::format(R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {{name: {}}}
spec:
  account: acme-s3
  destination: {{bucketName: acme-exports, path: {}, datasetFileType: PARQUET, compression: GZIP}}
  datasets:
    - {{id: 5ef3e3259ad2a1191ab7dd7d, name: AAM Devices Data}}
  schedule: {{frequency: DAILY, startTime: 2027-01-01T00:00:00Z, endTime: 2028-01-01T00:00:00Z}}
)",
                       name, path);
}

/// Writes down what it is called with; `gh` and `curl` of a runner are such.
constexpr std::string_view recorder = R"(#!/bin/sh
printf '%s %s\n' "${0##*/}" "$*" >>"$RECORDER_LOG"
[ "${0##*/}" != curl ] || cat >>"$RECORDER_LOG"
)";

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// A repository with a project in exports/, an emulated platform, and the shell of a runner.
class Runner {
  public:
    Runner() : emulator_({"--patch-duration-ms", "0"}) {
        write("exports/penstock.yaml", project);
        write("exports/crm.yaml", account);
        write_export("device-graph", "crm/devices");
        for (const char* name : {"gh", "curl"}) {
            write(std::string("tools/") + name, recorder);
            fs::permissions(path("tools") / name, fs::perms::owner_all);
        }
        variables = {{"PENSTOCK_ENDPOINT", emulator_.url()},
                     {"PENSTOCK_IMS_ENDPOINT", emulator_.url()},
                     {"RECORDER_LOG", path("recorded").string()},
                     {"GITHUB_STEP_SUMMARY", path("summary").string()},
                     {"GITHUB_OUTPUT", path("output").string()}};
    }

    [[nodiscard]] fs::path path(const std::string& name) const { return folder_.path() / name; }
    void write(const std::string& name, std::string_view text) const {
        test::write_file(path(name), text);
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        return fs::exists(path(name)) ? test::read_file(path(name)) : "";
    }
    void write_export(const std::string& name, const std::string& to) const {
        write("exports/" + name + ".yaml", export_to(name, to));
    }

    /// `shell...` with the script behind it, in the repository's folder.
    test::Finished operator()(std::vector<std::string> shell, const std::string& script,
                              const std::map<std::string, std::string>& environment) const {
        shell.insert(shell.begin(),
                     {"env", fmt::format("PATH={}:{}:{}", path("tools").string(),
                                         test::program_folder().string(), std::getenv("PATH"))});
        shell.push_back(script);
        return test::run_program({shell, environment, folder_.path()});
    }

    /// Somebody sends the files of an export elsewhere, past git.
    void edit(const std::string& name, const std::string& bucket) const {
        httplib::Client client(emulator_.url());
        const auto token = json::parse(
            client
                .Post("/ims/token/v3", httplib::Params{{"grant_type", "client_credentials"},
                                                       {"client_id", "night-shift"},
                                                       {"client_secret", "demo"},
                                                       {"scope", "openid"}})
                ->body);
        client.set_default_headers(
            {{"Authorization", "Bearer " + (*token)["access_token"].as_string()},
             {"x-api-key", "night-shift"},
             {"x-sandbox-name", "prod"},
             {"x-gw-ims-org-id", "5555467B5D8013E50A494220@AdobeOrg"}});
        const std::string targets = "/data/foundation/flowservice/targetConnections";
        const auto found = json::parse(client.Get(targets + "?limit=100")->body);
        for (const auto& target : (*found)["items"].as_array()) {
            if (target["name"] == json::Value("acme-exports/" + name)) {
                auto params = target["params"];
                params.make_object()["bucketName"] = bucket;
                const json::Value change = json::Array{
                    json::Object{{"op", "replace"}, {"path", "/params"}, {"value", params}}};
                const auto answer = client.Patch(targets + "/" + target["id"].as_string(),
                                                 {{"If-Match", target["etag"].as_string()}},
                                                 json::write(change), "application/json");
                CHECK(answer->status == 200);
            }
        }
    }

    // NOLINTBEGIN(misc-non-private-member-variables-in-classes): a test sets its scene
    std::map<std::string, std::string> variables;
    std::map<std::string, std::string> secrets{{"AEP_CLIENT_ID", "pipeline"},
                                               {"AEP_CLIENT_SECRET", "client-secret"},
                                               {"ACME_S3_SECRET_KEY", secret_key}};
    // NOLINTEND(misc-non-private-member-variables-in-classes)

  private:
    test::TemporaryFolder folder_;
    test::EmulatorProcess emulator_;
};

/// A platform of pipelines: how it runs a script, and the jobs of its recipes by their small names.
struct Pipeline {
    std::vector<std::string> shell;
    std::map<std::string, test::RecipeJob> jobs;
    bool asks_for_secrets = false; ///< each step says which it wants
    int code_of_drift = 2;         ///< of the job
};

std::string small(std::string text) {
    for (auto& c : text) {
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return text;
}

Pipeline pipeline_of(std::vector<std::string> shell, const std::vector<std::string>& files) {
    Pipeline pipeline{std::move(shell), {}};
    for (const auto& file : files) {
        for (auto& job : test::recipe_jobs(file)) {
            pipeline.jobs.emplace(small(job.name), std::move(job));
        }
    }
    return pipeline;
}

/// What GitHub puts in the place of its expressions.
std::string value_of(const Runner& runner, const std::string& expression) {
    constexpr std::string_view secret = "${{ secrets.";
    if (expression.starts_with(secret)) {
        const auto name = expression.substr(secret.size(), expression.find(" }}") - secret.size());
        return runner.secrets.at(name);
    }
    const std::map<std::string, std::string> known{
        {"${{ github.token }}", "token-of-the-job"},
        {"${{ github.repository }}", "acme/exports"},
        {"${{ github.event.pull_request.number }}", "7"}};
    return known.at(expression);
}

/// Whether GitHub runs a step.
bool is_due(const Runner& runner, const std::string& condition, bool failed) {
    if (condition == "${{ !cancelled() }}") {
        return true;
    }
    if (condition == "steps.drift.outputs.found == 'yes'") {
        return !failed && runner.read("output") == "found=yes\n";
    }
    CHECK(condition.empty());
    return !failed;
}

/// The secrets that the recipes' comments give to a job where the platform decides.
std::vector<std::string> secrets_for(const std::string& job) {
    if (job == "validate" || job == "post") {
        return {};
    }
    return job == "prepare" || job == "apply"
               ? std::vector<std::string>{"AEP_CLIENT_ID", "AEP_CLIENT_SECRET",
                                          "ACME_S3_SECRET_KEY"}
               : std::vector<std::string>{"AEP_CLIENT_ID", "AEP_CLIENT_SECRET"};
}

/// One job in a fresh workspace that has nothing but the repository; `apply` has the plan of
/// `prepare` and no repository. Its exit code is that of the first step that failed.
test::Finished run_job(Runner& runner, const Pipeline& pipeline, const std::string& name) {
    const auto plan = runner.read("reports/plan.json");
    fs::remove_all(runner.path("reports"));
    fs::remove(runner.path("output"));
    if (name == "apply") {
        runner.write("reports/plan.json", plan);
        fs::rename(runner.path("exports"), runner.path("not-here"));
    }
    test::Finished result;
    result.exit_code = 0;
    for (const auto& block : pipeline.jobs.at(name).blocks) {
        if (!is_due(runner, block.condition, result.exit_code != 0)) {
            continue;
        }
        auto variables = runner.variables;
        for (const auto& [variable, expression] : block.variables) {
            variables[variable] = value_of(runner, expression);
        }
        if (!pipeline.asks_for_secrets) {
            for (const auto& secret : secrets_for(name)) {
                variables[secret] = runner.secrets.at(secret);
            }
        }
        const auto finished = runner(pipeline.shell, block.script, variables);
        result.exit_code = result.exit_code == 0 ? finished.exit_code : result.exit_code;
        result.out += finished.out;
        result.err += finished.err;
    }
    if (name == "apply") {
        fs::rename(runner.path("not-here"), runner.path("exports"));
    }
    CHECK_FALSE(contains(result.out + result.err, secret_key));
    return result;
}

/// From a pull request to drift, with what can go wrong on the way.
void tell_the_story(const Pipeline& pipeline) {
    Runner runner;
    const auto run = [&](const std::string& job, int code) {
        const auto finished = run_job(runner, pipeline, job);
        INFO(job, "\n", finished.out, finished.err);
        CHECK(finished.exit_code == code);
        if (code == 0) {
            for (const auto& file : pipeline.jobs.at(job).kept) {
                CAPTURE(file);
                CHECK(fs::exists(runner.path(file)));
            }
        }
        return finished.out + finished.err + runner.read("reports/" + job + ".md");
    };
    const auto drifts = [&] {
        const auto text = run("drift", pipeline.code_of_drift);
        CHECK(contains(text, "Drift: 1 entity differs from git."));
    };

    const auto url = runner.variables["PENSTOCK_ENDPOINT"];
    runner.variables["PENSTOCK_ENDPOINT"] = "http://127.0.0.1:1";
    run("validate", 0);
    runner.variables["PENSTOCK_ENDPOINT"] = url;
    CHECK(contains(run("plan", 0), "Plan: 4 to add, 0 to change, 0 to destroy."));
    run("prepare", 0);
    CHECK(contains(run("apply", 0), "Apply complete! Resources: 4 added"));
    CHECK(contains(run("apply", 6), "applied already"));
    CHECK(contains(run("drift", 0), "No drift."));

    runner.edit("device-graph", "elsewhere");
    drifts();
    runner.write_export("web-events", "crm/web");
    run("prepare", 0);
    runner.edit("device-graph", "somewhere");
    CHECK(contains(run("apply", 5), "The plan is stale here"));
    run("prepare", 0);
    runner.edit("device-graph", "nowhere");
    CHECK(contains(run("apply", 4), "Plan again"));
    run("prepare", 0);
    run("apply", 0);
    CHECK(contains(run("drift", 0), "No drift."));

    runner.secrets["ACME_S3_SECRET_KEY"] = "bPxRfiCYEXAMPLEKEY/wJalrXUtnFEMI/K7MDENG";
    run("prepare", 0);
    CHECK(contains(run("apply", 0), "Resources: 0 added, 1 changed, 0 destroyed."));

    runner.write("exports/bad.yaml", "kind: Nonsense\n");
    run("validate", 3);
    run("plan", 3);
    run("prepare", 3);
    for (const char* file : {"bad", "device-graph", "web-events"}) {
        fs::remove(runner.path(std::string("exports/") + file + ".yaml"));
    }
    CHECK(contains(run("prepare", 6), "[emptied-project]"));
    runner.write_export("device-graph", "crm/devices");

    runner.secrets["AEP_CLIENT_SECRET"] = "wrong-secret";
    CHECK_FALSE(contains(run("drift", 7), "No drift."));
    CHECK_FALSE(contains(runner.read("output"), "found"));
}

const std::vector<std::string> bash{"bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"};

} // namespace

TEST_CASE("the workflow of GitHub Actions does what it says") {
    auto pipeline = pipeline_of(bash, {"github-actions.yml"});
    pipeline.asks_for_secrets = true;
    pipeline.code_of_drift = 0; // an issue tells of it
    tell_the_story(pipeline);

    Runner runner;
    run_job(runner, pipeline, "plan");
    CHECK(runner.read("recorded") == "gh pr comment 7 --body-file reports/plan.md\n");
    CHECK(contains(runner.read("summary"), "Plan: 4 to add"));
    runner.write("exports/bad.yaml", "kind: Nonsense\n");
    CHECK(run_job(runner, pipeline, "plan").exit_code == 3);
    CHECK(contains(runner.read("summary"), "bad.yaml"));
    fs::remove(runner.path("exports/bad.yaml"));

    run_job(runner, pipeline, "prepare");
    run_job(runner, pipeline, "apply");
    runner.edit("device-graph", "elsewhere");
    fs::remove(runner.path("recorded"));
    run_job(runner, pipeline, "drift");
    CHECK(contains(runner.read("recorded"), "gh issue create --title Drift of the exports"));
}

TEST_CASE("the pipeline of GitLab does what it says") {
    const auto pipeline = pipeline_of(bash, {"gitlab-ci.yml"});
    tell_the_story(pipeline);

    Runner runner;
    run_job(runner, pipeline, "plan");
    CHECK(runner.read("recorded").empty());
    runner.variables["PENSTOCK_COMMENT_TOKEN"] = "glpat-of-the-project";
    runner.variables["CI_API_V4_URL"] = "https://gitlab.example.com/api/v4";
    runner.variables["CI_PROJECT_ID"] = "5";
    runner.variables["CI_MERGE_REQUEST_IID"] = "7";
    run_job(runner, pipeline, "plan");
    const auto recorded = runner.read("recorded");
    CHECK(
        contains(recorded, "https://gitlab.example.com/api/v4/projects/5/merge_requests/7/notes"));
    CHECK(contains(recorded, "body@reports/plan.md"));
    CHECK(contains(recorded, "\nPRIVATE-TOKEN: glpat-of-the-project\n")); // not as an argument

    runner.write("exports/bad.yaml", "kind: Nonsense\n");
    fs::remove(runner.path("recorded"));
    CHECK(run_job(runner, pipeline, "plan").exit_code == 3);
    CHECK(contains(runner.read("recorded"), "body@reports/plan.md"));
}

TEST_CASE("the pipelines of Jenkins do what they say") {
    tell_the_story(pipeline_of({"sh", "-xec"}, {"Jenkinsfile", "Jenkinsfile-main"}));
}

namespace {

/// An origin and a clone of it, and the script that cron starts.
class CronRunner : public Runner {
  public:
    CronRunner() {
        variables.insert(secrets.begin(), secrets.end());
        variables["PENSTOCK_CLONE"] = path("clone").string();
        variables["PENSTOCK_STATE"] = path("state").string();
        variables["PENSTOCK_METRICS"] = path("metrics").string();
        variables["HOME"] = path("home").string();
        fs::create_directory(path("metrics"));
        const auto made = shell("git init --quiet --initial-branch=main . && git add exports &&"
                                " git config user.name a && git config user.email a@example.com &&"
                                " git commit --quiet --message=a && git clone --quiet . clone");
        INFO(made.err);
        REQUIRE(made.exit_code == 0);
    }

    [[nodiscard]] test::Finished shell(const std::string& script) const {
        return (*this)(bash, script, variables);
    }
    [[nodiscard]] test::Finished cron(const std::string& what) const {
        return shell((test::source_folder() / "tools/recipes/penstock-cron").string() + " " + what);
    }
    void commit() const {
        CHECK(shell("git add --all exports && git commit --quiet --message=b").exit_code == 0);
    }
};

} // namespace

TEST_CASE("the script for cron applies each commit once, and tells of drift") {
    CronRunner runner;
    const auto run = [&](const std::string& what, int code) {
        const auto finished = runner.cron(what);
        INFO(what, "\n", finished.out, finished.err);
        CHECK(finished.exit_code == code);
        return finished.out + finished.err;
    };
    CHECK(contains(run("apply", 0), "Apply complete! Resources: 4 added"));
    CHECK(run("apply", 0).empty());
    CHECK(run("drift", 0).empty());
    for (const char* name : {"apply", "drift"}) {
        const auto file = fmt::format("metrics/penstock_{}.prom", name);
        CHECK(runner.shell("promtool check metrics <" + file).exit_code == 0);
    }

    runner.edit("device-graph", "elsewhere");
    CHECK(contains(run("drift", 2), "the platform has moved away from git"));
    CHECK(run("apply", 0).empty());
    run("drift", 2);

    runner.write("exports/bad.yaml", "kind: Nonsense\n");
    runner.commit();
    CHECK(contains(run("apply", 3), "this needs somebody"));
    CHECK(
        contains(run("apply", 3), "this needs somebody")); // until there is a commit that mends it
    fs::remove(runner.path("exports/bad.yaml"));
    runner.commit();
    CHECK(contains(run("apply", 0), "1 changed"));
    CHECK(run("drift", 0).empty());

    runner.variables["AEP_CLIENT_SECRET"] = "wrong-secret";
    CHECK(contains(run("drift", 7), "whether there is drift is not known"));
    runner.write("secrets", "AEP_CLIENT_SECRET=client-secret\n");
    runner.variables["PENSTOCK_SECRETS"] = runner.path("secrets").string();
    CHECK(run("drift", 0).empty());
    CHECK(contains(run("", 64), "usage: penstock-cron apply|drift"));
}

TEST_CASE("two runs of the script for cron are never at work at once") {
    const CronRunner runner;
    const auto script = (test::source_folder() / "tools/recipes/penstock-cron").string();
    for (const std::string what : {"apply", "drift"}) {
        const auto second =
            runner.shell("mkdir -p state; exec 8>state/lock; flock 8; " + script + " " + what);
        CHECK(second.exit_code == 75);
        CHECK(contains(second.out, "another run is at work"));
    }
}
