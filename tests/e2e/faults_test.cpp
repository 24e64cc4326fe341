#include "json/text.hpp"
#include "support/examples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::Examples;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// What the emulator keeps in `file`, without what differs from run to run: kinds and names,
/// sorted.
std::vector<std::string> names_in(const std::filesystem::path& file) {
    const auto state = json::parse(test::read_file(file));
    REQUIRE(state);
    std::vector<std::string> names;
    for (const auto& entity : (*state)["store"]["entities"].as_array()) {
        names.push_back(entity["kind"].as_string() + " " + entity["body"]["name"].as_string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// Applies the examples under the faults of `rules` and returns what the service then holds.
std::vector<std::string> applied_under(std::string_view rules) {
    const test::TemporaryFolder folder;
    const auto faults = folder.path() / "faults.json";
    const auto state = folder.path() / "state.json";
    test::write_file(faults, rules);
    const test::EmulatorProcess emulator({"--patch-duration-ms", "0", "--data", state.string(),
                                          "--faults", faults.string(), "--seed", "7"});
    const Examples penstock(emulator.url());
    const auto applied = penstock({"apply", "--auto-approve"});
    INFO(applied.out, applied.err);
    CHECK(applied.exit_code == 0);
    CHECK(contains(applied.out, "Apply complete! Resources: 80 added"));
    const auto plan = penstock({"plan", "--detailed-exitcode"});
    INFO(plan.out, plan.err);
    CHECK(plan.exit_code == 0);
    CHECK(contains(plan.out, "No changes."));
    return names_in(state);
}

} // namespace

TEST_CASE("an apply over a socket ends in the same state under each kind of fault") {
    struct Row {
        const char* name;
        const char* rules;
    };
    // Each strikes reads and writes; a read that comes to nothing is tried again, and after a
    // create whose outcome is unknown the entity is looked for.
    const Row rows[] = {
        {"turned away and failing, with JSON, a web page or nothing, before and after the commit",
         R"([{"path": "/ims", "nth": 1, "then": {"status": 429, "headers": {"Retry-After": 1}}},
             {"probability": 0.04, "then": {"status": 429, "headers": {"Retry-After": 0}}},
             {"method": "POST", "path": "/data", "probability": 0.05,
              "then": {"status": 502, "commit": true}},
             {"path": "/data", "probability": 0.04,
              "then": {"status": 504, "headers": {"Content-Type": "text/html"},
                       "body": "<html>Gateway Timeout</html>", "commit": true}},
             {"probability": 0.04, "then": {"status": 503}}])"},
        {"connections cut before and after the commit",
         R"([{"probability": 0.06, "then": {"drop": "before"}},
             {"path": "/data", "probability": 0.06, "then": {"drop": "after"}}])"},
        {"answers cut by length and in a chunk",
         R"([{"path": "/data", "probability": 0.06, "then": {"cut_after": 30}},
             {"path": "/data", "probability": 0.06, "then": {"chunked": true, "cut_after": 30}}])"},
        {"answers to creates that say nothing, and such as take their time",
         R"([{"method": "POST", "path": "/connections", "then":
              {"status": 204, "commit": true}},
             {"method": "POST", "path": "/targetConnections", "then":
              {"status": 202, "body": "<html>accepted</html>", "commit": true}},
             {"path": "/data", "probability": 0.2, "then": {"delay_ms": 300}}])"},
    };
    const auto expected = applied_under("[]");
    CHECK(expected.size() == 80);
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(applied_under(row.rules) == expected);
    }
}
