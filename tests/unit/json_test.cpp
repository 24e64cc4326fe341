#include "json/pointer.hpp"
#include "json/text.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
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

TEST_CASE("a number comes back as the one that was sent, to the last place") {
    for (const std::string text : {"-4.5e300", "1.7976931348623157e308", "5e-324", "0.1",
                                   "123456789.123456789", "2.2250738585072011e-308",
                                   "18446744073709551616", "0.00000000000000000000e-5", "1e-999"}) {
        const auto value = json::parse(text);
        REQUIRE(value);
        CHECK(value->as_double() == std::strtod(text.c_str(), nullptr));
        CHECK(json::parse(json::write(*value)).value_or(json::Value{}) == *value);
    }
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

TEST_CASE("a full digest is that of the canonical text") {
    CHECK(json::full_digest(json::Object{}) ==
          "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    CHECK(json::full_digest(json::Object{}).substr(0, 16) == json::digest(json::Object{}));
}

TEST_CASE("where a name must not stand twice, it is an error, in objects of any size") {
    json::ParseLimits limits;
    limits.repeated_names = false;
    std::string many = "{";
    for (int i = 0; i < 100; ++i) {
        many += "\"name" + std::to_string(i) + "\":0,";
    }
    CHECK(json::parse(many + "\"last\":0}", limits));
    for (const auto& text : {std::string(R"({"a":1,"b":{"c":1,"c":1}})"), many + "\"name99\":0}",
                             many + "\"name3\":0}"}) {
        CHECK(json::parse(text));
        const auto refused = json::parse(text, limits);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message.find("stands twice") != std::string::npos);
    }
}

TEST_CASE("300,000 nested brackets are an error, not a crash") {
    const auto value = json::parse(std::string(300'000, '['));
    REQUIRE_FALSE(value);
    CHECK(value.error().message == "JSON nested deeper than 200 levels");
}

TEST_CASE("a document of too many values is an error, however short its text is") {
    std::string text = "[0";
    for (int i = 0; i < 2'000'000; ++i) {
        text += ",0";
    }
    const auto value = json::parse(text + "]");
    REQUIRE_FALSE(value);
    CHECK(value.error().message == "JSON with more than 2000000 values");
    CHECK(json::parse("[1,{\"a\":2}]", {100, 10, 4}));
    CHECK_FALSE(json::parse("[1,{\"a\":2}]", {100, 10, 3}));
}

TEST_CASE("an object of a million members is read in no time, and the last of a name counts") {
    std::string text = "{\"a\":0";
    for (int i = 0; i < 1'000'000; ++i) {
        text += ",\"" + std::to_string(i) + "\":1";
    }
    const auto value = json::parse(text + R"(,"7":"last","a":"last"})");
    REQUIRE(value);
    CHECK(value->as_object().size() == 1'000'001);
    CHECK((*value)["7"].as_string() == "last");
    CHECK((*value)["a"].as_string() == "last");
}

TEST_CASE("what people read holds nothing that a terminal would obey, and the same values") {
    const json::Value value = json::Object{{"\x1b]8;;\x07", "a\x1b[2J\r\n\x7f\xc2\x9b"
                                                            "31m\xe2\x80\xae"}};
    const auto text = json::write_pretty(value);
    CHECK(text == "{\n  \"\\u001B]8;;\\u0007\": "
                  "\"a\\u001B[2J\\r\\n\\u007f\\u009b31m\\u202e\"\n}");
    CHECK(json::parse(text).value() == value);
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
    CHECK_FALSE(json::parse("-1e999"));
    CHECK_FALSE(json::parse("[0x1]"));
    CHECK_FALSE(json::parse("[01]"));
}

TEST_CASE("half of a surrogate pair is no text") {
    CHECK(json::parse(R"(["\ud83d\ude00"])"));
    for (const char* text :
         {R"(["\ud83d"])", R"(["\ude00"])", R"(["\ude00\ud83d"])", R"({"\ude00":1})"}) {
        const auto value = json::parse(text);
        REQUIRE_FALSE(value);
        CHECK(value.error().message.find("surrogate") != std::string::npos);
    }
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
