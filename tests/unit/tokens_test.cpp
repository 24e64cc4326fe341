#include "auth/tokens.hpp"
#include "http/url.hpp"
#include "support/scripted_transport.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using secrets::SecretString;

namespace {

constexpr const char* secret = "p8e-CLIENT+SECRET/&=%";

struct Ims {
    test::ScriptedTransport transport;
    std::unique_ptr<auth::TokenProvider> tokens = auth::make_ims_tokens(
        transport, transport.clock(),
        {"https://ims.example/", "my-client", SecretString(secret), {"openid", "AdobeID"}});

    void grant(const std::string& token, int seconds) {
        transport.answer(200, R"({"access_token":")" + token +
                                  R"(","token_type":"bearer","expires_in":)" +
                                  std::to_string(seconds) + "}");
    }
    Result<SecretString> token() {
        std::optional<Result<SecretString>> heard;
        tokens->token([&](Result<SecretString> result) { heard = std::move(result); });
        http::run(transport);
        REQUIRE(heard);
        return *heard;
    }
    /// A failure's whole text; the client secret must not be in it.
    Error failure() {
        const auto result = token();
        REQUIRE_FALSE(result);
        const std::string text = describe(result.error());
        CHECK(text.find(secret) == std::string::npos);
        CHECK(text.find(http::percent_encode(secret)) == std::string::npos);
        return result.error();
    }
};

} // namespace

TEST_CASE("the token request is a percent-encoded form") {
    Ims ims;
    ims.grant("T1", 86399);
    CHECK(ims.token()->reveal() == "T1");
    const auto& request = ims.transport.sent(0);
    CHECK(request.method == http::Method::post);
    CHECK(request.url == "https://ims.example/ims/token/v3");
    CHECK(request.headers.find("content-type") == "application/x-www-form-urlencoded");
    CHECK(request.body == "grant_type=client_credentials&client_id=my-client&"
                          "client_secret=p8e-CLIENT%2BSECRET%2F%26%3D%25&scope=openid%2CAdobeID");
}

TEST_CASE("a token is kept until 500 s before its end") {
    Ims ims;
    ims.grant("T1", 3600);
    ims.grant("T2", 3600);
    CHECK(ims.token()->reveal() == "T1");
    ims.transport.clock().advance(std::chrono::seconds{3099});
    CHECK(ims.token()->reveal() == "T1");
    ims.transport.clock().advance(std::chrono::seconds{1});
    CHECK(ims.token()->reveal() == "T2");
    CHECK(ims.transport.sent().size() == 2);
}

TEST_CASE("a short-lived token is kept for half its life") {
    Ims ims;
    ims.grant("T1", 60);
    ims.grant("T2", 60);
    CHECK(ims.token()->reveal() == "T1");
    ims.transport.clock().advance(std::chrono::seconds{29});
    CHECK(ims.token()->reveal() == "T1");
    ims.transport.clock().advance(std::chrono::seconds{1});
    CHECK(ims.token()->reveal() == "T2");
}

TEST_CASE("callers that wait share one request") {
    Ims ims;
    ims.grant("T1", 3600);
    int heard = 0;
    for (int i = 0; i < 5; ++i) {
        ims.tokens->token([&](const Result<SecretString>& result) {
            CHECK(result->reveal() == "T1");
            ++heard;
        });
    }
    http::run(ims.transport);
    CHECK(heard == 5);
    CHECK(ims.transport.sent().size() == 1);
}

TEST_CASE("a rejected token is replaced, but only once for all who used it") {
    Ims ims;
    ims.grant("T1", 3600);
    ims.grant("T2", 3600);
    const auto first = ims.token();
    ims.tokens->reject(*first);
    CHECK(ims.token()->reveal() == "T2");
    ims.tokens->reject(*first);
    CHECK(ims.token()->reveal() == "T2");
    CHECK(ims.transport.sent().size() == 2);
}

TEST_CASE("transient failures of IMS are tried again") {
    Ims ims;
    ims.transport.answer(503, "");
    ims.transport.answer(Error{ErrorKind::network, "cut", {}, {}});
    ims.transport.answer(429, "", {{"Retry-After", "20"}});
    ims.grant("T1", 3600);
    const auto start = ims.transport.clock().now();
    CHECK(ims.token()->reveal() == "T1");
    CHECK(ims.transport.clock().now() - start >= std::chrono::seconds{20});
}

TEST_CASE("the provider may go while its request is under way") {
    Ims ims;
    ims.grant("T1", 3600);
    int heard = 0;
    ims.tokens->token([&](const Result<SecretString>&) { ++heard; });
    ims.tokens.reset();
    http::run(ims.transport);
    CHECK(heard == 1);
}

TEST_CASE("failures of IMS in its own words") {
    Ims ims;
    SUBCASE("wrong credentials") {
        ims.transport.answer(
            400,
            R"({"error":"invalid_client","error_description":"invalid client_secret parameter"})",
            {{"x-request-id", "r-1"}});
        const auto error = ims.failure();
        CHECK(error.kind == ErrorKind::authentication);
        CHECK(error.message ==
              "IMS gives no token (HTTP 400): invalid_client: invalid client_secret parameter");
        CHECK(*error.exchange == Exchange{"POST", "/ims/token/v3", 400, "", "r-1"});
    }
    SUBCASE("words that repeat the secret") {
        ims.transport.answer(401, std::string(R"({"error":"bad secret )") + secret + R"("})");
        CHECK(ims.failure().message ==
              "IMS gives no token (HTTP 401): (withheld: it repeats the client secret)");
    }
    SUBCASE("a web page") {
        ims.transport.answer(200, "<html>", {{"Content-Type", "text/html"}});
        const auto error = ims.failure();
        CHECK(error.kind == ErrorKind::bad_answer);
        CHECK(error.message == "the token answer of IMS is not JSON (content type text/html)");
    }
    SUBCASE("no token") {
        ims.transport.answer(200, R"({"expires_in":86399})");
        CHECK(ims.failure().message == "the token answer of IMS holds no access_token");
    }
    SUBCASE("no life") {
        ims.transport.answer(200, R"({"access_token":"T1"})");
        CHECK(ims.failure().message == "the token answer of IMS holds no expires_in in seconds");
    }
    SUBCASE("down for good") {
        for (int i = 0; i < 6; ++i) {
            ims.transport.answer(500, "");
        }
        CHECK(ims.failure().kind == ErrorKind::unavailable);
        CHECK(ims.transport.sent().size() == 6);
    }
}

TEST_CASE("a ready token serves until it is rejected") {
    const auto tokens = auth::make_ready_token(SecretString("R1"));
    std::optional<Result<SecretString>> heard;
    const auto ask = [&] { tokens->token([&](Result<SecretString> r) { heard = std::move(r); }); };
    tokens->reject(SecretString("other"));
    ask();
    CHECK((*heard)->reveal() == "R1");
    tokens->reject(SecretString("R1"));
    ask();
    CHECK(heard->error().kind == ErrorKind::authentication);
    CHECK(describe(heard->error()).find("R1") == std::string::npos);
}
