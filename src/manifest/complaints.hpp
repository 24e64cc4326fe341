#pragma once

#include "base/diagnostic.hpp"
#include "manifest/source.hpp"

#include <memory>
#include <string>
#include <vector>

namespace penstock::manifest {

/// A place in a file that is still open.
struct Place {
    std::shared_ptr<const Source> source;
    Span span;
};

/// A complaint before its line is cut out of the file.
struct Complaint {
    std::string code;
    std::string message;
    std::string suggestion = {};
    Severity severity = Severity::error;
};

/// Collects diagnostics. Their source lines are filled in at the end, when all secrets that stand
/// in the files are known and hidden.
class Complaints {
  public:
    void add(const Place& place, Complaint complaint);
    void add(const Place& place, Complaint complaint, const Place& other,
             std::string other_message);
    /// About a file as a whole.
    void add(const std::string& file, Complaint complaint);

    /// How many of them are errors so far.
    [[nodiscard]] std::size_t errors() const { return errors_; }
    void append(Complaints other);

    /// Everything, sorted by file, line and column.
    [[nodiscard]] std::vector<Diagnostic> take();

  private:
    struct Pending {
        Place place;
        Diagnostic diagnostic;
    };
    void push(Place place, Diagnostic diagnostic);

    std::vector<Pending> pending_;
    std::size_t errors_ = 0;
};

} // namespace penstock::manifest
