#include "bench/figures.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"
#include "bench/machine.hpp"
#include "cli/outcome.hpp"
#include "json/text.hpp"
#include "support/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace penstock::bench {

namespace {

using json::Array;
using json::Object;
using json::Value;

constexpr std::size_t columns = 8;
using Row = std::array<std::string, columns>;

std::string_view word(Kind kind) {
    switch (kind) {
    case Kind::count:
        return "count";
    case Kind::ratio:
        return "ratio";
    case Kind::machine:
        break;
    }
    return "machine";
}

std::string number(double value, const std::string& unit) {
    if (unit == "s") {
        return fmt::format("{:.3f}", value);
    }
    return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.1f}", value);
}

std::string spread(const Series& series, const std::string& unit) {
    const auto low = number(series.lowest(), unit);
    const auto high = number(series.highest(), unit);
    return low == high ? "" : fmt::format("{}..{}", low, high);
}

std::string targets(const Figure& figure) {
    std::string text;
    if (figure.most) {
        text = fmt::format("<= {:g} {}", *figure.most, figure.unit);
    }
    if (figure.most_times_bound) {
        text += fmt::format("{}<= {:g} x", text.empty() ? "" : ", ", *figure.most_times_bound);
    }
    return text;
}

Row row_of(const Figure& figure) {
    const auto ratio = figure.ratio();
    const auto held = figure.on_target();
    return {figure.name,
            number(figure.value.median(), figure.unit) + " " + figure.unit,
            spread(figure.value, figure.unit),
            figure.bound ? number(figure.bound->median(), figure.unit) : "",
            ratio ? fmt::format("{:.2f}", ratio->median()) : "",
            std::string(word(figure.kind)),
            targets(figure),
            held ? (*held ? "ok" : "over") : ""};
}

std::string aligned(const std::vector<Row>& rows) {
    std::array<std::size_t, columns> widths{};
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < columns; ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line = "  ";
        for (std::size_t i = 0; i < columns; ++i) {
            // Words and targets are read from the left, numbers from the right.
            const bool left = i == 0 || i + 3 >= columns;
            line += left ? fmt::format("{:<{}}", row[i], widths[i])
                         : fmt::format("{:>{}}", row[i], widths[i]);
            line += "  ";
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

Value figure_json(const Part& part, const std::string& name, const Series& series,
                  const std::string& unit, std::string_view kind) {
    Object figure{{"part", part.name},
                  {"name", name},
                  {"unit", unit},
                  {"kind", kind},
                  {"value", series.median()},
                  {"min", series.lowest()},
                  {"max", series.highest()},
                  {"runs", static_cast<std::int64_t>(series.values.size())}};
    if (part.exports != 0) {
        figure["exports"] = static_cast<std::int64_t>(part.exports);
    }
    return figure;
}

void add_json(const Part& part, const Figure& figure, Array& figures) {
    // A processor time itself is one of this machine.
    const auto kind = word(figure.kind == Kind::ratio ? Kind::machine : figure.kind);
    auto value = figure_json(part, figure.name, figure.value, figure.unit, kind);
    if (figure.most) {
        value.make_object()["target"] = *figure.most;
        value.make_object()["ok"] = figure.value.median() <= *figure.most;
    }
    figures.push_back(std::move(value));
    if (!figure.bound) {
        return;
    }
    figures.push_back(figure_json(part, figure.name + ", bound", *figure.bound, figure.unit, kind));
    const auto times = figure.ratio();
    auto ratio = figure_json(part, figure.name + ", ratio", *times, "x", word(figure.kind));
    if (figure.most_times_bound) {
        ratio.make_object()["target"] = *figure.most_times_bound;
        ratio.make_object()["ok"] = times->median() <= *figure.most_times_bound;
    }
    figures.push_back(std::move(ratio));
}

} // namespace

double Series::median() const {
    auto sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const auto middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double Series::lowest() const {
    return *std::min_element(values.begin(), values.end());
}

double Series::highest() const {
    return *std::max_element(values.begin(), values.end());
}

std::optional<Series> Figure::ratio() const {
    if (!bound) {
        return std::nullopt;
    }
    Series ratios;
    if (bound->values.size() != value.values.size()) {
        ratios.values = {value.median() / bound->median()};
        return ratios;
    }
    for (std::size_t i = 0; i < value.values.size(); ++i) {
        ratios.values.push_back(value.values[i] / bound->values[i]);
    }
    return ratios;
}

std::optional<bool> Figure::on_target() const {
    if (!most && !(most_times_bound && bound)) {
        return std::nullopt;
    }
    const bool small = !most || value.median() <= *most;
    const bool near = !most_times_bound || !bound || ratio()->median() <= *most_times_bound;
    return small && near;
}

std::string tables(const std::vector<Part>& parts) {
    std::string text;
    for (const auto& part : parts) {
        std::vector<Row> rows{
            {"figure", "value", "min..max", "bound", "ratio", "kind", "target", ""}};
        std::transform(part.figures.begin(), part.figures.end(), std::back_inserter(rows), row_of);
        text += fmt::format("{}: {}\n{}\n", part.name, part.about, aligned(rows));
    }
    text +=
        fmt::format("Values are medians. What holds on any machine: of kind count the value and "
                    "its ratio, of kind ratio\nthe ratio alone (of processor times), of kind "
                    "machine nothing: that is how it is on {}, {}.\n",
                    processor(), counted(processors(), "processor"));
    return text;
}

void write_json(const std::vector<Part>& parts, const std::filesystem::path& file) {
    Array figures;
    for (const auto& part : parts) {
        for (const auto& figure : part.figures) {
            add_json(part, figure, figures);
        }
    }
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(SystemClock().now().time_since_epoch());
    const Object document{{"penstock", cli::version()},
                          {"date", format_iso8601(now.count())},
                          {"processor", processor()},
                          {"processors", static_cast<std::int64_t>(processors())},
                          {"figures", std::move(figures)}};
    test::write_file(std::filesystem::absolute(file), json::write_pretty(document) + "\n");
}

} // namespace penstock::bench
