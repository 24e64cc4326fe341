#include "json/pointer.hpp"
#include "json/text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;

TEST_CASE("a parsed document is written back as it was") {
    const std::string text = R"({"b":[1,2.5,"x\n",null,true],"a":{"c":9223372036854775807}})";
    const auto value = json::parse(text);
    REQUIRE(value);
    CHECK(json::write(*value) == text);
    CHECK(json::write_canonical(*value) ==
          R"({"a":{"c":9223372036854775807},"b":[1,2.5,"x\n",null,true]})");
}

TEST_CASE("the order of members is no difference") {
    const auto one = json::parse(R"({"a":1,"b":2})");
    const auto other = json::parse(R"({"b":2,"a":1})");
    REQUIRE(one);
    REQUIRE(other);
    CHECK(*one == *other);
    CHECK(json::digest(*one) == json::digest(*other));
    CHECK(json::digest(*one) != json::digest(json::Value{}));
}

TEST_CASE("300,000 nested brackets are an error, not a crash") {
    const auto value = json::parse(std::string(300'000, '['));
    REQUIRE_FALSE(value);
    CHECK(value.error().message == "JSON nested deeper than 200 levels");
}

TEST_CASE("broken documents name the byte and quote nothing") {
    const auto value = json::parse(R"({"secret": tru})");
    REQUIRE_FALSE(value);
    CHECK(value.error().kind == ErrorKind::bad_answer);
    CHECK(value.error().message.find("byte") != std::string::npos);
    CHECK(value.error().message.find("secret") == std::string::npos);
    CHECK_FALSE(json::parse("{} {}"));
    CHECK_FALSE(json::parse(""));
    CHECK_FALSE(json::parse("\"\xff\""));
}

TEST_CASE("a document for others is JSON whatever bytes it tells of") {
    const json::Value value = json::Object{{"caf\xe9.yaml", "Acc\xc3\xa9 \xff\xfe\xe2\x82"}};
    const auto again = json::parse(json::write_pretty(value));
    REQUIRE(again);
    CHECK((*again)["caf\ufffd.yaml"] == json::Value("Acc\u00e9 \ufffd\ufffd\ufffd\ufffd"));
}

TEST_CASE("pointers reach into objects and arrays, escaped") {
    const auto value = json::parse(R"({"a/b":{"m~n":[10,20]}})");
    REQUIRE(value);
    const auto* found = json::find(*value, "/a~1b/m~0n/1");
    REQUIRE(found != nullptr);
    CHECK(found->as_integer() == 20);
    CHECK(json::find(*value, "/a~1b/m~0n/2") == nullptr);
    CHECK(json::find(*value, "/a~1b/m~0n/-1") == nullptr);
    CHECK(json::child("/x", "a/b~c") == "/x/a~1b~0c");
}
