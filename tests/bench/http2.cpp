#include "bench/http2.hpp"

#include "bench/project.hpp"
#include "bench/self.hpp"
#include "support/files.hpp"
#include "support/fronts.hpp"
#include "support/process.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

namespace penstock::bench {

namespace {

/// One front and the runs through it.
class Round {
  public:
    Round(const Sandbox& sandbox, const test::PrivateCa& ca, const std::string& upstream,
          bool http2)
        : sandbox_(sandbox), front_(ca.issue("localhost"), upstream, {http2}),
          certificate_(ca.certificate().string()), protocol_(http2 ? "HTTP/2.0" : "HTTP/1.1"),
          variables_(variables_for(front_.url(), all_variables())) {}

    void run() {
        tool.add(run_penstock({"-C", sandbox_.project().string(), "--ca-file", certificate_, "plan",
                               "--detailed-exitcode"},
                              variables_, 0));
        std::istringstream lines(front_.log().substr(read_));
        std::set<std::string> seen;
        std::size_t count = 0;
        for (std::string line; std::getline(lines, line); ++count) {
            if (line.rfind(protocol_, 0) != 0) {
                throw std::runtime_error("not " + protocol_ + ": " + line);
            }
            seen.insert(line.substr(line.rfind(' ') + 1));
        }
        read_ = front_.log().size();
        connections.values.push_back(static_cast<double>(seen.size()));
        requests.values.push_back(static_cast<double>(count));
    }

    Runs tool;
    Series connections;
    Series requests;

  private:
    const Sandbox& sandbox_;
    test::TlsFront front_;
    std::string certificate_;
    std::string protocol_;
    std::map<std::string, std::string> variables_;
    std::size_t read_ = 0; ///< bytes of the front's log
};

} // namespace

Part measure_http2(const Sandbox& sandbox, std::size_t runs) {
    constexpr int latency = 20;
    Part part{"http2",
              fmt::format("an unchanged plan of {} exports at {} ms through nginx with TLS; bound: "
                          "the same with HTTP/1.1",
                          sandbox.exports, latency),
              {},
              sandbox.exports};
    const test::PrivateCa ca;
    const test::EmulatorProcess emulator({"--from", sandbox.state().string(), "--latency-ms",
                                          std::to_string(latency), "--patch-duration-ms", "0"});
    Round two(sandbox, ca, emulator.url(), true);
    Round one(sandbox, ca, emulator.url(), false);
    for (std::size_t i = 0; i < runs; ++i) {
        two.run();
        one.run();
    }
    part.figures = {
        {"wall", "s", two.tool.wall, Kind::machine, one.tool.wall},
        {"processor", "s", two.tool.cpu, Kind::ratio, one.tool.cpu},
        {"requests", "requests", two.requests, Kind::count, one.requests},
        {"connections", "connections", two.connections, Kind::count, one.connections, 1.0},
    };
    return part;
}

} // namespace penstock::bench
