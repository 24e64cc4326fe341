#include "bench/apply.hpp"
#include "bench/project.hpp"
#include "json/text.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace penstock;
using bench::Calls;
using bench::LoggedCall;

namespace {

LoggedCall call(const std::string& method, const std::string& path, const std::string& query = {}) {
    LoggedCall made;
    made.method = method;
    made.path = "/data/foundation/flowservice/" + path;
    made.query = query;
    return made;
}

json::Value steps(const std::string& text) {
    return json::parse(text).value();
}

} // namespace

TEST_CASE("the critical path is the longest way through the steps, between the longest lists") {
    const auto one = steps(R"([{"operation": "create", "address": "a.base", "after": []}])");
    const Calls calls{call("GET", "flows"), call("POST", "connections"), call("GET", "flows")};
    // Token, list, POST and its reading back, list.
    CHECK(bench::critical_path(one, calls) == 1 + 1 + 2 + 1);

    const auto longer = Calls{call("GET", "flows"),
                              call("GET", "connections"),
                              call("GET", "flows", "continuationToken=b"),
                              call("POST", "connections"),
                              call("GET", "connections/1"),
                              call("PATCH", "flows/1"),
                              call("GET", "flows"),
                              call("GET", "flows", "continuationToken=b"),
                              call("GET", "flows", "continuationToken=c")};
    CHECK(bench::critical_path(one, longer) == 1 + 2 + 2 + 3);
}

TEST_CASE("steps that do not wait for one another make no way longer") {
    const Calls calls{call("POST", "flows")};
    const auto way = [&](const std::string& text) {
        return bench::critical_path(steps(text), calls) - 1; // the token
    };
    CHECK(way(R"([{"operation": "create", "after": []}, {"operation": "create", "after": []}])") ==
          2);
    // What is behind a create needs its answer, not its reading back.
    CHECK(way(R"([{"operation": "create", "after": []},
                  {"operation": "create", "after": [{"step": 1}]}])") == 3);
    // The longer of two ways counts: four for a mapping set, one for the create beside it; then a
    // GET and a PATCH, and what they have changed is read back with its mapping set.
    CHECK(way(R"([{"operation": "map", "after": []},
                  {"operation": "create", "after": []},
                  {"operation": "fill", "after": [{"step": 1}, {"step": 2}]}])") == 4 + 2 + 2);
    CHECK(way(R"([{"operation": "delete", "after": []}])") == 1);
}

TEST_CASE("the least requests of an apply follow from its steps") {
    const auto least = [](const std::string& text) {
        return bench::least_requests(steps(text), {2, 3});
    };
    // The token and four empty lists; the POST, its reading back, and the list behind it.
    CHECK(least(R"([{"operation": "create", "address": "a.base"}])") == 5 + 2 + 1);
    CHECK(least(R"([{"operation": "create", "address": "a.base"},
                    {"operation": "create", "address": "b.base"},
                    {"operation": "create", "address": "a.c.flow"}])") == 5 + 3 * 2 + 2);
    // Three for the mapping set and three for the fill; two connection specs, three output schemas,
    // the union schema and the input schema.
    CHECK(least(R"([{"operation": "map", "address": "a.flow"},
                    {"operation": "create", "address": "a.flow"},
                    {"operation": "fill", "address": "a.flow"}])") == 5 + 3 + 2 + 3 + 1 + 7);
    CHECK_THROWS_AS(least(R"([{"operation": "delete", "address": "a.flow"}])"), std::runtime_error);
    std::string many;
    for (int i = 0; i < 101; ++i) {
        many += R"(,{"operation": "create", "address": "a.source"})";
    }
    CHECK(least("[" + many.substr(1) + "]") == 5 + 202 + 2);
}

TEST_CASE("what the exports of segments of a project share is counted once") {
    CHECK(bench::segment_destinations_of(1) == 0);
    CHECK(bench::segment_destinations_of(2) == 1);
    CHECK(bench::segment_destinations_of(51) == 1); // the second account has one of datasets alone
    CHECK(bench::segment_destinations_of(52) == 2);
    CHECK(bench::segment_destinations_of(10'000) == 6);
    CHECK(bench::column_sets_of(1) == 0);
    CHECK(bench::column_sets_of(4) == 2);
    CHECK(bench::column_sets_of(10'000) == 8);
}
