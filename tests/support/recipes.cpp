#include "support/recipes.hpp"

#include "manifest/source.hpp"
#include "manifest/yaml.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <regex>

namespace penstock::test {

namespace {

using json::Value;

std::string lines_of(const Value& list) {
    std::string script;
    for (const auto& line : list.as_array()) {
        script += line.as_string() + "\n";
    }
    return script;
}

void add_block(std::vector<RecipeJob>& jobs, const std::string& job, ShellBlock block) {
    if (jobs.empty() || jobs.back().name != job) {
        jobs.push_back({job, {}, {}});
    }
    jobs.back().blocks.push_back(std::move(block));
}

} // namespace

std::string recipe(const std::string& file) {
    return read_file(source_folder() / "tools/recipes" / file);
}

Value recipe_yaml(const std::string& file) {
    const auto read = manifest::read_yaml(std::make_shared<manifest::Source>(file, recipe(file)));
    INFO(file);
    REQUIRE(read.complaints.errors() == 0);
    REQUIRE(read.documents.size() == 1);
    return to_json(read.documents.front());
}

std::vector<RecipeJob> github_jobs(const Value& workflow) {
    std::vector<RecipeJob> jobs;
    for (const auto& [name, job] : workflow["jobs"].as_object()) {
        RecipeJob result{name, {}, {}};
        for (const auto& step : job["steps"].as_array()) {
            const auto& action = step["uses"].as_string();
            if (action.find("upload-") != std::string::npos) {
                const auto& with = step["with"];
                result.kept.push_back(with["path"].as_string() + with["sarif_file"].as_string());
            }
            if (!step["run"].is_string()) {
                continue;
            }
            ShellBlock block{step["name"].as_string(), step["run"].as_string(), {}, {}};
            block.condition = step["if"].as_string();
            for (const auto& [variable, value] : step["env"].as_object()) {
                block.variables[variable] = value.as_string();
            }
            result.blocks.push_back(std::move(block));
        }
        jobs.push_back(std::move(result));
    }
    return jobs;
}

std::vector<RecipeJob> gitlab_jobs(const Value& pipeline) {
    std::vector<RecipeJob> jobs;
    for (const auto& [name, job] : pipeline.as_object()) {
        if (!job["script"].is_array()) {
            continue;
        }
        const auto& base = pipeline[job["extends"].as_string()];
        RecipeJob result{name, {}, {}};
        result.blocks.push_back(
            {name, lines_of(base["before_script"]) + lines_of(job["script"]), {}, {}});
        for (const auto& path : job["artifacts"]["paths"].as_array()) {
            result.kept.push_back(path.as_string());
        }
        for (const auto& [kind, path] : job["artifacts"]["reports"].as_object()) {
            result.kept.push_back(path.as_string());
        }
        jobs.push_back(std::move(result));
    }
    return jobs;
}

std::vector<RecipeJob> jenkins_jobs(const std::string& jenkinsfile) {
    static const std::regex pattern(
        R"(stage\('([^']+)'\)|(post) \{|(?:sh |script: )(?:'''([^']*)'''|'([^']*)'))");
    std::vector<RecipeJob> jobs;
    std::string stage;
    for (std::sregex_iterator match(jenkinsfile.begin(), jenkinsfile.end(), pattern), end;
         match != end; ++match) {
        if ((*match)[1].matched || (*match)[2].matched) {
            stage = (*match)[(*match)[1].matched ? 1 : 2].str();
        } else {
            add_block(jobs, stage, {stage, (*match)[3].str() + (*match)[4].str(), {}, {}});
        }
    }
    return jobs;
}

std::vector<RecipeJob> recipe_jobs(const std::string& file) {
    if (file.starts_with("Jenkinsfile")) {
        return jenkins_jobs(recipe(file));
    }
    return file.starts_with("github") ? github_jobs(recipe_yaml(file))
                                      : gitlab_jobs(recipe_yaml(file));
}

} // namespace penstock::test
