#include "bench/requests.hpp"
#include "json/text.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace penstock;
using bench::Calls;
using bench::LoggedCall;

namespace {

const std::string service = "/data/foundation/flowservice/";

LoggedCall get(const std::string& path, const std::string& query = {}) {
    LoggedCall call;
    call.method = "GET";
    call.path = path;
    call.query = query;
    return call;
}

LoggedCall list(const std::string& kind, const std::string& query) {
    return get(service + kind, query);
}

json::Value parse(const std::string& text) {
    return json::parse(text).value();
}

} // namespace

TEST_CASE("pages of one list wait for one another, lists do not") {
    auto token = get("/ims/token/v3");
    token.method = "POST";
    const Calls calls{token,
                      list("flows", "limit=100"),
                      list("connections", "limit=100"),
                      list("connections", "limit=100&continuationToken=b"),
                      list("flows", "continuationToken=c&limit=100"),
                      list("connections", "limit=100&continuationToken=d"),
                      list("flows", "limit=100&property=state%3D%3Denabled"),
                      get(service + "flows/1")};
    const auto chains = bench::chains_of(calls);
    REQUIRE(chains.size() == 4);
    CHECK(chains[0] == bench::Chain{service + "connections?limit=100",
                                    service + "connections?limit=100&continuationToken=b",
                                    service + "connections?limit=100&continuationToken=d"});
    CHECK(chains[1] == bench::Chain{service + "flows?limit=100",
                                    service + "flows?continuationToken=c&limit=100"});
    CHECK(chains[2] == bench::Chain{service + "flows?limit=100&property=state%3D%3Denabled"});
    CHECK(chains[3] == bench::Chain{service + "flows/1"});
}

TEST_CASE("a list that is read again is another chain") {
    const Calls calls{list("flows", "limit=100"), list("flows", "limit=100"),
                      list("flows", "limit=100&continuationToken=b")};
    const auto chains = bench::chains_of(calls);
    REQUIRE(chains.size() == 2);
    CHECK(chains[0].size() == 2);
    CHECK(chains[1].size() == 1);
}

TEST_CASE("pages of lists are told from other requests") {
    CHECK(list("targetConnections", "limit=100").is_list_page());
    CHECK_FALSE(list("flows", "count=true").is_list_page());
    CHECK_FALSE(list("flows/1", "").is_list_page());
    CHECK_FALSE(list("flowSpecs", "").is_list_page());
    CHECK_FALSE(get("/data/foundation/conversion/mappingSets").is_list_page());
    CHECK(get("/data/foundation/conversion/mappingSets", "start=0").is_mapping_set_page());
    CHECK_FALSE(get("/data/foundation/conversion/mappingSets/1").is_mapping_set_page());
}

TEST_CASE("the fewest requests are a token and full pages") {
    CHECK(bench::pages_of(0) == 0);
    CHECK(bench::pages_of(1) == 1);
    CHECK(bench::pages_of(100) == 1);
    CHECK(bench::pages_of(101) == 2);
    CHECK(bench::fewest_requests(parse(R"({"entities": {"connections": 4, "flows": 200,
                                           "sourceConnections": 201, "mappingSets": 100}})")) ==
          1 + 1 + 2 + 3 + 1);
}

TEST_CASE("pages with entities follow from what each list is filtered by, and what is there") {
    const auto survey = parse(R"({"specs": {"connections": {"a": 60, "b": 60, "c": 101},
                                            "flows": {"a": 1}}})");
    const auto pages = [&](const Calls& calls) {
        return bench::pages_with_entities(calls, survey);
    };
    CHECK(pages({list("connections", "limit=100")}) == 3);
    CHECK(pages({list("connections", "property=connectionSpec.id%3D%3Da%2Cb&limit=100")}) == 2);
    // Split up, each list has a page of its own that is not full; one without entities has none.
    CHECK(pages({list("connections", "property=connectionSpec.id%3D%3Da"),
                 list("connections", "property=connectionSpec.id%3D%3Db"),
                 list("connections", "property=connectionSpec.id%3D%3Dc"),
                 list("connections", "property=connectionSpec.id%3D%3Dd"),
                 list("flows", "property=flowSpec.id%3D%3Da%2Cb")}) == 1 + 1 + 2 + 0 + 1);
    // However often it was asked, the list holds no more.
    CHECK(pages({list("flows", "limit=100"), list("flows", "limit=100&continuationToken=b"),
                 list("flows", "limit=100&continuationToken=c")}) == 1);
    CHECK_THROWS_AS(pages({list("flows", "property=state%3D%3Denabled")}), std::runtime_error);
}

TEST_CASE("reading lasts from the first request to the last answer, wherever these stand") {
    Calls calls(3);
    calls[0].arrived = 120;
    calls[0].answered = 140;
    calls[1].arrived = 100.5;
    calls[1].answered = 2100.5;
    calls[2].arrived = 150;
    calls[2].answered = 170;
    CHECK(bench::reading_seconds(calls) == doctest::Approx(2));
    CHECK(bench::reading_seconds({}) == 0);
}

TEST_CASE("a request log is read on from where it was") {
    const test::TemporaryFolder folder;
    bench::RequestLog log(folder.path() / "log");
    const std::string first = R"({"method":"GET","path":"/a","query":"b=c","status":200,)"
                              R"("headers":{"Accept":"d"},"arrived":1.25,"answered":2.5})"
                              "\n";
    test::write_file(log.file(), first);
    const auto calls = log.next();
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].target() == "/a?b=c");
    CHECK(calls[0].status == 200);
    CHECK(calls[0].headers.front().second == "d");
    CHECK(calls[0].arrived == 1.25);
    CHECK(calls[0].answered == 2.5);
    CHECK(log.next().empty());
    test::write_file(log.file(), first + R"({"method":"PATCH","path":"/e"})" + "\n");
    const auto more = log.next();
    REQUIRE(more.size() == 1);
    CHECK(more[0].is_write());
}
