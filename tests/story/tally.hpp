#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::story {

/// What has to hold, whatever happens.
enum class Invariant {
    converges,
    second_plan_empty,
    equals_fresh,
    one_per_marker,
    foreign_untouched,
    links_hold,
    nothing_malformed,
    secrets_kept,
    flow_stays,
    replaced_as_planned,
    post_looked_up,
    patch_pinned,
    patched_once,
    interrupt_heeded,
    one_set,
    doubled_is_told,
};
inline constexpr std::size_t invariant_count = 16;

/// `second-plan-empty`
std::string_view name(Invariant invariant);
/// One line for a reader.
std::string_view meaning(Invariant invariant);

/// What happened in the stories of some seeds, in numbers.
struct Tally {
    std::size_t seeds = 0;
    std::size_t runs = 0;
    std::size_t requests = 0;
    std::size_t crashes = 0;
    std::size_t interrupts = 0;
    std::size_t git_edits = 0;
    std::size_t lags = 0;                             ///< faults that make a list lag
    std::map<std::string, std::size_t> faults;        ///< by kind
    std::map<std::string, std::size_t> foreign_edits; ///< by kind
    std::map<std::size_t, std::size_t> at_once;       ///< by the number of runs at one time
    std::array<std::size_t, invariant_count> checks{};
    std::array<std::size_t, invariant_count> violations{};

    void add(const Tally& other);
};

/// The numbers as lines of text.
std::string summary(const Tally& tally);

/// An invariant that did not hold, and what led to it.
struct Violation {
    Invariant invariant = Invariant::converges;
    std::uint64_t seed = 0;
    std::string what;
    std::vector<std::string> story; ///< so far, in words
};

std::string describe(const Violation& violation);

/// What one story tells of itself.
class Journal {
  public:
    explicit Journal(std::uint64_t seed) : seed_(seed) { tally.seeds = 1; }

    void tell(std::string line) { lines_.push_back(std::move(line)); }

    /// Counts a check. `what()` says what is wrong if it fails. The first violation of each
    /// invariant is kept: what comes after it in the same story are mostly its consequences.
    template <class What>
    bool check(Invariant invariant, bool holds, const What& what) {
        ++tally.checks[static_cast<std::size_t>(invariant)];
        if (!holds) {
            violate(invariant, what());
        }
        return holds;
    }

    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
    [[nodiscard]] bool is_sound() const { return violations_.empty(); }
    [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }

    Tally tally;

  private:
    void violate(Invariant invariant, std::string what);

    std::uint64_t seed_;
    std::vector<std::string> lines_;
    std::vector<Violation> violations_;
};

} // namespace penstock::story
