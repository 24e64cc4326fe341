#include "http/url.hpp"

#include <doctest/doctest.h>

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
