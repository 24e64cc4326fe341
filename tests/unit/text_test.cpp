#include "base/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;

TEST_CASE("nearest finds a slip of the fingers and nothing else") {
    const std::vector<std::string> fields{"compression", "datasetFileType", "path"};
    CHECK(nearest("compresion", fields) == "compression");
    CHECK(nearest("DatasetFiletype", fields) == "datasetFileType");
    CHECK(nearest("bucket", fields) == std::nullopt);
}

TEST_CASE("printable leaves nothing that a terminal would obey") {
    CHECK(printable("café") == "café");
    CHECK(printable("a\x1b[31mred") == "a\\x1b[31mred");
    CHECK(printable("line\nforged") == "line\\x0aforged");
    CHECK(printable("\xc2\x9b"
                    "31m") == "\\xc2\\x9b31m");
    CHECK(printable("\xff") == "\\xff");
    CHECK(printable("\xe2\x80\xae"
                    "gpj") == "\\xe2\\x80\\xaegpj");
}

TEST_CASE("printable leaves nothing that ends or reorders a line") {
    // ALM, LRM, RLM, the line and paragraph separators, an embedding, an override, an isolate
    for (const std::string mark :
         {"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9",
          "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9"}) {
        const auto text = printable("a" + mark + "b");
        CAPTURE(text);
        CHECK(text.find(mark) == std::string::npos);
        CHECK(text.starts_with("a\\x"));
        CHECK(text.ends_with("b"));
    }
    CHECK(printable("a\xe2\x80\x8b\xe2\x82\xac\xf0\x9f\x98\x80") ==
          "a\xe2\x80\x8b\xe2\x82\xac\xf0\x9f\x98\x80");
    CHECK(printable_json("{\n  \"a\": \"\x7f\xc2\x9b\xe2\x80\xae\xffé\"\n}") ==
          "{\n  \"a\": \"\\u007f\\u009b\\u202e\ufffdé\"\n}");
}

TEST_CASE("UTF-8 is checked to the letter") {
    CHECK(is_utf8("grüße"));
    CHECK_FALSE(is_utf8("\xc0\xaf"));
    CHECK_FALSE(is_utf8("\xed\xa0\x80"));
    CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));
    CHECK(code_points("grüße") == 5);
}
