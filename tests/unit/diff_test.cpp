#include "diff/diff.hpp"
#include "json/text.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace penstock;

namespace {

json::Value random_value(std::mt19937& random, int depth) {
    switch (random() % (depth > 0 ? 6U : 4U)) {
    case 0:
        return static_cast<int>(random() % 3);
    case 1:
        return random() % 2 == 0;
    case 2:
        return std::string(1, static_cast<char>('a' + random() % 3));
    case 3:
        return json::Value{};
    case 4:
        return json::Array{static_cast<int>(random() % 2), static_cast<int>(random() % 2)};
    default: {
        json::Object object;
        for (const char* name : {"a", "b/c", "d~e"}) {
            if (random() % 2 == 0) {
                object[name] = random_value(random, depth - 1);
            }
        }
        return object;
    }
    }
}

} // namespace

TEST_CASE("equal values have no difference, and changes lead from one to the other") {
    std::mt19937 random(20261121); // NOLINT: the same values in every run
    for (int i = 0; i < 5000; ++i) {
        const auto before = random_value(random, 3);
        const auto after = random_value(random, 3);
        INFO(json::write(before), " -> ", json::write(after));
        CHECK(diff::compare(before, before).empty());
        CHECK(diff::compare(before, after).empty() == (before == after));
        CHECK(diff::apply(before, diff::compare(before, after)) == after);
    }
}

TEST_CASE("a change names the innermost field") {
    const auto before = json::parse(R"({"params":{"path":"a","compression":"GZIP"},"name":"x"})");
    const auto after = json::parse(R"({"params":{"path":"b","mode":"m"},"name":"x"})");
    REQUIRE(before);
    REQUIRE(after);
    const auto changes = diff::compare(*before, *after);
    REQUIRE(changes.size() == 3);
    CHECK(changes[0] == diff::FieldChange{"/params/path", json::Value("a"), json::Value("b")});
    CHECK(changes[1] == diff::FieldChange{"/params/mode", std::nullopt, json::Value("m")});
    CHECK(changes[2] ==
          diff::FieldChange{"/params/compression", json::Value("GZIP"), std::nullopt});
}
