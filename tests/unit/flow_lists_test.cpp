#include "flow/client.hpp"
#include "support/scripted_transport.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace penstock;
using json::Value;
using model::EntityKind;

namespace {

constexpr const char* base = "https://platform.example/data/foundation/flowservice";

struct Fixture {
    test::ScriptedTransport transport;
    std::unique_ptr<auth::TokenProvider> tokens =
        auth::make_ready_token(secrets::SecretString("TOKEN-eyJhbGciOi"));
    flow::Client client{
        transport, *tokens,           {"https://platform.example", "ORG@AdobeOrg", "prod", "key-1"},
        {},        transport.clock(), [] { return 0.5; }};

    Result<std::vector<Value>> list(flow::ListOptions options = {}) {
        std::optional<Result<std::vector<Value>>> heard;
        client.list(EntityKind::flow, std::move(options),
                    [&](Result<std::vector<Value>> result) { heard = std::move(result); });
        http::run(transport);
        REQUIRE(heard);
        return *heard;
    }
};

/// A page with an item, if `id` is not empty, and a link to the next, if `next` is not.
std::string page_with(const std::string& id, const std::string& next) {
    return R"({"items":[)" + (id.empty() ? "" : R"({"id":")" + id + R"("})") +
           R"(],"_links":{"next":{"href":")" + (next.empty() ? "" : "?continuationToken=" + next) +
           R"("}}})";
}

} // namespace

TEST_CASE("pages that are read on other threads come in their order") {
    Fixture f;
    f.transport.compute_on_threads();
    constexpr std::size_t pages = 12;
    constexpr std::size_t on_each = 300; // enough to be at it while the pages before are taken
    for (std::size_t page = 0; page < pages; ++page) {
        std::string items;
        for (std::size_t i = 0; i < on_each; ++i) {
            items += (i == 0 ? R"({"id":")" : R"(,{"id":")") + std::to_string(page * on_each + i) +
                     R"(","name":"n","params":{"path":["a","b"]}})";
        }
        const auto next = page + 1 == pages ? "" : "?continuationToken=" + std::to_string(page);
        f.transport.answer(200, R"({"items":[)" + items + R"(],"_links":{"next":{"href":")" + next +
                                    R"("}}})");
    }
    flow::ListOptions options;
    options.keep = [](Value item) { return item; };
    const auto items = f.list(std::move(options));
    REQUIRE(items);
    REQUIRE(items->size() == pages * on_each);
    for (std::size_t i = 0; i < items->size(); ++i) {
        CHECK((*items)[i]["id"].as_string() == std::to_string(i));
    }
}

TEST_CASE("pages follow the next link as a URL") {
    struct Row {
        const char* name;
        const char* href;
        const char* url;
    };
    const std::string start = std::string(base) + "/flows?property=state%3D%3Denabled&limit=100";
    const Row rows[] = {
        {"relative to the service", "/flows?continuationToken=ab%2Bc%3D%3D",
         "/flows?property=state%3D%3Denabled&limit=100&continuationToken=ab%2Bc%3D%3D"},
        {"bare '=', '+' and '%'", "/flows?continuationToken=ab+c/%zz==",
         "/flows?property=state%3D%3Denabled&limit=100&continuationToken=ab%2Bc%2F%25zz%3D%3D"},
        {"with the whole path", "/data/foundation/flowservice/flows?continuationToken=x",
         "/flows?property=state%3D%3Denabled&limit=100&continuationToken=x"},
        {"without a slash", "flows?continuationToken=x",
         "/flows?property=state%3D%3Denabled&limit=100&continuationToken=x"},
        {"a query alone", "?continuationToken=x",
         "/flows?property=state%3D%3Denabled&limit=100&continuationToken=x"},
        {"absolute",
         "https://platform.example:443/data/foundation/flowservice/flows?continuationToken=x",
         "/flows?property=state%3D%3Denabled&limit=100&continuationToken=x"},
        {"with filter and limit of its own", "/flows?limit=20&property=a==b&continuationToken=x",
         "/flows?limit=20&property=a%3D%3Db&continuationToken=x"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        Fixture f;
        f.transport.answer(
            200, std::string(R"({"items":[{"id":"1"},{"id":"2"}],"_links":{"next":{"href":")") +
                     row.href + R"("}}})");
        f.transport.answer(200,
                           R"({"items":[{"id":"2"},{"id":"3"}],"_links":{"next":{"href":""}}})");
        const auto items = f.list({{"state==enabled"}, {}, 0, {}});
        REQUIRE(items);
        CHECK(items->size() == 3);
        CHECK(f.transport.sent(0).url == start);
        CHECK(f.transport.sent(1).url == base + std::string(row.url));
    }
}

TEST_CASE("the next page is asked for before the one that names it is read") {
    Fixture f;
    f.transport.answer(200, page_with("1", "a"));
    f.transport.answer(200, page_with("2", "b"));
    f.transport.answer(200, page_with("3", ""));
    std::vector<std::pair<std::size_t, std::size_t>> seen; // items read, requests sent
    std::optional<Result<std::vector<Value>>> heard;
    f.client.list(
        EntityKind::flow, {}, [&](Result<std::vector<Value>> result) { heard = std::move(result); },
        [&](std::size_t items) { seen.emplace_back(items, f.transport.sent().size()); });
    http::run(f.transport);
    REQUIRE(heard);
    REQUIRE(*heard);
    CHECK((*heard)->size() == 3);
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].first == 1);
    CHECK(seen[0].second >= 2);
    CHECK(seen[1].first == 2);
    CHECK(seen[1].second == 3);
    CHECK(f.transport.sent().size() == 3);
}

TEST_CASE("a page is as urgent as it has others behind it") {
    Fixture f;
    for (const char* next : {"a", "b", "c", "d", ""}) {
        f.transport.answer(200, page_with(std::string("to ") + next, next));
    }
    flow::ListOptions options;
    options.expected = 301;
    REQUIRE(f.list(std::move(options)));
    std::vector<std::size_t> urgencies;
    for (const auto& sent : f.transport.sent()) {
        urgencies.push_back(sent.request.urgency);
    }
    CHECK(urgencies == std::vector<std::size_t>{4, 3, 2, 1, 1}); // one more than was expected
}

TEST_CASE("what only looks like the next link leads nowhere") {
    SUBCASE("a link of an item, after the list's own") {
        Fixture f;
        f.transport.answer(200,
                           R"({"_links":{"next":{"href":"?continuationToken=a"}},"items":[)"
                           R"({"id":"1","_links":{"next":{"href":"?continuationToken=z"}}}]})");
        f.transport.answer(200, page_with("2", ""));
        const auto items = f.list();
        REQUIRE(items);
        CHECK(items->size() == 2);
        REQUIRE(f.transport.sent().size() == 2);
        CHECK(f.transport.sent(1).url ==
              std::string(base) + "/flows?limit=100&continuationToken=a");
    }
    SUBCASE("a second set of links, of which the last counts for both") {
        Fixture f;
        f.transport.answer(200, R"({"items":[{"id":"1"}],)"
                                R"("_links":{"next":{"href":"?continuationToken=a"}},)"
                                R"("_links":{"next":{"href":"?continuationToken=b"}}})");
        f.transport.answer(200, page_with("2", ""));
        const auto items = f.list();
        REQUIRE(items);
        CHECK(items->size() == 2);
        CHECK(f.transport.sent(1).url ==
              std::string(base) + "/flows?limit=100&continuationToken=b");
    }
    SUBCASE("no links, and something behind them that looks like it") {
        Fixture f;
        f.transport.answer(200, R"({"items":[{"id":"1"}],"_links":null,)"
                                R"("more":{"next":{"href":"?continuationToken=z"}}})");
        f.transport.answer(200, page_with("2", ""));
        const auto items = f.list();
        REQUIRE(items);
        CHECK(items->size() == 1); // whatever came for z is not looked at
    }
}

TEST_CASE("a next link to another host is refused") {
    for (const auto* href : {"https://evil.example/flows?continuationToken=x", "//evil.example/x",
                             "http://platform.example/flows", "https://platform.example:8443/flows",
                             "https://platform.example@evil.example/flows", "ftp://x/y",
                             "https:\\\\\\\\evil.example/flows"}) {
        CAPTURE(href);
        Fixture f;
        f.transport.answer(200, std::string(R"({"items":[],"_links":{"next":{"href":")") + href +
                                    R"("}}})");
        const auto items = f.list();
        REQUIRE_FALSE(items);
        CHECK(items.error().kind == ErrorKind::bad_answer);
        CHECK(f.transport.sent().size() == 1);
    }
}

TEST_CASE("pages that come again end the list with an error") {
    Fixture f;
    for (const auto* next : {"x", "y", "x"}) {
        f.transport.answer(
            200, std::string(R"({"items":[],"_links":{"next":{"href":"?continuationToken=)") +
                     next + R"("}}})");
    }
    const auto items = f.list();
    REQUIRE_FALSE(items);
    CHECK(items.error().message.find("never end") != std::string::npos);
    CHECK(items.error().exchange->path ==
          "/data/foundation/flowservice/flows?limit=100&continuationToken=y");
}

TEST_CASE("a few empty pages are no reason to stop") {
    Fixture f;
    f.transport.answer(200, page_with("1", "a"));
    for (int i = 0; i < 19; ++i) {
        f.transport.answer(200, page_with("", "b" + std::to_string(i)));
    }
    f.transport.answer(200, page_with("2", "c"));
    f.transport.answer(200, page_with("", "d"));
    f.transport.answer(200, page_with("3", ""));
    const auto items = f.list();
    REQUIRE(items);
    CHECK(items->size() == 3);
}

TEST_CASE("pages that bring nothing new under ever new tokens end the list with an error") {
    for (const char* id : {"", "1"}) {
        CAPTURE(id);
        Fixture f;
        for (int i = 0; i < 100; ++i) {
            f.transport.answer(200, page_with(id, "t" + std::to_string(i)));
        }
        const auto items = f.list();
        REQUIRE_FALSE(items);
        CHECK(items.error().kind == ErrorKind::bad_answer);
        CHECK(items.error().message == "the list does not end: the last 20 pages brought nothing "
                                       "new, and the service names yet another page");
        const std::size_t needed = id == std::string("1") ? 21 : 20;
        CHECK(f.transport.sent().size() >= needed);
        CHECK(f.transport.sent().size() <= needed + 3); // that were asked for ahead
    }
}

TEST_CASE("a list of ever new items is given up by their number, their pages or their bytes") {
    struct Row {
        std::size_t items; ///< on each page
        std::size_t bytes; ///< of each page, about
        std::size_t pages; ///< read before it ends
        const char* why;
    };
    for (const Row& row : {Row{500, 0, 200, "it has 100000 entries so far"},
                           Row{1, 0, 10'000, "it has 10000 pages so far"},
                           Row{1, std::size_t{16} * 1024 * 1024, 16, "it has 256 MiB so far"}}) {
        CAPTURE(row.why);
        Fixture f;
        for (std::size_t page = 0; page < row.pages + 5; ++page) {
            std::string items;
            for (std::size_t i = 0; i < row.items; ++i) {
                items += (i == 0 ? R"({"id":")" : R"(,{"id":")") +
                         std::to_string(page * row.items + i) + R"("})";
            }
            f.transport.answer(200, R"({"items":[)" + items + "]," + std::string(row.bytes, ' ') +
                                        R"("_links":{"next":{"href":"?continuationToken=)" +
                                        std::to_string(page) + R"("}}})");
        }
        const auto items = f.list();
        REQUIRE_FALSE(items);
        CHECK(items.error().kind == ErrorKind::bad_answer);
        CHECK(items.error().message == std::string("the list does not end: ") + row.why +
                                           ", and the service names yet another page");
        CHECK(f.transport.sent().size() == row.pages + 3); // which were on their way by then
    }
}

TEST_CASE("a bounded list stops asking") {
    Fixture f;
    f.transport.answer(
        200,
        R"({"items":[{"id":"1"},{"id":"2"},{"id":"3"}],"_links":{"next":{"href":"?continuationToken=x"}}})");
    const auto items = f.list({{}, "-createdAt", 2, {}});
    REQUIRE(items);
    CHECK(items->size() == 2);
    CHECK(f.transport.sent(0).url == std::string(base) + "/flows?orderby=-createdAt&limit=2");
    CHECK(f.transport.sent().size() == 1);
}
