#include "bench/figures.hpp"
#include "json/text.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace penstock;
using bench::Figure;
using bench::Kind;
using bench::Series;

TEST_CASE("the median is the middle of the runs, or of the two in the middle") {
    CHECK(Series{{3}}.median() == 3);
    CHECK(Series{{9, 1, 2}}.median() == 2);
    CHECK(Series{{10, 1, 4, 2}}.median() == 3);
    CHECK(Series{{9, 1, 2}}.lowest() == 1);
    CHECK(Series{{9, 1, 2}}.highest() == 9);
}

TEST_CASE("a ratio is taken run by run, or of the medians where the runs are not pairs") {
    Figure figure{"wall", "s", {{2, 40, 9}}};
    CHECK_FALSE(figure.ratio());
    // Whatever slowed the second run down slowed both of its halves down.
    figure.bound = Series{{1, 20, 3}};
    CHECK(figure.ratio()->values == std::vector<double>{2, 2, 3});
    CHECK(figure.ratio()->median() == 2);
    figure.bound = Series{{3}};
    CHECK(figure.ratio()->values == std::vector<double>{3});
}

TEST_CASE("a figure is on target if it keeps to each of its targets") {
    Figure figure{"wall", "s", {{3, 4, 5}}};
    CHECK_FALSE(figure.on_target());
    figure.most_times_bound = 2;
    CHECK_FALSE(figure.on_target()); // without a bound there is nothing to be compared with
    figure.most = 4;
    CHECK(figure.on_target() == true);
    figure.bound = Series{{2}};
    CHECK(figure.on_target() == true);
    figure.bound = Series{{1.9}};
    CHECK(figure.on_target() == false);
    figure.bound = Series{{2}};
    figure.most = 3.9;
    CHECK(figure.on_target() == false);
    figure.most_times_bound = {};
    CHECK(figure.on_target() == false);
}

TEST_CASE("each figure says what it tells on another machine") {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "figures.json";
    bench::write_json({{"part",
                        "about",
                        {{"wall", "s", {{2}}, Kind::machine, Series{{1}}},
                         {"processor", "s", {{2}}, Kind::ratio, Series{{1}}},
                         {"requests", "requests", {{2}}, Kind::count, Series{{1}}}}}},
                      file);
    std::map<std::string, std::string> kinds;
    const auto document = json::parse(test::read_file(file)).value();
    for (const auto& figure : document["figures"].as_array()) {
        kinds[figure["name"].as_string()] = figure["kind"].as_string();
    }
    CHECK(kinds == std::map<std::string, std::string>{{"wall", "machine"},
                                                      {"wall, bound", "machine"},
                                                      {"wall, ratio", "machine"},
                                                      {"processor", "machine"},
                                                      {"processor, bound", "machine"},
                                                      {"processor, ratio", "ratio"},
                                                      {"requests", "count"},
                                                      {"requests, bound", "count"},
                                                      {"requests, ratio", "count"}});
}
