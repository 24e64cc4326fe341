#include "cli/operands.hpp"

#include "base/text.hpp"
#include "catalogue/catalogue.hpp"
#include "cli/plan_file.hpp"
#include "cli/selection.hpp"
#include "manifest/files.hpp"
#include "manifest/load.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace penstock::cli {

namespace {

namespace fs = std::filesystem;

bool is_yaml(const fs::path& path) {
    return path.extension() == ".yaml" || path.extension() == ".yml";
}

bool may_be_manifest(const fs::path& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    return fs::is_directory(status) || (fs::is_regular_file(status) && is_yaml(path));
}

/// What is wrong with an operand that nothing of the project comes from; nothing if something does,
/// or may do.
std::optional<Error> fault_of(const std::string& operand, const Arguments& arguments) {
    Error neither{
        ErrorKind::invalid_input,
        fmt::format("{} is neither a manifest of the project nor a saved plan", printable(operand)),
        "`penstock plan --out FILE` saves a plan",
        {}};
    const auto folder = fs::path(arguments.folder);
    std::error_code error;
    auto loaded = manifest::load(arguments.folder, catalogue::Catalogue::embedded());
    if (loaded.manifests) {
        const auto selection = select(std::move(*loaded.manifests), {{operand}, {}, {}});
        if (selection) {
            return std::nullopt;
        }
        neither.hint = selection.error().hint;
        return is_yaml(operand) ? selection.error() : neither;
    }
    if (fs::exists(folder / operand, error) && fs::exists(folder / manifest::project_file, error)) {
        return std::nullopt;
    }
    return neither;
}

} // namespace

Result<void> check_apply_operands(const Arguments& arguments) {
    for (const auto& operand : arguments.operands) {
        if (is_plan_file(arguments, operand) ||
            may_be_manifest(fs::path(arguments.folder) / operand)) {
            continue;
        }
        if (auto fault = fault_of(operand, arguments)) {
            return fail(std::move(*fault));
        }
    }
    return {};
}

} // namespace penstock::cli
