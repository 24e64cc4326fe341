#pragma once

#include "cli/arguments.hpp"
#include "cli/host.hpp"
#include "cli/outcome.hpp"
#include "cli/selection.hpp"
#include "manifest/stored_texts.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace penstock::cli {

/// The manifests that a command works on.
struct Project {
    Selection selection;
    std::size_t files = 0;
    std::vector<Diagnostic> warnings;
    std::vector<manifest::NamedText> texts; ///< of all files, penstock.yaml first
};

/// Whether a command tells hints, too.
enum class Hints { shown, left_out };

/// Reads and checks the manifests and chooses those that operands and flags choose. What is wrong
/// with them comes back as the command's outcome; warnings go to standard error.
tl::expected<Project, Outcome> open_project(const Arguments& arguments, const Host& host,
                                            Hints hints = Hints::left_out);

/// The same out of texts that were read before.
tl::expected<Project, Outcome> open_project(const Arguments& arguments, const Host& host,
                                            std::vector<manifest::NamedText> texts,
                                            const plan::Narrowing& narrowing);

} // namespace penstock::cli
