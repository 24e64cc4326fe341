#pragma once

#include "manifest/files.hpp"

#include <string>
#include <vector>

namespace penstock::manifest {

/// A file of a project with its text.
struct NamedText {
    std::string file;
    std::string text;
};

/// The files of a project as they were once read, held in memory.
class StoredTexts final : public Files {
  public:
    /// penstock.yaml comes first; the others in the order in which they were read.
    StoredTexts(std::vector<NamedText> texts, std::size_t largest_file);

    bool add_project_file(Complaints& complaints) override;
    /// Adds all of them, whatever the path: which files there are was found out when they were
    /// read.
    void add(const std::string& path, const Place* listed_at, Complaints& complaints) override;
    [[nodiscard]] const std::vector<std::string>& files() const override { return files_; }
    std::shared_ptr<Source> read(const std::string& file, Complaints& complaints) const override;

  private:
    std::vector<NamedText> texts_;
    std::size_t largest_file_;
    std::vector<std::string> files_;
};

} // namespace penstock::manifest
