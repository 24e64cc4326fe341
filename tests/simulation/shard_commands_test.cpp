#include "json/text.hpp"
#include "support/command_line.hpp"
#include "support/somebody.hpp"
#include "support/two_shards.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::CommandResult;
using test::contains;
using test::export_of;
using test::TwoShards;
using test::writes;
using Words = std::vector<std::string>;

namespace {

/// Findings or changes of a document, by address.
std::set<std::string> addresses(const CommandResult& result, const char* list) {
    const auto document = json::parse(result.out);
    REQUIRE(document);
    std::set<std::string> found;
    for (const auto& item : (*document)[list].as_array()) {
        CHECK(found.insert(item["address"].as_string()).second);
    }
    return found;
}

} // namespace

TEST_CASE("a plan of a shard tells what it is of, what it does and what waits") {
    TwoShards penstock;
    const auto first = penstock({"plan", "--shard", "1/2", "--detailed-exitcode"});
    CHECK(first.code == 2);
    CHECK(first.out == "export clicks   (exports/clicks.yaml:3)\n"
                       "  + clicks.source  source connection  will be created, waits for shard "
                       "2/2\n"
                       "      + dataset Orders (62b9a1c37e4d8f0a5c6b2d03)\n"
                       "  + clicks.target  target connection  will be created, waits for shard "
                       "2/2\n"
                       "      account: s3\n"
                       "      bucketName: demo-bucket\n"
                       "      path: clicks\n"
                       "      datasetFileType: PARQUET\n"
                       "      compression: NONE\n"
                       "  + clicks.flow  dataflow  will be created, waits for shard 2/2\n"
                       "      frequency: DAILY\n"
                       "      startTime: 2027-01-01T02:00:00Z\n"
                       "      endTime: 2028-01-01T02:00:00Z\n"
                       "      description: For clicks\n"
                       "\n"
                       "Warning: clicks: waits for account s3 of shard 2/2, which is not there yet "
                       "[waits-for-shard]\n"
                       "  next: that shard makes it; an apply of this one goes on then\n"
                       "\n"
                       "Shard 1/2: the rest of the project belongs to other shards.\n"
                       "Plan: 3 to add, 0 to change, 0 to destroy.\n");
    const auto held_back = json::parse(penstock({"plan", "--shard", "1/2", "--json"}).out).value();
    CHECK(held_back["applyable"] == json::Value(true));
    CHECK(held_back["complete"] == json::Value(false));
    CHECK(held_back["errored"] == json::Value(false));
    CHECK(held_back["steps"].as_array().empty());
    REQUIRE(held_back["resource_changes"].as_array().size() == 3);
    for (const auto& change : held_back["resource_changes"].as_array()) {
        CHECK(change["waits_for_shard"]["index"] == json::Value(2));
        CHECK(change["waits_for_shard"]["count"] == json::Value(2));
    }
    const auto second = penstock({"plan", "--shard", "2/2"});
    CHECK(contains(second.out, "Plan: 4 to add, 0 to change, 0 to destroy.\n"));
    const auto document = json::parse(penstock({"plan", "--shard", "2/2", "--json"}).out).value();
    CHECK(document["shard"]["index"] == json::Value(2));
    CHECK(document["shard"]["count"] == json::Value(2));
    CHECK(document["complete"] == json::Value(true));
    CHECK(document["resource_changes"].as_array()[0]["waits_for_shard"].is_null());
    CHECK(json::parse(penstock({"plan", "--json"}).out).value()["shard"].is_null());

    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    CHECK(penstock({"plan", "--shard", "2/2"}).out ==
          "No changes. 1 export and 1 account of shard 2/2 match the sandbox.\n");
    const auto idle = penstock({"apply", "--auto-approve", "--shard", "3/5"});
    CHECK(idle.code == 0);
    CHECK(contains(idle.out, "No changes. There is nothing to do in shard 3/5.\n"));
}

TEST_CASE("a shard that waits in vain says for whom, and ends with exit code 5") {
    TwoShards penstock;
    const auto begin = penstock.clock.now();
    const auto result =
        penstock({"apply", "--auto-approve", "--shard", "1/2", "--shard-timeout", "40"});
    INFO(result.out, result.err);
    CHECK(result.code == 5);
    CHECK(writes(result) == 0);
    CHECK(penstock.clock.now() - begin >= std::chrono::seconds(40));
    CHECK(penstock.clock.now() - begin < std::chrono::seconds(50));
    CHECK(result.out ==
          "Apply incomplete: 0 added, 0 changed, 0 destroyed; 0 failed, 0 skipped, 1 blocked.\n"
          "Shard 1/2: the rest of the project belongs to other shards.\n"
          "\n"
          "Error: clicks: waits for account s3 of shard 2/2, which is not there yet "
          "[waits-for-shard]\n"
          "  next: nothing came of it for 40 s: look at the run of that shard, then run this one "
          "again; --shard-timeout SECONDS waits longer\n"
          "\n"
          "First solve the error above: what it names was left alone. The next apply does the "
          "rest.\n");
    CHECK(contains(result.err, "\nwaiting for account s3 of shard 2/2\n"));

    const auto at_once =
        penstock({"apply", "--auto-approve", "--shard", "1/2", "--shard-timeout", "0", "--json"});
    CHECK(at_once.code == 5);
    CHECK(at_once.requests.size() < result.requests.size() / 2);
    const auto document = json::parse(at_once.out).value();
    CHECK(document["shard"]["index"] == json::Value(1));
    CHECK(document["complete"] == json::Value(false));
}

TEST_CASE("a shard goes on when the account is there, and tells all as one run") {
    TwoShards penstock;
    penstock.apply_second_after(20);
    const auto result = penstock({"apply", "--auto-approve", "--shard", "1/2"});
    INFO(result.out, result.err);
    CHECK(result.code == 0);
    CHECK(result.out == "Apply complete! Resources: 3 added, 0 changed, 0 destroyed.\n"
                        "Shard 1/2: the rest of the project belongs to other shards.\n");
    CHECK(penstock({"plan", "--detailed-exitcode"}).code == 0);
}

TEST_CASE("what is approved is the first plan, and later rounds do no more than that") {
    TwoShards penstock;
    penstock.write("exports/prospects.yaml", export_of("prospects")); // of the first shard as well
    REQUIRE(penstock({"apply", "--auto-approve", "--target", "prospects"}).code == 0);
    // The account is made anew while the first shard waits, and somebody edits an export of it.
    penstock.assume_role();
    penstock.terminal = true;
    penstock.answers = {"yes"};
    const auto second = [&](std::size_t number) {
        if (number != 20) {
            return;
        }
        penstock.on_request = nullptr;
        penstock.terminal = false;
        const auto run =
            penstock({"apply", "--auto-approve", "--shard", "2/2", "--shard-timeout", "0"});
        CHECK(run.code == 5); // the old account is still used
        penstock.terminal = true;
    };
    penstock.on_request = second;
    const auto result = penstock({"apply", "--shard", "1/2"});
    INFO(result.out, result.err);
    CHECK(result.code == 0);
    CHECK(penstock.answers.empty());
    CHECK(contains(result.err, "prospects: waits for account s3 of shard 2/2, which has to be made "
                               "anew"));
    penstock.terminal = false;
    CHECK(penstock({"apply", "--auto-approve", "--shard", "2/2"}).code == 0);
    CHECK(penstock({"plan", "--detailed-exitcode"}).code == 0);
}

TEST_CASE("an edit that comes while a shard waits is left to the next plan") {
    TwoShards penstock;
    penstock.write("exports/prospects.yaml", export_of("prospects"));
    penstock.write("accounts/west.yaml", [&] {
        auto text = penstock.read("accounts/s3.yaml");
        return text.replace(text.find("name: s3"), 8, "name: west"); // of the first shard
    }());
    auto moved = export_of("prospects");
    penstock.write("exports/prospects.yaml",
                   moved.replace(moved.find("account: s3"), 11, "account: west"));
    REQUIRE(penstock({"apply", "--auto-approve", "--target", "prospects"}).code == 0);
    penstock.on_request = [&](std::size_t number) {
        if (number == 20) {
            penstock.on_request = nullptr;
            test::edit(penstock, "prospects.target", "/params/path", "elsewhere");
            CHECK(penstock({"apply", "--auto-approve", "--shard", "2/2"}).code == 0);
        }
    };
    const auto result = penstock({"apply", "--auto-approve", "--shard", "1/2"});
    INFO(result.out, result.err);
    CHECK(result.code == 0);
    CHECK(contains(result.out, "Resources: 3 added, 0 changed, 0 destroyed."));
    CHECK(penstock({"drift"}).code == 2);
}

TEST_CASE("a shard that waits can be stopped") {
    TwoShards penstock;
    std::size_t sent = 0;
    penstock.on_request = [&](std::size_t number) { sent = number; };
    penstock.signal_now = [&] { return sent > 30 ? 15 : 0; };
    const auto result = penstock({"apply", "--auto-approve", "--shard", "1/2"});
    INFO(result.out, result.err);
    CHECK(result.code == 143);
    CHECK(result.requests.size() < 40);
    CHECK(contains(result.out, "Apply interrupted: 0 added"));
}

TEST_CASE("a saved plan is that of its shard, and leaves alone what it held back") {
    TwoShards penstock;
    REQUIRE(penstock({"plan", "--shard", "1/2", "--out", "first.json"}).code == 0);
    REQUIRE(penstock({"plan", "--shard", "2/2", "--out", "second.json"}).code == 0);
    CHECK(contains(penstock({"show", "first.json"}).out, "Shard 1/2: "));
    const auto twice = penstock({"apply", "first.json", "--shard", "2/2"});
    CHECK(twice.code == 1);
    CHECK(contains(twice.err, "--shard says how a plan is made"));

    const auto alone = penstock({"apply", "first.json"});
    INFO(alone.out, alone.err);
    CHECK(alone.code == 0);
    CHECK(writes(alone) == 0);
    CHECK(contains(alone.out, "waits for account s3 of shard 2/2"));
    const auto second = penstock({"apply", "second.json"});
    CHECK(second.code == 0);
    CHECK(contains(second.out, "Resources: 4 added, 0 changed, 0 destroyed."));
    const auto late = penstock({"apply", "first.json"});
    INFO(late.out, late.err);
    CHECK(late.code == 0);
    CHECK(writes(late) == 0);
    CHECK(contains(late.out, "clicks: waited for another shard when the plan was made, and is no "
                             "part of it"));
    REQUIRE(penstock({"plan", "--shard", "1/2", "--out", "first.json"}).code == 0);
    CHECK(contains(penstock({"apply", "first.json"}).out, "Resources: 3 added"));

    auto text = penstock.read("second.json");
    const auto index = text.find("\"index\": 2");
    REQUIRE(index != std::string::npos);
    penstock.write("second.json", text.replace(index, 10, "\"index\": 1"));
    CHECK(penstock({"apply", "second.json"}).code == 6);
}

TEST_CASE("drift and status of all shards together are those of the project") {
    TwoShards penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    test::edit(penstock, "clicks.target", "/params/path", "elsewhere");
    test::edit(penstock, "s3.base", "/name", "Somebody's name");
    const auto all = addresses(penstock({"drift", "--json"}), "findings");
    CHECK(all.size() == 2);
    std::set<std::string> parts;
    for (const std::string shard : {"1/2", "2/2"}) {
        const auto drift = penstock({"drift", "--json", "--shard", shard});
        CHECK(drift.code == 2);
        CHECK(addresses(drift, "findings").size() == 1);
        parts.merge(addresses(drift, "findings"));
        const auto status = penstock({"status", "--json", "--shard", shard});
        const auto document = json::parse(status.out).value();
        REQUIRE(document["exports"].as_array().size() == 1);
        CHECK(document["exports"].as_array()[0]["name"] ==
              json::Value(shard == "1/2" ? "clicks" : "devices"));
        CHECK(document["shard"]["count"] == json::Value(2));
    }
    CHECK(parts == all);
    const auto idle = penstock({"drift", "--shard", "3/5"});
    CHECK(idle.code == 0);
    CHECK(idle.out == "No drift. There is nothing to do in shard 3/5.\n"
                      "Shard 3/5: the rest of the project belongs to other shards.\n");
}

TEST_CASE("a shard and what else narrows a command narrow it together") {
    TwoShards penstock;
    const auto made = addresses(
        penstock({"plan", "--json", "--target", "clicks", "--shard", "2/2"}), "resource_changes");
    CHECK(made == std::set<std::string>{"s3.base"}); // which the chosen export needs
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    penstock.remove("exports/clicks.yaml");
    CHECK(addresses(penstock({"plan", "--json", "--shard", "1/2"}), "resource_changes") ==
          std::set<std::string>{"clicks.flow", "clicks.source", "clicks.target"});
    CHECK(addresses(penstock({"plan", "--json", "--shard", "2/2"}), "resource_changes").empty());
    CHECK(addresses(penstock({"plan", "--json", "--shard", "1/2", "--target", "devices"}),
                    "resource_changes")
              .empty());
}

TEST_CASE("manifests that were emptied are refused by each shard") {
    TwoShards penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    for (const char* file : {"exports/clicks.yaml", "exports/devices.yaml", "accounts/s3.yaml"}) {
        penstock.remove(file);
    }
    for (const std::string shard : {"1/2", "2/2"}) {
        const auto result = penstock({"apply", "--auto-approve", "--shard", shard});
        INFO(result.out);
        CHECK(result.code == 6);
        CHECK(contains(result.out, "[emptied-project]"));
        CHECK(writes(result) == 0);
    }
    const auto gone =
        penstock({"destroy", "--auto-approve", "--shard", "2/2", "--shard-timeout", "0"});
    CHECK(gone.code == 5);
    CHECK(contains(gone.out, "Destroy incomplete: 3 destroyed; 0 failed, 0 skipped, 1 blocked."));
    CHECK(penstock({"destroy", "--auto-approve", "--shard", "1/2"}).code == 0);
    CHECK(penstock({"destroy", "--auto-approve", "--shard", "2/2"}).code == 0);
    CHECK(penstock.platform.store().entities().empty());
}

TEST_CASE("all shards refuse what one run refuses to delete") {
    TwoShards penstock;
    Words names;
    for (int i = 0; i < 20; ++i) {
        names.push_back(fmt::format("e{}", i));
        penstock.write("exports/" + names.back() + ".yaml", export_of(names.back()));
    }
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    for (std::size_t i = 0; i < 16; ++i) {
        penstock.remove("exports/" + names[i] + ".yaml");
    }
    const auto before = penstock.platform.store().entities().size();
    for (const Words& more : {Words{}, Words{"--allow-deletes", "15"}}) {
        for (int shard = 1; shard <= 4; ++shard) {
            Words words{"apply", "--auto-approve", "--shard", fmt::format("{}/4", shard)};
            words.insert(words.end(), more.begin(), more.end());
            const auto result = penstock(words);
            INFO(result.out, result.err);
            CHECK(result.code == 6);
            CHECK(contains(result.out, "[too-many-deletes]"));
            CHECK(contains(result.out, more.empty() ? "16 of 22 exports would be deleted"
                                                    : "16 exports would be deleted"));
            CHECK(writes(result) == 0);
        }
    }
    CHECK(penstock.platform.store().entities().size() == before);
    CHECK(penstock({"plan", "--shard", "2/4", "--out", "refused.json"}).code == 6);
    CHECK(penstock({"apply", "refused.json"}).code == 6);
    for (int shard = 1; shard <= 4; ++shard) {
        CHECK(penstock({"apply", "--auto-approve", "--allow-deletes", "16", "--shard",
                        fmt::format("{}/4", shard)})
                  .code == 0);
    }
    CHECK(penstock({"plan", "--detailed-exitcode"}).code == 0);
}

TEST_CASE("a plan of a shard shows what it holds back of an account that is replaced or goes") {
    TwoShards penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    const auto account = penstock.read("accounts/s3.yaml");
    penstock.assume_role();
    const auto moves = penstock({"plan", "--shard", "1/2"});
    INFO(moves.out);
    CHECK(contains(moves.out,
                   "clicks.target  target connection  will be replaced (cannot be changed "
                   "in place), waits for shard 2/2\n"));
    CHECK(contains(moves.out, "Plan: 2 to add, 0 to change, 2 to destroy.\n"));
    CHECK(contains(moves.out, "! a new dataflow starts with a full snapshot of 1 dataset"));
    penstock.write("accounts/s3.yaml", account);
    penstock.remove("accounts/s3.yaml");
    penstock.remove("exports/clicks.yaml");
    penstock.remove("exports/devices.yaml");
    const auto goes = penstock({"plan", "--shard", "2/2", "--allow-deletes", "2"});
    INFO(goes.out);
    CHECK(contains(goes.out, "s3.base  base connection  will be deleted (no longer in the "
                             "manifests), waits for shard 1/2\n"));
    CHECK(contains(goes.out, "Plan: 0 to add, 0 to change, 4 to destroy.\n"));
}

TEST_CASE("a saved plan that held back the end of an account leaves the account alone") {
    TwoShards penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    const auto after_the_first = [&](const Words& first) {
        REQUIRE(penstock({"plan", "--shard", "2/2", "--allow-deletes", "2", "--out", "second.json"})
                    .code == 0);
        CHECK(contains(penstock({"show", "second.json"}).out, "waits for shard 1/2"));
        REQUIRE(penstock(first).code == 0);
        const auto second = penstock({"apply", "second.json"});
        INFO(second.out, second.err);
        CHECK(second.code == 0);
        CHECK(contains(second.out,
                       "s3.base: waited for another shard when the plan was made, and is "
                       "no part of it"));
        CHECK(penstock({"plan", "--detailed-exitcode", "--allow-deletes", "2"}).code == 2);
        CHECK(penstock({"apply", "--auto-approve", "--allow-deletes", "2"}).code == 0);
        CHECK(penstock({"plan", "--detailed-exitcode"}).code == 0);
    };
    SUBCASE("that goes") {
        penstock.remove("accounts/s3.yaml");
        penstock.remove("exports/clicks.yaml");
        penstock.remove("exports/devices.yaml");
        after_the_first({"apply", "--auto-approve", "--shard", "1/2", "--allow-deletes", "2"});
    }
    SUBCASE("that is replaced") {
        penstock.assume_role();
        after_the_first({"destroy", "--auto-approve", "--target", "clicks"});
    }
}

TEST_CASE("reports of shards stand beside each other") {
    TwoShards penstock;
    std::set<std::string> ids;
    for (const std::string shard : {"1/2", "2/2"}) {
        const auto result = penstock({"plan", "--shard", shard, "--write", "sarif=plan.sarif",
                                      "--write", "openmetrics=plan.prom"});
        CHECK_FALSE(contains(result.out, "Destinations in this sandbox"));
        const auto sarif = json::parse(penstock.read("plan.sarif")).value();
        ids.insert(sarif["runs"].as_array()[0]["automationDetails"]["id"].as_string());
        CHECK(contains(penstock.read("plan.prom"), "sandbox=\"dev\",shard=\"" + shard + "\""));
    }
    CHECK(ids == std::set<std::string>{"penstock-plan/acme/dev/shard-1-of-2/",
                                       "penstock-plan/acme/dev/shard-2-of-2/"});
    CHECK(contains(penstock({"plan"}).out, "Destinations in this sandbox"));
}

TEST_CASE("shards tell together of each dataflow that nobody manages, once") {
    TwoShards penstock;
    for (int i = 0; i < 6; ++i) {
        penstock.write(fmt::format("exports/e{}.yaml", i), export_of(fmt::format("e{}", i)));
    }
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    for (int i = 0; i < 6; ++i) {
        test::edit(penstock, fmt::format("e{}.flow", i), "/description", "Somebody's");
    }
    std::size_t told = 0;
    for (const std::string shard : {"1/2", "2/2"}) {
        const auto drift =
            json::parse(penstock({"drift", "--json", "--unmanaged", "--shard", shard}).out).value();
        const auto count = drift["unmanaged"].as_array().size();
        CHECK(count != 0);
        told += count;
    }
    CHECK(told == json::parse(penstock({"drift", "--json", "--unmanaged"}).out)
                      .value()["unmanaged"]
                      .as_array()
                      .size());
}
