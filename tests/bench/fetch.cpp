#include "bench/fetch.hpp"

#include "bench/loop.hpp"
#include "bench/requests.hpp"
#include "bench/self.hpp"
#include "json/text.hpp"
#include "support/files.hpp"
#include "support/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>

namespace penstock::bench {

namespace {

template <class Is>
Figure counted(const std::string& name, const std::string& unit, const Calls& calls, Is is) {
    const auto count = std::count_if(calls.begin(), calls.end(), is);
    return {name, unit, {{static_cast<double>(count)}}, Kind::count};
}

/// What the plan has asked for, beside what there was to ask for.
void add_requests(const Sandbox& sandbox, const Calls& calls, std::vector<Figure>& figures) {
    const auto survey = json::parse(test::read_file(sandbox.survey())).value();
    const auto is_mapping = [](const LoggedCall& call) {
        return call.path.find("/mappingSets/") != std::string::npos;
    };
    auto pages = counted("list pages", "requests", calls,
                         [](const auto& call) { return call.is_list_page(); });
    pages.bound = Series{{static_cast<double>(survey["pagesWithEntities"].as_integer())}};
    pages.most_times_bound = 1;
    figures.push_back(std::move(pages));
    auto fewest = counted("list pages, against the fewest that hold all", "requests", calls,
                          [](const auto& call) { return call.is_list_page(); });
    fewest.bound = Series{{static_cast<double>(survey["fewestPages"].as_integer())}};
    figures.push_back(std::move(fewest));
    auto sets = counted("mapping sets", "requests", calls, is_mapping);
    sets.bound = Series{{static_cast<double>(survey["entities"]["mappingSets"].as_integer())}};
    sets.most_times_bound = 1;
    figures.push_back(std::move(sets));
    figures.push_back(
        counted("tokens", "requests", calls, [](const auto& call) { return call.is_token(); }));
    figures.push_back(counted("all else", "requests", calls, [&](const auto& call) {
        return !call.is_token() && !call.is_list_page() && !is_mapping(call);
    }));
}

/// One latency: the tool and the loop in turn.
class Round {
  public:
    Round(const Sandbox& sandbox, int latency)
        : sandbox_(sandbox),
          emulator_({"--from", sandbox.state().string(), "--latency-ms", std::to_string(latency),
                     "--patch-duration-ms", "0", "--request-log", log_.file().string()}),
          variables_(variables_for(emulator_.url())) {
        variables_["PENSTOCK_BENCH_REQUESTS"] = requests_.string();
    }

    /// The emulator renders each page once and keeps it, so a first run would measure that.
    void warm_up() {
        run_penstock({"-C", sandbox_.project().string(), "plan", "--detailed-exitcode"}, variables_,
                     0);
        static_cast<void>(log_.next());
    }

    void run() {
        tool.add(run_penstock({"-C", sandbox_.project().string(), "plan", "--detailed-exitcode"},
                              variables_, 0));
        calls = log_.next();
        write_requests(calls, requests_);
        const auto bare = run_self({"loop"}, variables_, 0);
        loop.add(bare);
        bytes = json::parse(bare.out).value()["bytes"].as_integer();
        if (const auto sent = log_.next().size(); sent != calls.size()) {
            throw std::runtime_error(
                fmt::format("the bare loop sent {} requests, the plan {}", sent, calls.size()));
        }
    }

    Runs tool;
    Runs loop;
    Calls calls;            ///< of the last plan
    std::int64_t bytes = 0; ///< that the last loop received

  private:
    const Sandbox& sandbox_;
    test::TemporaryFolder folder_;
    std::filesystem::path requests_ = folder_.path() / "requests.json";
    RequestLog log_{folder_.path() / "requests.ndjson"};
    test::EmulatorProcess emulator_;
    std::map<std::string, std::string> variables_;
};

} // namespace

Part measure_fetch(const Sandbox& sandbox, const std::vector<int>& latencies, std::size_t runs) {
    Part part{"fetch",
              fmt::format("an unchanged plan of {} exports over loopback; bound: a bare libcurl "
                          "loop that gets the same pages",
                          sandbox.exports),
              {},
              sandbox.exports};
    auto& figures = part.figures;
    for (const int latency : latencies) {
        Round round(sandbox, latency);
        if (latency == 0) {
            round.warm_up();
        }
        for (std::size_t i = 0; i < runs; ++i) {
            round.run();
        }
        const auto at = fmt::format(" at {} ms", latency);
        figures.push_back(
            {"wall" + at, "s", round.tool.wall, Kind::machine, round.loop.wall, {}, 1.2});
        figures.push_back({"processor" + at, "s", round.tool.cpu});
        figures.push_back({"peak memory" + at, "MiB", round.tool.memory});
        if (latency == latencies.back()) {
            add_requests(sandbox, round.calls, figures);
            figures.push_back({"received",
                               "MiB",
                               {{static_cast<double>(round.bytes) / 1024 / 1024}},
                               Kind::count});
        }
    }
    return part;
}

} // namespace penstock::bench
