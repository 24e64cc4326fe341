#pragma once

#include "manifest/load.hpp"

#include <filesystem>
#include <string_view>

namespace penstock::fuzz {

inline constexpr const char* project_file = "penstock.yaml";
inline constexpr const char* manifest_file = "exports/manifest.yaml";

/// A project of two files in a folder of this process, which goes away when the process ends.
class ProjectFolder {
  public:
    ProjectFolder();
    ~ProjectFolder();
    ProjectFolder(const ProjectFolder&) = delete;
    ProjectFolder& operator=(const ProjectFolder&) = delete;

    /// Rewrites both files and reads the project with the destinations that are compiled in.
    [[nodiscard]] manifest::LoadResult load(std::string_view project, std::string_view manifest);

  private:
    std::filesystem::path path_;
};

/// A sound `penstock.yaml` of the project "acme", whose manifests are in `exports`.
std::string_view sound_project();

/// Accounts and exports of every kind that read without an error under sound_project().
std::string_view sound_manifest();

} // namespace penstock::fuzz
