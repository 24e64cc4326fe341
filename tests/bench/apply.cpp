#include "bench/apply.hpp"

#include "bench/loop.hpp"
#include "bench/project.hpp"
#include "bench/requests.hpp"
#include "bench/self.hpp"
#include "json/text.hpp"
#include "support/files.hpp"
#include "support/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>

namespace penstock::bench {

namespace {

/// Requests of a step that wait for one another: until its writes are answered, and behind them.
struct Cost {
    std::size_t write = 1;
    std::size_t read_back = 1;
};

Cost cost_of(const std::string& operation) {
    if (operation == "map") {
        return {4, 0};
    }
    if (operation == "fill") {
        return {2, 2};
    }
    if (operation == "delete") {
        return {1, 0};
    }
    return {};
}

/// The longest way through the steps of a plan, in requests. Each step comes behind those that it
/// waits for.
std::size_t longest_way(const json::Value& steps) {
    std::vector<std::size_t> written;
    std::size_t longest = 0;
    for (const auto& step : steps.as_array()) {
        const auto cost = cost_of(step["operation"].as_string());
        std::size_t begin = 0;
        for (const auto& before : step["after"].as_array()) {
            begin = std::max(begin,
                             written.at(static_cast<std::size_t>(before["step"].as_integer()) - 1));
        }
        written.push_back(begin + cost.write);
        longest = std::max(longest, written.back() + cost.read_back);
    }
    return longest;
}

std::size_t longest_list(Calls calls) {
    std::erase_if(calls, [](const auto& call) { return !call.is_list_page(); });
    const auto chains = chains_of(calls);
    return chains.empty() ? 0 : chains.front().size();
}

} // namespace

std::size_t critical_path(const json::Value& steps, const Calls& calls) {
    const auto is_write = [](const LoggedCall& call) { return call.is_write(); };
    const auto first = std::find_if(calls.begin(), calls.end(), is_write);
    const auto last = std::find_if(calls.rbegin(), calls.rend(), is_write).base();
    return 1 + longest_list({calls.begin(), first}) + longest_way(steps) +
           longest_list({last, calls.end()});
}

std::size_t least_requests(const json::Value& steps, const Shared& shared) {
    constexpr std::size_t token = 1;
    constexpr std::size_t empty_lists = 4;
    std::map<std::string, std::size_t> created;
    std::size_t requests = token + empty_lists;
    bool maps = false;
    for (const auto& step : steps.as_array()) {
        const auto& operation = step["operation"].as_string();
        const auto& address = step["address"].as_string();
        if (operation == "create") {
            ++created[address.substr(address.rfind('.') + 1)];
            requests += 2;
        } else if (operation == "map" || operation == "fill") {
            maps = true;
            requests += 3;
        } else {
            throw std::runtime_error("nobody knows what a step of this kind takes: " + operation);
        }
    }
    for (const auto& [kind, count] : created) {
        requests += pages_of(count);
    }
    return maps ? requests + shared.destinations + shared.column_sets + 2 : requests;
}

namespace {

/// Applies to one new sandbox after another.
class Round {
  public:
    Round(const std::filesystem::path& project, std::size_t exports, int latency)
        : project_(project), exports_(exports), latency_(latency) {}

    void run() {
        const test::TemporaryFolder folder;
        RequestLog log(folder.path() / "requests.ndjson");
        const test::EmulatorProcess emulator({"--latency-ms", std::to_string(latency_),
                                              "--patch-duration-ms", "0", "--request-log",
                                              log.file().string()});
        const auto variables = variables_for(emulator.url(), all_variables());
        const auto planned =
            run_penstock({"-C", project_.string(), "plan", "--json"}, variables, 0);
        static_cast<void>(log.next());
        tool.add(run_penstock({"-C", project_.string(), "apply", "--auto-approve"}, variables, 0));
        const auto calls = log.next();
        const auto steps = json::parse(planned.out).value()["steps"];
        const auto path = critical_path(steps, calls);
        const auto seconds = static_cast<double>(latency_) / 1000;
        const auto at_once = static_cast<double>(calls.size()) / usual_parallelism;
        requests.values.push_back(static_cast<double>(calls.size()));
        least.values.push_back(static_cast<double>(
            least_requests(steps, {segment_destinations_of(exports_), column_sets_of(exports_)})));
        critical.values.push_back(static_cast<double>(path));
        bound.values.push_back(std::max(static_cast<double>(path), at_once) * seconds);
    }

    Runs tool;
    Series requests;
    Series least;    ///< that the steps take
    Series critical; ///< requests on the critical path
    Series bound;    ///< seconds

  private:
    std::filesystem::path project_;
    std::size_t exports_;
    int latency_;
};

} // namespace

Part measure_apply(const std::vector<std::size_t>& exports, const std::vector<int>& latencies,
                   std::size_t runs) {
    Part part{"apply",
              fmt::format("new exports over loopback; bound: max(critical path x latency, requests "
                          "sent x latency / {});\nof the requests: the fewest that carry out the "
                          "plan's steps",
                          usual_parallelism),
              {}};
    const test::TemporaryFolder folder;
    for (const auto count : exports) {
        const auto project = folder.path() / std::to_string(count);
        write_project(project, count, Edition::first);
        for (const int latency : latencies) {
            Round round(project, count, latency);
            for (std::size_t i = 0; i < runs; ++i) {
                round.run();
            }
            const auto what = fmt::format("{} exports at {} ms", count, latency);
            part.figures.push_back(
                {what + ", wall", "s", round.tool.wall, Kind::machine, round.bound, {}, 1.15});
            part.figures.push_back({what + ", processor", "s", round.tool.cpu});
            part.figures.push_back({what + ", peak memory", "MiB", round.tool.memory});
            part.figures.push_back(
                {what + ", requests", "requests", round.requests, Kind::count, round.least});
            part.figures.push_back(
                {what + ", critical path", "requests", round.critical, Kind::count});
        }
    }
    return part;
}

} // namespace penstock::bench
