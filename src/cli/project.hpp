#pragma once

#include "cli/arguments.hpp"
#include "cli/host.hpp"
#include "cli/outcome.hpp"
#include "cli/selection.hpp"

#include <tl/expected.hpp>

#include <cstddef>

namespace penstock::cli {

/// The manifests that a command works on.
struct Project {
    Selection selection;
    std::size_t files = 0;
    std::vector<Diagnostic> warnings;
};

/// Whether a command tells hints, too.
enum class Hints { shown, left_out };

/// Reads and checks the manifests and chooses those that the operands name. What is wrong with them
/// comes back as the command's outcome; warnings go to standard error.
tl::expected<Project, Outcome> open_project(const Arguments& arguments, const Host& host,
                                            Hints hints = Hints::left_out);

} // namespace penstock::cli
