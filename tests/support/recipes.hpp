#pragma once

#include "json/value.hpp"

#include <map>
#include <string>
#include <vector>

namespace penstock::test {

/// What a step of a pipeline hands to a shell.
struct ShellBlock {
    std::string name; ///< of the step, the job or the stage
    std::string script;
    std::map<std::string, std::string> variables; ///< as the recipe has them, with expressions
    std::string condition;                        ///< GitHub's `if`; empty: nothing failed before
};

/// A job or stage, and its steps in order.
struct RecipeJob {
    std::string name;
    std::vector<ShellBlock> blocks;
    /// Files that the platform takes from it afterwards: artifacts and reports.
    std::vector<std::string> kept;
};

/// The text of a file of tools/recipes.
std::string recipe(const std::string& file);

/// The one document of a YAML file there; fails the test if it cannot be read.
json::Value recipe_yaml(const std::string& file);

/// Each `run` of a workflow of GitHub Actions.
std::vector<RecipeJob> github_jobs(const json::Value& workflow);

/// Each `script` of a GitLab pipeline, behind the `before_script` of what the job extends: one
/// shell runs both.
std::vector<RecipeJob> gitlab_jobs(const json::Value& pipeline);

/// Each `sh` of a declarative Jenkinsfile, by stage; those of `post` stand under "post".
std::vector<RecipeJob> jenkins_jobs(const std::string& jenkinsfile);

/// All blocks of a recipe, whichever platform it is for.
std::vector<RecipeJob> recipe_jobs(const std::string& file);

} // namespace penstock::test
