#pragma once

#include "cli/host.hpp"
#include "emulator/platform.hpp"
#include "http/message.hpp"
#include "secrets/reference.hpp"
#include "support/files.hpp"
#include "support/leaks.hpp"
#include "support/manual_clock.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {

/// What one command came to.
struct CommandResult {
    int code = 0;
    std::string out;
    std::string err;
    std::vector<std::string> requests; ///< `POST /data/...`, in the order of their arrival
};

/// A project in a temporary folder, an emulated sandbox, and a way to run whole commands on them in
/// this process. What a command prints as JSON has to fit its schema. Each run throws Leak if it
/// told a secret that it was given: on its streams, in a file of the project that it wrote, or in a
/// request.
class CommandLine {
  public:
    CommandLine();

    /// `penstock -C <the project> words...`
    CommandResult operator()(std::vector<std::string> words);
    /// As it is, without -C.
    CommandResult bare(const std::vector<std::string>& words);
    /// What a run is given to keep to itself.
    [[nodiscard]] Confidences confidences() const;

    /// Writes a file of the project.
    void write(const std::string& path, std::string_view text);
    void remove(const std::string& path);
    /// All bytes of a file of the project.
    [[nodiscard]] std::string read(const std::string& path) const;
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

    // NOLINTBEGIN(misc-non-private-member-variables-in-classes): a test sets its scene
    std::map<std::string, std::string> variables; ///< secrets, but for those with open names
    std::vector<std::string> told;                ///< secrets that commands of the manifests print
    bool terminal = false;                        ///< all three streams are one
    std::vector<std::string> answers;             ///< lines of standard input
    int signal = 0;
    std::function<int()> signal_now;                     ///< instead of `signal`, if set
    std::function<void(std::size_t request)> on_request; ///< told before each is sent
    std::function<void(const http::Request&)> sends;     ///< told the same
    cli::SelectiveReads selective = cli::SelectiveReads::if_cheaper;
    std::string faults; ///< rules of a fault file, for every run

    ManualClock clock;
    emulator::Platform platform;
    // NOLINTEND(misc-non-private-member-variables-in-classes)

  private:
    void add_reference(Confidences& all, const secrets::SecretReference& reference) const;

    TemporaryFolder folder_;
};

} // namespace penstock::test
