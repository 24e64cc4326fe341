#include "execute/shared_answers.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace penstock;
using Answers = execute::SharedAnswers<std::string>;

namespace {

/// Asks, and remembers whom to answer.
struct Fixture {
    Answers answers;
    std::vector<Answers::Done> fetches;
    std::vector<Result<std::string>> heard;

    void ask(const std::string& key) {
        answers.get(
            key, [this](Result<std::string> answer) { heard.push_back(std::move(answer)); },
            [this](Answers::Done done) { fetches.push_back(std::move(done)); });
    }
};

} // namespace

TEST_CASE("what many ask for is fetched once, and those wait who did not ask first") {
    Fixture f;
    f.ask("schema");
    CHECK(f.answers.waiting() == 0); // it has a request under way
    f.ask("schema");
    f.ask("schema");
    f.ask("another");
    CHECK(f.fetches.size() == 2);
    CHECK(f.answers.waiting() == 2);
    SUBCASE("an answer") {
        f.fetches[0](std::string("id"));
        REQUIRE(f.heard.size() == 3);
        for (const auto& answer : f.heard) {
            CHECK(answer.value() == "id");
        }
    }
    SUBCASE("a failure is an answer, too") {
        f.fetches[0](fail(ErrorKind::rejected, "no"));
        REQUIRE(f.heard.size() == 3);
        for (const auto& answer : f.heard) {
            CHECK(answer.error().message == "no");
        }
    }
    CHECK(f.answers.waiting() == 0);
    f.ask("schema");
    CHECK(f.heard.size() == 4);
    CHECK(f.fetches.size() == 2);
    f.fetches[1](std::string("other"));
    CHECK(f.heard.size() == 5);
    CHECK(f.answers.waiting() == 0);
}

TEST_CASE("an answer may lead to further questions") {
    Fixture f;
    f.answers.get(
        "schema", [&](const Result<std::string>& /*answer*/) { f.ask("schema"); },
        [&](Answers::Done done) { f.fetches.push_back(std::move(done)); });
    f.ask("schema");
    f.fetches[0](std::string("id"));
    CHECK(f.heard.size() == 2);
    CHECK(f.answers.waiting() == 0);
}
