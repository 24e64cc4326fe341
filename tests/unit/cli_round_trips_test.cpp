#include "support/command_line.hpp"
#include "support/loyalty_manifest.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <string_view>

using namespace penstock;
using test::CommandLine;

namespace {

void write_exports(CommandLine& penstock, int exports) {
    for (int i = 0; i < exports; ++i) {
        const auto name = fmt::format("loyalty-{}", i);
        auto text = test::loyalty_manifest(name);
        constexpr std::string_view as_it_stands = "name: loyalty}";
        text.replace(text.find(as_it_stands), as_it_stands.size(), "name: " + name + "}");
        penstock.write("exports/" + name + ".yaml", text);
    }
}

/// When a plan sent each of these for the first time, all being asked for.
std::set<UtcTime> times_of(CommandLine& penstock, const std::set<std::string>& parts) {
    std::map<std::string, UtcTime> first;
    penstock.sends = [&](const http::Request& request) {
        for (const auto& part : parts) {
            if (request.url.find(part) != std::string::npos) {
                first.emplace(part, penstock.clock.now());
            }
        }
    };
    const auto result = penstock({"plan"});
    CHECK(result.code == 0);
    CHECK(result.err.empty());
    penstock.sends = nullptr;
    CHECK(first.size() == parts.size());
    std::set<UtcTime> times;
    for (const auto& [part, time] : first) {
        times.insert(time);
    }
    return times;
}

} // namespace

TEST_CASE("a plan asks for mapping sets together with the lists of the sandbox") {
    CommandLine penstock;
    write_exports(penstock, 12);
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    const auto times =
        times_of(penstock, {"/conversion/mappingSets?", "/flowservice/flows?property=flowSpec",
                            "/flowservice/targetConnections?", "/flowservice/connections?"});
    CHECK(times.size() == 1);
}

TEST_CASE("a plan of something new asks for the profile and the destinations together") {
    CommandLine penstock;
    write_exports(penstock, 1);
    const auto times =
        times_of(penstock, {"isDestinationFlow", "/entityTypes/_xdm", "/core/idnamespace"});
    CHECK(times.size() == 1);
}
