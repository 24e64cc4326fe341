#include "manifest/guards.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace penstock;

TEST_CASE("a pattern describes whole names") {
    struct Row {
        const char* pattern;
        const char* name;
        bool matches;
    };
    for (const auto& row : std::vector<Row>{
             {"loyalty", "loyalty", true},
             {"loyalty", "loyalty-eu", false},
             {"loyalty-*", "loyalty-eu", true},
             {"loyalty-*", "loyalty-", true},
             {"loyalty-*", "loyalty", false},
             {"*-eu", "loyalty-eu", true},
             {"*-eu", "loyalty-eu-west", false},
             {"*", "anything", true},
             {"l*y*u", "loyalty-eu", true},
             {"l*y*x", "loyalty-eu", false},
             {"a*ab", "aab", true},
             {"a*ab", "aaab", true},
             {"a*ab", "aabb", false},
             {"**a**", "a", true},
             {"", "a", false},
             {"a", "", false},
         }) {
        CAPTURE(row.pattern);
        CAPTURE(row.name);
        CHECK(manifest::matches_name(row.pattern, row.name) == row.matches);
    }
}

TEST_CASE("labels protect with all of an entry, names also without a manifest") {
    manifest::Guards guards;
    guards.protected_labels = {{{"tier", "gold"}}, {{"paying", "yes"}, {"team", "crm"}}};
    guards.protected_names = {"loyalty-*", "s3"};
    const std::map<std::string, std::string> gold{{"tier", "gold"}, {"team", "web"}};
    const std::map<std::string, std::string> paying{{"team", "crm"}, {"paying", "yes"}};
    const std::map<std::string, std::string> half{{"team", "crm"}, {"tier", "silver"}};
    const auto by = [&](const char* name, const auto* labels) {
        return manifest::protection(guards, "prod", name, labels);
    };
    CHECK(by("a", &gold) == "its label tier=gold");
    CHECK(by("a", &paying) == "its labels paying=yes and team=crm");
    CHECK(by("a", &half).empty());
    using Labels = std::map<std::string, std::string>;
    const Labels* unknown = nullptr;
    CHECK(by("a", unknown).empty());
    CHECK(by("s3", unknown) == "its name");
    CHECK(by("loyalty-eu", unknown) == "its name (loyalty-*)");

    guards.protected_environments = {"prod"};
    CHECK_FALSE(by("a", &gold).empty());
    CHECK(manifest::protection(guards, "dev", "a", &gold).empty());
    CHECK(manifest::protection(guards, "dev", "s3", unknown).empty());
}
