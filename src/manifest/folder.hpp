#pragma once

#include "manifest/files.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace penstock::manifest {

/// The files of a project in a folder. Complains about each path that cannot be read; never takes
/// one for empty.
class Folder final : public Files {
  public:
    Folder(std::string name, std::size_t largest_file);

    bool add_project_file(Complaints& complaints) override;
    /// Of a folder, the manifests are added in the order of their names; what was added before is
    /// not added again.
    void add(const std::string& path, const Place* listed_at, Complaints& complaints) override;
    [[nodiscard]] const std::vector<std::string>& files() const override { return files_; }
    std::shared_ptr<Source> read(const std::string& file, Complaints& complaints) const override;

  private:
    void add_folder(const std::filesystem::path& folder, Complaints& complaints);
    void add_file(const std::filesystem::path& file);
    [[nodiscard]] std::string shown(const std::filesystem::path& path) const;
    bool is_new(const std::filesystem::path& path);

    std::string name_; ///< as the user wrote it
    std::filesystem::path root_;
    std::size_t largest_file_;
    std::vector<std::string> files_;
    std::set<std::string> seen_; ///< canonical paths of files and folders
};

} // namespace penstock::manifest
