#pragma once

#include "support/files.hpp"
#include "support/process.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {

/// One of the secrets that Examples sets.
inline constexpr std::string_view examples_secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// The project of manifests/ in a folder of its own with everything that its secrets refer to, and
/// the program `penstock` to run on it.
class Examples {
  public:
    /// `url` is where the platform and its token endpoint are.
    explicit Examples(const std::string& url);

    /// `penstock -C manifests words...`
    Finished operator()(const std::vector<std::string>& words) const;
    /// The same, not yet started.
    [[nodiscard]] Command command(const std::vector<std::string>& words) const;

    // NOLINTNEXTLINE(misc-non-private-member-variables-in-classes): a test sets its scene
    std::map<std::string, std::string> environment;

  private:
    TemporaryFolder folder_;
};

} // namespace penstock::test
