#include "http/url.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;

TEST_CASE("a continuation token with '=', '+' and '%' survives") {
    const auto query = http::parse_query("continuationToken=a%2Bb%3D%3D+c=&limit=100");
    CHECK(http::find(query, "continuationToken") == "a+b==+c=");
    CHECK(http::find(query, "limit") == "100");
    CHECK(http::write_query(query) == "continuationToken=a%2Bb%3D%3D%2Bc%3D&limit=100");
}

TEST_CASE("only absolute http and https URLs are URLs") {
    const auto url = http::parse_url("https://platform.adobe.io:8443/data/x?y=1#z");
    REQUIRE(url);
    CHECK(url->host == "platform.adobe.io:8443");
    CHECK(url->path == "/data/x");
    CHECK(url->query == "y=1");
    CHECK_FALSE(http::parse_url("ftp://host/"));
    CHECK_FALSE(http::parse_url("/data/x"));
    CHECK_FALSE(http::parse_url("https://user@host/"));
}

TEST_CASE("a host is one name or address with at most one port") {
    for (const char* host :
         {"a", "a.example:8443", "127.0.0.1:80", "[::1]", "[::ffff:1.2.3.4]:80"}) {
        CHECK(http::parse_url(std::string("https://") + host + "/x").has_value());
    }
    // The third would count as an origin of good.example.
    for (const char* host : {"", ":443", "good.example:evil:443", "a:", "a:b", "[", "[]", "[::1",
                             "[::1]80", "[g]", "a]", "::1", ":", "://"}) {
        CHECK_FALSE(http::parse_url(std::string("https://") + host + "/x").has_value());
    }
}
