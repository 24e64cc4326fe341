#include "cli/parser.hpp"
#include "cli/shard_choice.hpp"
#include "model/shard.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace penstock;
using model::EntityKey;
using model::EntityKind;
using Words = std::vector<std::string>;

namespace {

/// A machine with these variables.
cli::Host host_with(const std::map<std::string, std::string>& variables) {
    cli::Host host;
    host.variable = [variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return host;
}

Result<std::optional<model::Shard>>
chosen(const Words& words, const std::map<std::string, std::string>& variables = {}) {
    const auto parsed = cli::parse(words);
    REQUIRE(parsed);
    return cli::chosen_shard(*parsed, host_with(variables));
}

} // namespace

TEST_CASE("which shard owns an entity is the same in every version") {
    struct Row {
        EntityKey key;
        std::vector<std::size_t> index; ///< of 1, 2, 3, 4, 16 and 100,000
    };
    const std::vector<Row> table{
        {{EntityKind::base, "acme-s3"}, {1, 1, 2, 3, 15, 60079}},
        {{EntityKind::flow, "device-graph"}, {1, 1, 1, 3, 7, 2727}},
        {{EntityKind::flow, "loyalty-daily"}, {1, 2, 2, 4, 4, 56644}},
        {{EntityKind::flow, "orders"}, {1, 2, 3, 2, 6, 48582}},
        {{EntityKind::base, "ProfileStore"}, {1, 2, 2, 2, 6, 20342}},
        {{EntityKind::source, "ProfileStore"}, {1, 2, 2, 2, 6, 20342}},
        // An account and an export may have one name.
        {{EntityKind::flow, "acme-s3"}, {1, 1, 2, 3, 11, 63819}},
    };
    const std::vector<std::size_t> counts{1, 2, 3, 4, 16, 100'000};
    for (const auto& row : table) {
        for (std::size_t i = 0; i < counts.size(); ++i) {
            INFO(model::address(row.key), " of ", counts[i]);
            CHECK(model::shard_of(row.key, counts[i]) == model::Shard{row.index[i], counts[i]});
        }
    }
}

TEST_CASE("each entity has one owner, and an export is owned as a whole") {
    for (const std::size_t count : {1U, 2U, 5U}) {
        std::set<std::size_t> used;
        for (int i = 0; i < 100; ++i) {
            const auto name = "export-" + std::to_string(i);
            std::size_t owners = 0;
            for (std::size_t index = 1; index <= count; ++index) {
                const model::Shard shard{index, count};
                const bool owns = shard.owns({EntityKind::flow, name});
                CHECK(shard.owns({EntityKind::source, name}) == owns);
                CHECK(shard.owns({EntityKind::target, name}) == owns);
                owners += owns ? 1U : 0U;
                if (owns) {
                    used.insert(index);
                }
            }
            CHECK(owners == 1);
        }
        CHECK(used.size() == count);
    }
    CHECK(model::owns(std::nullopt, {EntityKind::base, "any"}));
}

TEST_CASE("a shard is given as I/N, or as N with the index of a Job") {
    CHECK(*chosen({"plan"}, {{"JOB_COMPLETION_INDEX", "1"}}) == std::nullopt);
    CHECK(*chosen({"plan", "--shard", "2/4"}) == model::Shard{2, 4});
    CHECK(*chosen({"apply", "--shard=1/1"}) == model::Shard{1, 1});
    CHECK(*chosen({"drift", "--shard", "4"}, {{"JOB_COMPLETION_INDEX", "0"}}) ==
          model::Shard{1, 4});
    CHECK(*chosen({"destroy", "--shard", "4"}, {{"JOB_COMPLETION_INDEX", "3"}}) ==
          model::Shard{4, 4});
    // What stands on the command line wins.
    CHECK(*chosen({"status", "--shard", "2/4"}, {{"JOB_COMPLETION_INDEX", "nonsense"}}) ==
          model::Shard{2, 4});
    CHECK(cli::parse({"apply", "--shard", "2/4", "--shard-timeout", "0"})->shard_timeout == 0U);
}

TEST_CASE("a shard that is none is refused with what would be one") {
    for (const std::string text : {"0/4", "5/4", "a/4", "1/", "/4", "1/0", "1/2/3", "0", "x",
                                   "1/100001", " 1/4", "1 /4", "99999999999999999999/4", ""}) {
        INFO(text);
        const auto parsed = cli::parse({"plan", "--shard", text});
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind == ErrorKind::invalid_input);
        CHECK(parsed.error().message ==
              "--shard takes I/N or N, with N from 1 to 100000 and I from 1 to N, not " +
                  (text.empty() ? "nothing" : text));
    }
    CHECK_FALSE(cli::parse({"plan", "--shard="}));
    CHECK_FALSE(cli::parse({"plan", "--shard", "-1/4"}));
    CHECK_FALSE(cli::parse({"validate", "--shard", "1/2"}));
    CHECK_FALSE(cli::parse({"plan", "--shard", "1/2", "--shard-timeout", "5"}));
    const auto twice = cli::parse({"apply", "--shard", "1/2", "--shard", "2/2"});
    REQUIRE_FALSE(twice);
    CHECK(twice.error().message == "--shard is given twice, and a run is one shard");
    const auto alone = cli::parse({"apply", "--shard-timeout", "5"});
    REQUIRE_FALSE(alone);
    CHECK(alone.error().hint == "write --shard I/N, too");

    const auto unknown = chosen({"plan", "--shard", "4"});
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().message == "--shard 4 does not say which of the 4 shards this is");
    CHECK(unknown.error().hint == "write --shard I/4, or set JOB_COMPLETION_INDEX to a number from "
                                  "0 to 3, as an Indexed Job of Kubernetes does");
    for (const std::string value : {"4", "-1", "two", "1.0", "0x1"}) {
        const auto wrong = chosen({"plan", "--shard", "4"}, {{"JOB_COMPLETION_INDEX", value}});
        INFO(value);
        REQUIRE_FALSE(wrong);
        CHECK(wrong.error().message ==
              "JOB_COMPLETION_INDEX is " + value + ", and --shard 4 needs a number from 0 to 3");
    }
}
