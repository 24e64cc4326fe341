#pragma once

#include "base/clock.hpp"
#include "emulator/platform.hpp"
#include "support/files.hpp"
#include "support/manual_clock.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::story {

/// A process of penstock that is to be started.
struct Process {
    std::vector<std::string> words;               ///< behind `penstock -C <the project>`
    std::map<std::string, std::string> variables; ///< besides those of the fleet
    Milliseconds starts_in{0};
    std::optional<std::size_t> kill_after;      ///< requests
    std::optional<std::size_t> interrupt_after; ///< requests
};

/// What became of it; only `written` says anything of one that was killed.
struct Ended {
    bool killed = false;
    int code = 0;
    std::string out;
    std::string err;
    std::set<std::string> written; ///< addresses of the entities that it made, changed or deleted
    Milliseconds time{0};          ///< that it took
};

/// A project in a temporary folder and an emulated sandbox, which whole commands work on at the
/// same time: each in a thread with a transport of its own, interleaved as the seed has it.
class Fleet {
  public:
    explicit Fleet(std::uint64_t seed, emulator::Settings settings = {});

    /// Writes a file of the project.
    void write(const std::string& path, std::string_view text);
    void remove(const std::string& path);

    Ended run(const std::vector<std::string>& words);
    std::vector<Ended> run_at_once(const std::vector<Process>& processes);
    /// `command --shard I/N` for each I, each started a little later than the one before. The first
    /// `killed` of them are killed after a few requests.
    std::vector<Ended> run_shards(std::size_t count, const std::vector<std::string>& command,
                                  std::size_t killed = 0);

    // NOLINTBEGIN(misc-non-private-member-variables-in-classes): a test sets its scene
    std::map<std::string, std::string> variables;
    test::ManualClock clock;
    emulator::Platform platform;
    // NOLINTEND(misc-non-private-member-variables-in-classes)

  private:
    class Running;

    std::uint64_t seed_;
    std::uint64_t runs_ = 0;
    test::TemporaryFolder folder_;
};

} // namespace penstock::story
