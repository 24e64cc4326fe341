#include "cli/label_selector.hpp"
#include "support/random.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace penstock;
using Labels = std::map<std::string, std::string>;

namespace {

const Labels gold{{"team", "crm"}, {"tier", "gold"}, {"owner", "jane doe"}, {"note", ""}};

} // namespace

TEST_CASE("a selector chooses by labels as kubectl does") {
    struct Row {
        const char* selector;
        bool chooses;
    };
    for (const auto& row : std::vector<Row>{
             {"team=crm", true},
             {"team==crm", true},
             {" team = crm ", true},
             {"team=web", false},
             {"absent=crm", false},
             {"team!=crm", false},
             {"team!=web", true},
             {"absent!=crm", true}, // what lacks the label has another value
             {"team in (crm,web)", true},
             {"team in ( web , crm )", true},
             {"team in(crm)", true},
             {"team in (web)", false},
             {"absent in (crm)", false},
             {"team notin (web, ads)", true},
             {"team notin (crm)", false},
             {"absent notin (crm)", true},
             {"team", true},
             {"note", true},
             {"absent", false},
             {"!absent", true},
             {"! absent", true},
             {"!team", false},
             {"team=crm,tier=gold", true},
             {"team=crm,tier!=gold", false},
             {"team in (crm),tier,!absent", true},
             {"owner=\"jane doe\"", true},
             {"owner in (\"jane doe\", joe)", true},
             {"note=\"\"", true},
             {"team=\"\"", false},
             {"in=x", false},
             {"!in", true},
         }) {
        CAPTURE(row.selector);
        const auto parsed = cli::parse_selector(row.selector);
        REQUIRE(parsed);
        CHECK(parsed->matches(gold) == row.chooses);
    }
}

TEST_CASE("a selector that is wrong is told where and what is expected") {
    struct Row {
        const char* selector;
        const char* complaint;
    };
    for (const auto& row : std::vector<Row>{
             {"", "1: expected the name of a label"},
             {"  ", "3: expected the name of a label"},
             {"=", "1: expected the name of a label"},
             {"=crm", "1: expected the name of a label"},
             {"!", "2: expected the name of a label"},
             {",", "1: expected the name of a label"},
             {"team=crm,", "10: expected the name of a label"},
             {"team=", "6: expected a value"},
             {"team!=", "7: expected a value"},
             {"team===crm", "7: expected a value"},
             {"team=,tier=gold", "6: expected a value"},
             {"team=crm tier=gold", "10: expected a comma"},
             {"team crm", "6: expected =, !=, in, notin or a comma"},
             {"team > 3", "6: expected =, !=, in, notin or a comma"},
             {"team in", "8: expected ("},
             {"team in crm", "9: expected ("},
             {"team in (", "10: expected a value"},
             {"team in ()", "10: expected a value"},
             {"team in (crm,)", "14: expected a value"},
             {"team in (crm", "13: expected a comma or )"},
             {"team in (crm web)", "14: expected a comma or )"},
             {"team in (crm))", "14: expected a comma"},
             {"team=\"crm", "10: expected a closing \""},
             {"team=cr(m", "8: expected a comma"},
             {"!team=crm", "6: expected a comma"},
             {"straße=x y", "10: expected a comma"}, // characters, not bytes
         }) {
        CAPTURE(row.selector);
        const auto parsed = cli::parse_selector(row.selector);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::invalid_input);
        CHECK(parsed.error().message == "the selector `" + std::string(row.selector) +
                                            "` is wrong at character " + row.complaint);
        CHECK_FALSE(parsed.error().hint.empty());
    }
}

TEST_CASE("a selector of any text is understood or complained about in one line") {
    std::vector<std::string> pieces{"team", "in",  "notin", "(",  ")",      ",",    "=",
                                    "==",   "!=",  "!",     " ",  "\"",     "\xff", "\x1b[2J",
                                    "\n",   "crm", "<",     "\t", "\u2028", "é"};
    pieces.emplace_back(1, '\0');
    test::Random random(7);
    std::size_t understood = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (int i = random.number(0, 9); i > 0; --i) {
            text += random.any(pieces);
        }
        const auto parsed = cli::parse_selector(text);
        if (parsed) {
            ++understood;
            REQUIRE_FALSE(parsed->requirements.empty());
            // Each requirement and its opposite share out all there is.
            for (auto requirement : parsed->requirements) {
                using Operator = cli::LabelRequirement::Operator;
                const bool before = requirement.matches(gold);
                requirement.op = requirement.op == Operator::in       ? Operator::not_in
                                 : requirement.op == Operator::not_in ? Operator::in
                                 : requirement.op == Operator::exists ? Operator::missing
                                                                      : Operator::exists;
                REQUIRE(requirement.matches(gold) != before);
            }
        } else {
            for (const char control : {'\n', '\t', '\x1b'}) {
                REQUIRE(parsed.error().message.find(control) == std::string::npos);
            }
        }
    }
    CHECK(understood > 1000);
}
