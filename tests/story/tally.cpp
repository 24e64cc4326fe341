#include "story/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::story {

namespace {

struct Words {
    std::string_view name;
    std::string_view meaning;
};

constexpr std::array<Words, invariant_count> words{{
    {"converges", "once faults, crashes and edits cease, an apply does all that is to be done"},
    {"second-plan-empty", "after that there is nothing to do"},
    {"equals-fresh", "what is managed equals what the same manifests make of an empty sandbox"},
    {"one-per-marker", "no twin and no orphan: each marker stands once, and is wanted"},
    {"foreign-untouched", "nothing without our marker, or of another project, is changed"},
    {"links-hold", "no dataflow ever refers to a connection that is gone"},
    {"nothing-malformed", "no request is refused for its form"},
    {"secrets-kept", "no secret in a request outside of credentials, nor in any output"},
    {"flow-stays", "an export that stays wanted never lacks its dataflow"},
    {"replaced-as-planned", "no dataflow goes unless the plan says so"},
    {"post-looked-up", "no POST is sent again before it was looked for what the first one made"},
    {"patch-pinned", "every PATCH carries a version that its run has read"},
    {"patched-once", "a plan changes an entity by one PATCH"},
    {"interrupt-heeded", "an interrupted run starts nothing new"},
    {"one-set", "runs at once that nothing disturbs leave each marker once"},
    {"doubled-is-told", "where every run says that all is well, each export has one dataflow"},
}};

const Words& words_of(Invariant invariant) {
    return words[static_cast<std::size_t>(invariant)];
}

template <class Counts>
void add_all(Counts& to, const Counts& from) {
    for (const auto& [key, count] : from) {
        to[key] += count;
    }
}

template <class Counts>
std::string listed(const Counts& counts) {
    std::size_t total = 0;
    std::string text;
    for (const auto& [key, count] : counts) {
        total += count;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key, count);
    }
    return text.empty() ? "0" : fmt::format("{} ({})", total, text);
}

} // namespace

std::string_view name(Invariant invariant) {
    return words_of(invariant).name;
}

std::string_view meaning(Invariant invariant) {
    return words_of(invariant).meaning;
}

void Tally::add(const Tally& other) {
    seeds += other.seeds;
    runs += other.runs;
    requests += other.requests;
    crashes += other.crashes;
    interrupts += other.interrupts;
    git_edits += other.git_edits;
    add_all(faults, other.faults);
    add_all(foreign_edits, other.foreign_edits);
    add_all(at_once, other.at_once);
    for (std::size_t i = 0; i < invariant_count; ++i) {
        checks[i] += other.checks[i];
        violations[i] += other.violations[i];
    }
}

std::string summary(const Tally& tally) {
    std::string text;
    text += fmt::format("seeds            {}\n", tally.seeds);
    text += fmt::format("runs             {}\n", tally.runs);
    text += fmt::format("requests         {}\n", tally.requests);
    text += fmt::format("crashes          {}\n", tally.crashes);
    text += fmt::format("interrupts       {}\n", tally.interrupts);
    text += fmt::format("runs at once     {}\n", listed(tally.at_once));
    text += fmt::format("faults           {}\n", listed(tally.faults));
    text += fmt::format("edits in git     {}\n", tally.git_edits);
    text += fmt::format("edits by others  {}\n", listed(tally.foreign_edits));
    text += fmt::format("\n{:<20} {:>10} {:>10}\n", "invariant", "checks", "violations");
    for (std::size_t i = 0; i < invariant_count; ++i) {
        const auto& row = words.at(i);
        text += fmt::format("{:<20} {:>10} {:>10}  {}\n", row.name, tally.checks.at(i),
                            tally.violations.at(i), row.meaning);
    }
    return text;
}

std::string describe(const Violation& violation) {
    std::string text = fmt::format("seed {}: {} violated ({})\n", violation.seed,
                                   name(violation.invariant), meaning(violation.invariant));
    for (const auto& line : violation.story) {
        text += fmt::format("    {}\n", line);
    }
    text += fmt::format("  {}\n", violation.what);
    return text;
}

void Journal::violate(Invariant invariant, std::string what) {
    ++tally.violations[static_cast<std::size_t>(invariant)];
    const bool is_known =
        std::any_of(violations_.begin(), violations_.end(),
                    [&](const Violation& earlier) { return earlier.invariant == invariant; });
    if (!is_known) {
        violations_.push_back({invariant, seed_, std::move(what), lines_});
    }
}

} // namespace penstock::story
