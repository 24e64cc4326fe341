#pragma once

#include "base/result.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "cli/planning.hpp"
#include "cli/project.hpp"
#include "plan/saved.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace penstock::cli {

/// True if an operand names a saved plan: a `.json` file, or one that begins with `{` and is no
/// YAML file. Paths count from the project's folder.
bool is_plan_file(const Arguments& arguments, const std::string& operand);

/// What the file is to hold for `apply` to make the same plan again. `allowed_deletes` is what
/// `--allow-deletes` says: whoever approves the file approves that, too.
plan::SavedPlan to_save(const Planned& planned, const Project& project,
                        std::optional<std::size_t> allowed_deletes, Context& context,
                        const Clock& clock);

/// Fails if a plan must not be written there: a folder, something that is no file, or a name by
/// which it would be read as a manifest.
Result<void> check_plan_path(const Arguments& arguments, const std::string& path);

/// Writes the file as a whole or not at all, readable for its owner only.
Result<void> write_plan_file(const Arguments& arguments, const std::string& path,
                             const plan::SavedPlan& saved);

Result<plan::SavedPlan> read_plan_file(const Arguments& arguments, const std::string& path);

/// Where a plan of this project and environment would be for.
plan::Origin origin_of(const manifest::Manifests& manifests, Context& context);

/// Refuses a plan for another project, environment, organization, sandbox or endpoint than the
/// penstock.yaml of the folder names. Where there is none, the plan stands for itself.
Result<void> check_project_here(const plan::SavedPlan& saved, const Arguments& arguments,
                                const Host& host, Context& context);

} // namespace penstock::cli
