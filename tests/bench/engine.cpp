#include "bench/engine.hpp"

#include "bench/project.hpp"
#include "bench/self.hpp"
#include "support/process.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace penstock::bench {

namespace {

using test::Finished;

/// One command, what it reads, and how it has to end.
struct Scenario {
    std::string name;
    std::string command;
    std::filesystem::path project;
    std::filesystem::path answers; ///< empty: it asks nothing
    int exit_code = 0;
    bool secrets = true; ///< of the destinations are there
    double most_seconds = 0;
    double most_mebibytes = 0;
};

Finished run_tool(const Scenario& scenario) {
    std::vector<std::string> words{"engine", "-C", scenario.project.string(), scenario.command};
    if (scenario.command == "plan") {
        words.emplace_back("--detailed-exitcode");
    }
    auto variables = scenario.secrets ? all_variables() : client_variables();
    variables["PENSTOCK_BENCH_ANSWERS"] = scenario.answers.string();
    return run_self(words, variables, scenario.exit_code);
}

Finished run_bound(const Scenario& scenario, const std::string& how) {
    return run_self({"bound", how, scenario.project.string()},
                    {{"PENSTOCK_BENCH_ANSWERS", scenario.answers.string()}}, 0);
}

std::optional<double> target(double most) {
    return most > 0 ? std::optional(most) : std::nullopt;
}

void measure(const Scenario& scenario, std::size_t runs, std::vector<Figure>& figures) {
    constexpr double most_times = 1.5;
    Runs tool;
    Runs bound;
    Runs documents;
    for (std::size_t i = 0; i < runs; ++i) {
        tool.add(run_tool(scenario));
        bound.add(run_bound(scenario, "events"));
        if (!scenario.answers.empty()) {
            documents.add(run_bound(scenario, "documents"));
        }
    }
    figures.push_back({scenario.name + ", wall", "s", tool.wall, Kind::machine, bound.wall,
                       target(scenario.most_seconds), most_times});
    figures.push_back(
        {scenario.name + ", processor", "s", tool.cpu, Kind::ratio, bound.cpu, {}, most_times});
    if (!scenario.answers.empty()) {
        figures.push_back({scenario.name + ", against rapidjson::Document", "s", tool.wall,
                           Kind::machine, documents.wall});
    }
    figures.push_back({scenario.name + ", peak memory",
                       "MiB",
                       tool.memory,
                       Kind::machine,
                       {},
                       target(scenario.most_mebibytes)});
}

} // namespace

Part measure_engine(const Sandbox& sandbox, std::size_t runs) {
    // The targets are for the largest project.
    const bool full = sandbox.exports >= 10'000;
    const std::vector<Scenario> scenarios{
        {"validate", "validate", sandbox.project(), {}, 0, true, full ? 1.5 : 0, 0},
        {"unchanged plan", "plan", sandbox.project(), sandbox.unchanged_answers(), 0, true,
         full ? 2.0 : 0, full ? 400.0 : 0},
        {"unchanged plan without credentials", "plan", sandbox.project(),
         sandbox.unchanged_answers(), 0, false, full ? 2.0 : 0, full ? 400.0 : 0},
        {"plan of 1 % changed", "plan", sandbox.changed(), sandbox.changed_answers(), 2, true},
        {"plan of all created", "plan", sandbox.project(), sandbox.create_answers(), 2, true},
    };
    Part part{"engine",
              fmt::format("{} exports, no network; bound: the same bytes once through yaml-cpp's "
                          "and RapidJSON's event parsers",
                          sandbox.exports),
              {},
              sandbox.exports};
    for (const auto& scenario : scenarios) {
        measure(scenario, runs, part.figures);
    }
    return part;
}

} // namespace penstock::bench
