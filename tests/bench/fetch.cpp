#include "bench/fetch.hpp"

#include "bench/loop.hpp"
#include "bench/project.hpp"
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
Figure counted(const std::string& name, const Calls& calls, Is is) {
    const auto count = std::count_if(calls.begin(), calls.end(), is);
    return {name, "requests", {{static_cast<double>(count)}}, Kind::count};
}

Figure at_most(Figure figure, std::size_t bound) {
    figure.bound = Series{{static_cast<double>(bound)}};
    figure.most_times_bound = 1;
    return figure;
}

/// What the plan has asked for, beside what there was to ask for.
void add_requests(const Sandbox& sandbox, const Calls& calls, std::vector<Figure>& figures) {
    const auto survey = json::parse(test::read_file(sandbox.survey())).value();
    const auto is_page = [](const LoggedCall& call) { return call.is_list_page(); };
    const auto is_set_page = [](const LoggedCall& call) { return call.is_mapping_set_page(); };
    const auto is_token = [](const LoggedCall& call) { return call.is_token(); };
    const auto sets = survey["entities"]["mappingSets"].as_integer();
    figures.push_back(at_most(counted("requests, against the fewest that read all", calls,
                                      [](const auto& /*call*/) { return true; }),
                              fewest_requests(survey)));
    figures.push_back(at_most(counted("list pages, against those with entities", calls, is_page),
                              pages_with_entities(calls, survey)));
    figures.push_back(at_most(counted("mapping set pages", calls, is_set_page),
                              pages_of(static_cast<std::size_t>(sets))));
    figures.push_back(counted("tokens", calls, is_token));
    figures.push_back(counted("all else", calls, [&](const auto& call) {
        return !is_page(call) && !is_set_page(call) && !is_token(call);
    }));
}

/// One latency: the tool and the loop in turn.
class Round {
  public:
    Round(const Sandbox& sandbox, int latency)
        : sandbox_(sandbox),
          emulator_({"--from", sandbox.state().string(), "--latency-ms", std::to_string(latency),
                     "--patch-duration-ms", "0", "--request-log", log_.file().string()}),
          variables_(variables_for(emulator_.url(), client_variables())) {
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
        tool_reading.values.push_back(reading_seconds(calls));
        write_requests(calls, requests_);
        const auto bare = run_self({"loop"}, variables_, 0);
        loop.add(bare);
        bytes = json::parse(bare.out).value()["bytes"].as_integer();
        const auto sent = log_.next();
        if (sent.size() != calls.size()) {
            throw std::runtime_error(fmt::format("the bare loop sent {} requests, the plan {}",
                                                 sent.size(), calls.size()));
        }
        loop_reading.values.push_back(reading_seconds(sent));
    }

    Runs tool;
    Runs loop;
    Series tool_reading; ///< seconds
    Series loop_reading;
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
        figures.push_back(
            {"reading" + at, "s", round.tool_reading, Kind::machine, round.loop_reading, {}, 1.2});
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
