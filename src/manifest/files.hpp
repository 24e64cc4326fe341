#pragma once

#include "manifest/complaints.hpp"

#include <memory>
#include <string>
#include <vector>

namespace penstock::manifest {

inline constexpr const char* project_file = "penstock.yaml";

/// The files of a project, wherever they are kept. Names are relative to the project's folder.
class Files {
  public:
    Files() = default;
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;
    virtual ~Files() = default;

    /// Makes penstock.yaml the first of files(); false after a complaint.
    virtual bool add_project_file(Complaints& complaints) = 0;
    /// Adds a file or all manifests below a folder. `listed_at` is where the user wrote the path,
    /// if he did.
    virtual void add(const std::string& path, const Place* listed_at, Complaints& complaints) = 0;
    /// What was added so far.
    [[nodiscard]] virtual const std::vector<std::string>& files() const = 0;
    /// The text of a file; null after a complaint. May be called by several threads at once.
    [[nodiscard]] virtual std::shared_ptr<Source> read(const std::string& file,
                                                       Complaints& complaints) const = 0;
};

} // namespace penstock::manifest
