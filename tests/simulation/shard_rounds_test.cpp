#include "json/text.hpp"
#include "support/command_line.hpp"
#include "support/somebody.hpp"
#include "support/two_shards.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using test::contains;
using test::TwoShards;
using test::writes;

namespace {

/// No GET gets an answer from the `first` to the `last` of a run.
std::string no_network(int first, int last) {
    json::Array rules;
    for (int i = first; i <= last; ++i) {
        rules.push_back(json::Object{
            {"method", "GET"}, {"nth", i}, {"then", json::Object{{"drop", "before"}}}});
    }
    return json::write(json::Value(std::move(rules)));
}

constexpr int lasts = 2000;

/// An account and an export of segments; of two shards the first owns both, the second the Profile
/// Store.
void write_segments(TwoShards& penstock) {
    penstock.remove("exports/clicks.yaml");
    penstock.variables["ELOQUA_KEY"] = "c3NoLWtleS1vZi1lbG9xdWE=";
    penstock.write("accounts/west.yaml", R"(apiVersion: penstock/v1
kind: Account
metadata: {name: west}
spec:
  destination: oracle-eloqua
  auth:
    specName: SFTP with SSH Key
    params:
      domain: eloqua.example
      host: sftp.eloqua.example
      username: adobe-exports
      sshKey: {env: ELOQUA_KEY}
)");
    penstock.write("exports/prospects.yaml", R"(apiVersion: penstock/v1
kind: SegmentExport
metadata: {name: prospects}
spec:
  account: west
  destination: {remotePath: /incoming/prospects, includeFileManifest: true}
  filenameTemplate: "%DESTINATION_NAME%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%"
  schedule:
    exportMode: DAILY_FULL_EXPORT
    frequency: DAILY
    triggerType: SCHEDULED
    startDate: 2027-01-01
    startTime: "05:00"
    endDate: 2028-01-01
  segments: [{id: 25768be6-ebd5-45cc-8913-12fb3f348613, name: Loyalty Members}]
  attributes: [person.name.firstName, identityMap.Email]
)");
}

} // namespace

TEST_CASE("a network that fails while a shard waits is borne with") {
    TwoShards penstock;
    penstock.faults = no_network(12, 40);
    penstock.on_request = [&](std::size_t number) {
        if (number == 60) {
            penstock.on_request = nullptr;
            penstock.faults.clear();
            CHECK(penstock({"apply", "--auto-approve", "--shard", "2/2"}).code == 0);
        }
    };
    const auto result = penstock({"apply", "--auto-approve", "--shard", "1/2"});
    INFO(result.out, result.err);
    CHECK(result.code == 0);
    CHECK(contains(result.err, "looking again later: "));
    CHECK(contains(result.out, "Apply complete! Resources: 3 added"));
}

TEST_CASE("a network that stays away while a shard waits ends as such") {
    TwoShards penstock;
    penstock.faults = no_network(12, lasts);
    const auto begin = penstock.clock.now();
    const auto result = penstock({"apply", "--auto-approve", "--shard", "1/2", "--shard-timeout",
                                  "100", "--write", "junit=report.xml"});
    INFO(result.out, result.err);
    CHECK(result.code == 8);
    CHECK(penstock.clock.now() - begin >= std::chrono::seconds(100));
    CHECK(contains(result.out, "[round-failed]"));
    CHECK(contains(result.out, "Error: clicks: waits for account s3 of shard 2/2"));
}

TEST_CASE("a shard that did something before the network stayed away has applied in part") {
    TwoShards penstock;
    penstock.write("accounts/west.yaml", [&] {
        auto text = penstock.read("accounts/s3.yaml");
        return text.replace(text.find("name: s3"), 8, "name: west"); // of the first shard
    }());
    penstock.faults = no_network(20, lasts);
    const auto result =
        penstock({"apply", "--auto-approve", "--shard", "1/2", "--shard-timeout", "40"});
    INFO(result.out, result.err);
    CHECK(result.code == 5);
    CHECK(contains(result.out, "1 added"));
    CHECK(contains(result.out, "[round-failed]"));
}

TEST_CASE("credentials that are no longer accepted end a shard that waits at once") {
    TwoShards penstock;
    penstock.faults = [] {
        json::Array rules;
        for (int i = 12; i <= lasts; ++i) {
            rules.push_back(json::Object{
                {"method", "GET"}, {"nth", i}, {"then", json::Object{{"status", 403}}}});
        }
        return json::write(json::Value(std::move(rules)));
    }();
    const auto result = penstock({"apply", "--auto-approve", "--shard", "1/2"});
    INFO(result.out, result.err);
    CHECK(result.code == 7);
    CHECK(result.requests.size() < 60);
}

TEST_CASE("what was held back and cannot be done for its own account is told of") {
    TwoShards penstock;
    write_segments(penstock);
    penstock.faults = R"([{"method": "POST", "path": "/data/foundation/flowservice/connections",
                           "then": {"status": 400}}])";
    penstock.apply_second_after(30);
    const auto result =
        penstock({"apply", "--auto-approve", "--shard", "1/2", "--write", "junit=report.xml"});
    INFO(result.out, result.err);
    CHECK(result.code == 1);
    CHECK(contains(result.out, "1 failed, 0 skipped, 1 blocked."));
    CHECK(contains(result.out, "Error: prospects: waited for another shard and was not done after "
                               "that, since account west was not done [never-done]"));
    const auto junit = penstock.read("report.xml");
    INFO(junit);
    CHECK(contains(junit, R"(failures="2")"));
}
