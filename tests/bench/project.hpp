#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

namespace penstock::bench {

/// Grows with every change of what write_project() makes: what was kept of an older one is made
/// anew.
inline constexpr int project_version = 1;

/// What stands in git.
enum class Edition {
    first,
    changed, ///< one export of a hundred is another one than in the first
};

/// Writes a project of `exports` exports, half of datasets and half of segments, 50 to an account
/// and to a file, over the six storage destinations. Equal arguments make equal files.
void write_project(const std::filesystem::path& folder, std::size_t exports, Edition edition);

/// How many accounts such a project has.
std::size_t accounts_of(std::size_t exports);

/// How many destinations have exports of segments, and how many different sets of columns these
/// exports have.
std::size_t segment_destinations_of(std::size_t exports);
std::size_t column_sets_of(std::size_t exports);

/// The variables that the manifests' secrets come from: the client's secret alone, or those of the
/// destinations too.
std::map<std::string, std::string> client_variables();
std::map<std::string, std::string> all_variables();

} // namespace penstock::bench
