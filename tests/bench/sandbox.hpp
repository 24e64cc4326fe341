#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <filesystem>

namespace penstock::bench {

/// Where one size of project is kept with all that runs on it need. Making it takes much longer
/// than most runs, so it stays for the next time.
struct Sandbox {
    std::filesystem::path folder;
    std::size_t exports = 0;

    /// The manifests, as they were applied and with one export of a hundred changed.
    [[nodiscard]] std::filesystem::path project() const { return folder / "project"; }
    [[nodiscard]] std::filesystem::path changed() const { return folder / "changed"; }
    /// The emulator's state after the apply.
    [[nodiscard]] std::filesystem::path state() const { return folder / "state.json"; }
    /// What the service answers to a plan of the project, of the changed one, and of the project in
    /// an empty sandbox.
    [[nodiscard]] std::filesystem::path unchanged_answers() const { return folder / "unchanged"; }
    [[nodiscard]] std::filesystem::path changed_answers() const { return folder / "edited"; }
    [[nodiscard]] std::filesystem::path create_answers() const { return folder / "create"; }
    /// How many `entities` of each collection and `mappingSets` the emulator's state holds, and
    /// under `specs` how many of each collection have which connection spec or flow spec.
    [[nodiscard]] std::filesystem::path survey() const { return folder / "entities.json"; }
};

/// Makes what is missing: writes the manifests, applies them to an emulated sandbox in this process
/// unless the state of such a sandbox is kept, and keeps the answers to three plans. Takes much
/// memory. Throws if a command does not end as it has to; a kept state on which the plan is not
/// empty is made anew. `start` is the sandbox's time.
void prepare(const Sandbox& sandbox, UtcTime start);

/// The sandbox of that size below `root`, prepared in a process of its own: the memory that a
/// process has ever had counts for each that it starts. With `reuse` what is there is taken as it
/// is.
Sandbox prepared(const std::filesystem::path& root, std::size_t exports, bool reuse);

} // namespace penstock::bench
