#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace penstock::bench {

/// What the runs of one thing came to, in their order.
struct Series {
    std::vector<double> values;

    [[nodiscard]] double median() const;
    [[nodiscard]] double lowest() const;
    [[nodiscard]] double highest() const;
};

/// What a figure tells on another machine.
enum class Kind {
    machine, ///< nothing: wall times and memory, and the ratio of wall times, since a bound of one
             ///< thread gains nothing from more cores and a network is no faster on any
    ratio,   ///< its ratio to its bound, and no more: processor times
    count,   ///< the same: requests, bytes, pages
};

/// One thing that was measured, beside its bound and its targets.
struct Figure {
    std::string name;
    std::string unit; ///< `s`, `MiB`, or what is counted
    Series value;
    Kind kind = Kind::machine;
    std::optional<Series> bound = {}; ///< from the same run, in the same unit
    std::optional<double> most = {};  ///< that the value may be
    std::optional<double> most_times_bound = {};

    /// Run by run where there are as many of both, so that what slows the machine down for a while
    /// slows both down.
    [[nodiscard]] std::optional<Series> ratio() const;
    /// Whether it keeps to its targets; nothing if it has none.
    [[nodiscard]] std::optional<bool> on_target() const;
};

/// Figures that belong together.
struct Part {
    std::string name;  ///< of `--only`
    std::string about; ///< what was measured against what
    std::vector<Figure> figures;
    std::size_t exports = 0; ///< of the project; 0 where the names of the figures tell
};

/// The parts as aligned tables, and what their figures depend on.
std::string tables(const std::vector<Part>& parts);

/// The same as one JSON document.
void write_json(const std::vector<Part>& parts, const std::filesystem::path& file);

} // namespace penstock::bench
