#pragma once

#include "manifest/complaints.hpp"
#include "manifest/yaml.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace penstock::manifest {

/// Finds and reads the files of a project. Complains about each path that cannot be read; never
/// takes one for empty.
class Folder {
  public:
    Folder(std::filesystem::path root, std::size_t largest_file, Complaints& complaints);

    /// Adds a file, or all manifests below a folder, in the order of their names; what was added
    /// before is not added again. `listed_at` is where the user wrote the path, if he did.
    void add(const std::string& path, const Place* listed_at);

    /// Files found so far, relative to the root.
    [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

    /// The text of a file; null after a complaint.
    std::shared_ptr<Source> read(const std::string& file);

  private:
    void add_folder(const std::filesystem::path& folder);
    void add_file(const std::filesystem::path& file);
    [[nodiscard]] std::string shown(const std::filesystem::path& path) const;
    void complain(const std::string& path, const Place* listed_at, Complaint complaint);
    bool is_new(const std::filesystem::path& path);

    std::filesystem::path root_;
    std::size_t largest_file_;
    Complaints& complaints_;
    std::vector<std::string> files_;
    std::set<std::string> seen_; ///< canonical paths of files and folders
};

} // namespace penstock::manifest
