#include "flow/client.hpp"
#include "support/scripted_transport.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace penstock;
using json::Value;
using model::EntityKind;
using secrets::SecretString;

namespace {

constexpr const char* token = "TOKEN-eyJhbGciOi";
constexpr const char* base = "https://platform.example/data/foundation/flowservice";

/// Hands out `TOKEN-...`, then `SECOND-...` once the first was rejected.
class TwoTokens final : public auth::TokenProvider {
  public:
    void token(Completion completion) override {
        completion(SecretString(rejections == 0 ? ::token : "SECOND-token"));
    }
    void reject(const SecretString&) override { ++rejections; }
    int rejections = 0;
};

struct Fixture {
    test::ScriptedTransport transport;
    TwoTokens tokens;
    flow::Client client{transport,
                        tokens,
                        {"https://platform.example", "ORG@AdobeOrg", "prod", "key-1"},
                        {},
                        transport.clock(),
                        [] { return 0.5; }};

    template <class T, class Start>
    Result<T> wait(Start start) {
        std::optional<Result<T>> heard;
        start([&](Result<T> result) { heard = std::move(result); });
        CHECK_FALSE(heard); // never inside the call
        http::run(transport);
        REQUIRE(heard);
        if (!*heard) {
            CHECK(describe(heard->error()).find(token) == std::string::npos);
        }
        return *heard;
    }
    Result<std::vector<Value>> list(flow::ListOptions options = {}) {
        return wait<std::vector<Value>>(
            [&](auto done) { client.list(EntityKind::flow, options, done); });
    }
    Result<Value> get(std::string_view id) {
        return wait<Value>([&](auto done) { client.get(EntityKind::flow, id, done); });
    }
    Result<flow::Created> create(std::string body = "{}") {
        return wait<flow::Created>([&](auto done) { client.create(EntityKind::base, body, done); });
    }
    Result<void> patch(std::string_view etag, std::string body = "[]") {
        return wait<void>(
            [&](auto done) { client.patch(EntityKind::base, "b1", etag, body, done); });
    }
    Result<void> remove() {
        return wait<void>([&](auto done) { client.remove(EntityKind::target, "t1", done); });
    }
};

using Fields = std::vector<std::pair<std::string, std::string>>;

} // namespace

TEST_CASE("a read carries exactly the documented headers") {
    Fixture f;
    f.transport.answer(200, R"({"items":[{"id":"a/b c"}]})");
    REQUIRE(f.get("a/b c"));
    const auto& request = f.transport.sent(0);
    CHECK(request.method == http::Method::get);
    CHECK(request.url == std::string(base) + "/flows/a%2Fb%20c");
    CHECK(request.headers.fields() == Fields{{"Authorization", std::string("Bearer ") + token},
                                             {"x-api-key", "key-1"},
                                             {"x-gw-ims-org-id", "ORG@AdobeOrg"},
                                             {"x-sandbox-name", "prod"},
                                             {"Accept", "application/json"}});
}

TEST_CASE("If-Match is the etag byte for byte") {
    Fixture f;
    f.transport.answer(202, "");
    const std::string etag = "\"0500ebe1-0000-0200-0000-63e28d060000\"";
    REQUIRE(f.patch(etag, R"([{"op":"add","path":"/name","value":"n"}])"));
    const auto& request = f.transport.sent(0);
    CHECK(request.method == http::Method::patch);
    CHECK(request.url == std::string(base) + "/connections/b1");
    CHECK(request.headers.find("If-Match") == etag);
    CHECK(request.headers.find("Content-Type") == "application/json");
    CHECK(request.body == R"([{"op":"add","path":"/name","value":"n"}])");
}

TEST_CASE("without an etag nothing is patched") {
    Fixture f;
    const auto result = f.patch("");
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::bad_answer);
    CHECK(f.transport.sent().empty());
}

TEST_CASE("answers that are not what the service documents") {
    struct Row {
        const char* name;
        const char* body;
        const char* type;
        const char* message;
    };
    const Row rows[] = {
        {"a page", "<!DOCTYPE html>\n<html>Sign in to the proxy", "text/html; charset=utf-8",
         "the answer is not JSON (content type text/html; charset=utf-8) and begins: <!DOCTYPE "
         "html> <html>Sign in to the proxy"},
        {"nothing", "", "application/json", "the service's answer is empty"},
        {"an array", "[]", "application/json",
         "the service's answer is an array instead of an object"},
        {"no items", "{}", "application/json",
         "the answer should hold an array `items` and holds nothing"},
        {"items of a wrong type", R"({"items":{}})", "application/json",
         "the answer should hold an array `items` and holds an object"},
        {"an item of a wrong type", R"({"items":[1]})", "application/json",
         "every item should be an object, one is a number"},
        {"an item without id", R"({"items":[{"name":"n"}]})", "application/json",
         "every item should have a string `id`, one has nothing"},
        {"an item with a number as id", R"({"items":[{"id":7}]})", "application/json",
         "every item should have a string `id`, one has a number"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        Fixture f;
        f.transport.answer(200, row.body, {{"Content-Type", row.type}, {"x-request-id", "r"}});
        const auto items = f.list();
        REQUIRE_FALSE(items);
        CHECK(items.error().kind == ErrorKind::bad_answer);
        CHECK(items.error().message == row.message);
        CHECK(*items.error().exchange ==
              Exchange{"GET", "/data/foundation/flowservice/flows?limit=100", 200, "", "r"});
    }
    Fixture f;
    f.transport.answer(200, R"({"items":[{"id":"1"},)");
    CHECK(f.list().error().message.starts_with("the service's answer is cut or damaged JSON"));
}

TEST_CASE("an answer that repeats the token does not show it") {
    Fixture f;
    f.transport.answer(200, std::string("you sent ") + token, {{"Content-Type", "text/plain"}});
    const auto items = f.list();
    CHECK(items.error().message.ends_with("begins: you sent (secret)"));
}

TEST_CASE("one entity comes out of its envelope") {
    Fixture f;
    f.transport.answer(200, R"({"items":[{"id":"f1","name":"n"}]})");
    CHECK((*f.get("f1"))["name"].as_string() == "n");
    f.transport.answer(200, R"({"items":[]})");
    CHECK(f.get("f1").error().kind == ErrorKind::not_found);
    f.transport.answer(200, R"({"items":[{"id":"other"}]})");
    CHECK(f.get("f1").error().message == "asked for f1, the service answers with other");
}

TEST_CASE("a create gives id and etag") {
    Fixture f;
    f.transport.answer(201, R"({"id":"b1","etag":"\"e1\""})");
    const auto created = f.create(R"({"name":"n"})");
    REQUIRE(created);
    CHECK(created->id == "b1");
    CHECK(created->etag == "\"e1\"");
    CHECK(f.transport.sent(0).method == http::Method::post);
    CHECK(f.transport.sent(0).url == std::string(base) + "/connections");
}

TEST_CASE("a create is sent once where its outcome is unknown") {
    Fixture f;
    SUBCASE("cut") {
        f.transport.answer(Error{ErrorKind::network, "cut", {}, {}});
    }
    SUBCASE("500") {
        f.transport.answer(500, "");
    }
    SUBCASE("unreadable success") {
        f.transport.answer(201, "<html>");
    }
    SUBCASE("success without id") {
        f.transport.answer(201, "{}");
    }
    const auto created = f.create();
    REQUIRE_FALSE(created);
    CHECK(http::outcome_unknown(created.error()));
    CHECK(f.transport.sent().size() == 1);
}

TEST_CASE("a create is sent again where it surely was not acted on") {
    Fixture f;
    f.transport.answer(Error{ErrorKind::unreachable, "no route", {}, {}});
    f.transport.answer(429, "", {{"Retry-After", "30"}});
    f.transport.answer(201, R"({"id":"b1"})");
    REQUIRE(f.create());
    CHECK(f.transport.sent().size() == 3);
    CHECK(f.transport.sent()[2].at - f.transport.sent()[1].at == Milliseconds{30'250});
}

TEST_CASE("credentials that the service repeats are masked") {
    const char* echo = R"({"message":"Access Key: AKIA-1234 is wrong"})";
    Fixture f;
    f.transport.answer(400, echo);
    const auto created = f.create(
        R"({"name":"n","auth":{"specName":"Access Key","params":{"s3AccessKey":"AKIA-1234"}}})");
    CHECK(created.error().message ==
          "the service refuses the request: Access Key: (secret) is wrong");
    f.transport.answer(400, echo);
    const auto patched =
        f.patch("\"e\"", R"([{"op":"replace","path":"/auth/params","value":{"k":"AKIA-1234"}}])");
    CHECK(patched.error().message ==
          "the service refuses the request: Access Key: (secret) is wrong");
}

TEST_CASE("a refused token is replaced once") {
    Fixture f;
    f.transport.answer(401, R"({"error_code":"401013","message":"not valid"})");
    SUBCASE("and the second one is good") {
        f.transport.answer(200, R"({"items":[{"id":"f1"}]})");
        CHECK(f.get("f1"));
        CHECK(f.transport.sent(1).headers.find("authorization") == "Bearer SECOND-token");
    }
    SUBCASE("and no more than once") {
        f.transport.answer(401, R"({"error_code":"401013","message":"not valid"})");
        const auto result = f.get("f1");
        CHECK(result.error().kind == ErrorKind::authentication);
        CHECK(result.error().exchange->code == "401013");
    }
    CHECK(f.transport.sent().size() == 2);
    CHECK(f.tokens.rejections == 1);
}

TEST_CASE("an expired ready token is a clear error") {
    test::ScriptedTransport transport;
    const auto ready = auth::make_ready_token(SecretString(token));
    flow::Client client{transport,
                        *ready,
                        {"https://platform.example", "o", "prod", "k"},
                        {},
                        transport.clock(),
                        [] { return 0.0; }};
    transport.answer(401, R"({"error_code":"401013","message":"not valid"})");
    std::optional<Result<Value>> heard;
    client.get(EntityKind::flow, "f1", [&](Result<Value> result) { heard = std::move(result); });
    http::run(transport);
    REQUIRE(heard);
    CHECK(heard->error().kind == ErrorKind::authentication);
    CHECK(heard->error().message == "the access token is expired or not valid");
    CHECK(heard->error().exchange->code == "401013");
    CHECK(transport.sent().size() == 1);
}

TEST_CASE("an interrupted run tries nothing again, not even what it waits to try") {
    for (const char* retry_after : {"0", "200"}) {
        Fixture f;
        bool stopping = false;
        f.client.stop_retrying_when([&] { return stopping; });
        f.transport.answer(503, "", {{"Retry-After", retry_after}});
        f.transport.schedule(Milliseconds{1'000}, [&] { stopping = true; });
        f.transport.answer(503, "", {{"Retry-After", "200"}});
        f.transport.answer(200, R"({"items":[{"id":"f1"}]})");
        const auto began = f.transport.clock().now();
        const auto result = f.get("f1");
        REQUIRE_FALSE(result);
        CHECK(result.error().kind == ErrorKind::unavailable);
        CHECK(result.error().exchange->status == 503);
        CHECK(f.transport.clock().now() - began <= Milliseconds{2'000});
        CHECK(f.transport.sent().size() == (retry_after == std::string("0") ? 2 : 1));
    }
    Fixture f;
    f.client.stop_retrying_when([] { return true; });
    f.transport.answer(429, "");
    CHECK_FALSE(f.get("f1"));
    CHECK(f.transport.sent().size() == 1);
}

TEST_CASE("reads are tried again with growing pauses, then given up") {
    Fixture f;
    for (int i = 0; i < 6; ++i) {
        f.transport.answer(503, "");
    }
    const auto result = f.get("f1");
    CHECK(result.error().kind == ErrorKind::unavailable);
    REQUIRE(f.transport.sent().size() == 6);
    for (std::size_t i = 1; i < 6; ++i) {
        CHECK((f.transport.sent()[i].at - f.transport.sent()[i - 1].at).count() ==
              250 * (1 << (i - 1)));
    }
}

TEST_CASE("a patch may be sent again under the same etag") {
    Fixture f;
    f.transport.answer(Error{ErrorKind::network, "cut", {}, {}});
    f.transport.answer(412, R"({"errorMessage":"Supplied version=[a] does not match"})");
    const auto result = f.patch("\"e\"");
    CHECK(result.error().kind == ErrorKind::stale);
    CHECK(f.transport.sent(1).headers.find("if-match") == "\"e\"");
}

TEST_CASE("what is gone counts as deleted, a missing sandbox does not") {
    struct Row {
        int status;
        const char* body;
        const char* type;
        bool success;
    };
    const Row rows[] = {
        {202, "", "application/json", true},
        {204, "", "application/json", true},
        {404, R"({"errorMessage":"not found with id"})", "application/json", true},
        {404, "", "application/json", true},
        {404, R"({"errorCode":"2100-404"})", "application/json", false},
        {404, "<html>no such page</html>", "text/html", false},
        {400, R"({"errorCode":"1447-400"})", "application/json", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.body);
        Fixture f;
        f.transport.answer(row.status, row.body, {{"Content-Type", row.type}});
        CHECK(f.remove().has_value() == row.success);
        CHECK(f.transport.sent(0).method == http::Method::del);
    }
}

TEST_CASE("an action has no body and may be repeated") {
    Fixture f;
    f.transport.answer(500, "");
    f.transport.answer(200, R"({"id":"f1","etag":"\"e\""})");
    REQUIRE(f.wait<void>([&](auto done) { f.client.set_enabled("f1", false, done); }));
    const auto& request = f.transport.sent(1);
    CHECK(request.method == http::Method::post);
    CHECK(request.url == std::string(base) + "/flows/f1/action?op=disable");
    CHECK_FALSE(request.headers.find("content-type"));
    CHECK_FALSE(request.headers.find("if-match"));
    CHECK(request.body.empty());
}

TEST_CASE("runs come newest first, datasets page by page, specs by id") {
    Fixture f;
    f.transport.answer(200, R"({"items":[{"id":"r1"}]})");
    CHECK(f.wait<std::vector<Value>>([&](auto done) { f.client.runs("f1", 5, done); })->size() ==
          1);
    CHECK(f.transport.sent(0).url ==
          std::string(base) + "/runs?property=flowId%3D%3Df1&orderby=-createdAt&limit=5");

    f.transport.answer(
        200,
        R"({"items":[{"id":"d1"}],"pageInfo":{"start":0,"end":100,"total":101,"hasNext":true}})");
    f.transport.answer(
        200,
        R"({"items":[{"id":"d2"}],"pageInfo":{"start":100,"end":101,"total":101,"hasNext":false}})");
    CHECK(f.wait<std::vector<Value>>([&](auto done) {
               f.client.activation_datasets(done);
           })->size() == 2);
    CHECK(f.transport.sent(2).url ==
          std::string(base) + "/connectionSpecs/23598e46-f560-407b-88d5-ea6207e49db0/"
                              "configs?outputType=activationDatasets&outputField=datasets&start="
                              "100&limit=100&properties=name%2Cstate");

    f.transport.answer(200, R"({"items":[{"id":"s1"}]})");
    CHECK(f.wait<Value>([&](auto done) { f.client.connection_spec("s1", done); }));
    CHECK(f.transport.sent(3).url == std::string(base) + "/connectionSpecs/s1");
    f.transport.answer(200, R"({"items":[{"id":"s2"}]})");
    CHECK(f.wait<std::vector<Value>>([&](auto done) {
               f.client.flow_specs("id", {"s2", "s3"}, done);
           })->size() == 1);
    CHECK(f.transport.sent(4).url == std::string(base) + "/flowSpecs?property=id%3D%3Ds2%2Cs3");
}

TEST_CASE("mapping sets are ours by their exact name, whatever else the list holds") {
    Fixture f;
    f.transport.answer(
        200, R"({"data":[{"id":"m1","name":"acme/x"},{"id":"m2","name":"acme/xy"},{"id":"m3"}]})");
    const auto sets = f.wait<std::vector<Value>>(
        [&](auto done) { f.client.data_prep().mapping_sets_named("acme/x", done); });
    REQUIRE(sets);
    REQUIRE(sets->size() == 1);
    CHECK(sets->front()["id"].as_string() == "m1");
}
