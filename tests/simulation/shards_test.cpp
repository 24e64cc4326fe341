#include "json/text.hpp"
#include "model/shard.hpp"
#include "story/fleet.hpp"
#include "support/stored_state.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace penstock;
using story::Ended;
using story::Fleet;
using Words = std::vector<std::string>;

namespace {

const Words apply{"apply", "--auto-approve"};
const Words destroy{"destroy", "--auto-approve"};

constexpr std::string_view project = R"(apiVersion: penstock/v1
kind: Project
metadata: {name: acme}
spec:
  environments:
    dev:
      organization: 5555467B5D8013E50A494220@AdobeOrg
      sandbox: dev
      endpoint: http://127.0.0.1:1
      imsEndpoint: http://127.0.0.1:1
      auth:
        clientId: {env: CLIENT_ID}
        clientSecret: {env: CLIENT_SECRET}
  guards:
    deletes: {percent: 100, count: 100}
)";

std::string bucket(std::string_view name, std::string_view description,
                   std::string_view auth = "Access Key", std::string_view encryption = "") {
    const auto params =
        auth == "Access Key"
            ? std::string("{s3AccessKey: AKIAIOSFODNN7EXAMPLE, s3SecretKey: {env: S3_SECRET_KEY}}")
            : std::string("{s3Role: {env: S3_ROLE}}");
    return fmt::format(R"(apiVersion: penstock/v1
kind: Account
metadata: {{name: {}}}
spec:
  destination: amazon-s3
  description: {}
  auth: {{specName: {}, params: {}}}
{})",
                       name, description, auth, params, encryption);
}

std::string devices(std::string_view name, std::string_view account,
                    std::string_view path = "crm") {
    return fmt::format(R"(apiVersion: penstock/v1
kind: DatasetExport
metadata: {{name: {0}}}
spec:
  account: {1}
  destination: {{bucketName: demo, path: {2}, datasetFileType: PARQUET, compression: GZIP}}
  datasets: [{{id: 5ef3e3259ad2a1191ab7dd7d, name: AAM Devices Data}}]
  schedule: {{frequency: DAILY, startTime: 2027-01-01T02:00:00Z, endTime: 2028-01-01T02:00:00Z}}
)",
                       name, account, path);
}

constexpr std::string_view eloqua = R"(apiVersion: penstock/v1
kind: Account
metadata: {name: eloqua}
spec:
  destination: oracle-eloqua
  auth:
    specName: SFTP with SSH Key
    params:
      domain: eloqua.example
      host: sftp.eloqua.example
      username: adobe-exports
      sshKey: {env: ELOQUA_KEY}
)";

/// An export that shares the Profile Store with the others of its kind.
std::string leads(std::string_view name) {
    return fmt::format(R"(apiVersion: penstock/v1
kind: SegmentExport
metadata: {{name: {0}}}
spec:
  account: eloqua
  destination: {{remotePath: /incoming/{0}, includeFileManifest: true}}
  filenameTemplate: "%DESTINATION_NAME%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%"
  schedule:
    exportMode: DAILY_FULL_EXPORT
    frequency: DAILY
    triggerType: SCHEDULED
    startDate: 2027-01-01
    startTime: "05:00"
    endDate: 2028-01-01
  segments: [{{id: 25768be6-ebd5-45cc-8913-12fb3f348613, name: Loyalty Members}}]
  attributes: [person.name.firstName, identityMap.Email]
)",
                       name);
}

using Edit = std::function<void(Fleet&)>;

/// Two buckets with three exports each, and three exports of an older destination. For two, three
/// and four shards some exports belong to another one than their account.
void write_project(Fleet& fleet) {
    fleet.variables = {{"CLIENT_ID", "acme-client"},
                       {"CLIENT_SECRET", "p8e-very-secret"},
                       {"S3_SECRET_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
                       {"S3_ROLE", "arn:aws:iam::123456789012:role/penstock"},
                       {"PGP_KEY", "cGdwLWtleS1vZi10aGUtY3JtLXRlYW0="},
                       {"ELOQUA_KEY", "c3NoLWtleS1vZi1lbG9xdWE="}};
    fleet.write("penstock.yaml", project);
    fleet.write("north.yaml", bucket("north", "The north"));
    fleet.write("south.yaml", bucket("south", "The south"));
    fleet.write("eloqua.yaml", eloqua);
    for (const std::string name : {"orders", "visits", "clicks"}) {
        fleet.write(name + ".yaml", devices(name, "north"));
    }
    for (const std::string name : {"returns", "stores", "staff"}) {
        fleet.write(name + ".yaml", devices(name, "south"));
    }
    for (const std::string name : {"leads", "members", "alumni"}) {
        fleet.write(name + ".yaml", leads(name));
    }
}

/// Everybody writes what it owns, and all are through.
void check_shards(const std::vector<Ended>& all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        INFO("shard ", i + 1, "/", all.size(), "\n", all[i].out, all[i].err);
        CHECK((all[i].killed || all[i].code == 0));
        for (const auto& address : all[i].written) {
            INFO(address);
            CHECK(model::shard_of(*model::parse_address(address), all.size()).index == i + 1);
        }
    }
}

/// `shards` go from what `before` leaves to what `after` asks for; they have to end where one run
/// ends.
void check_fleet(const Edit& before, const Edit& after, const Words& command = apply) {
    for (const std::size_t count : {2U, 3U, 4U}) {
        for (std::uint64_t seed = 1; seed <= 2; ++seed) {
            INFO(count, " shards, seed ", seed);
            Fleet alone(seed);
            Fleet fleet(seed);
            for (auto* each : {&alone, &fleet}) {
                write_project(*each);
                if (before) {
                    before(*each);
                    REQUIRE(each->run(apply).code == 0);
                }
                after(*each);
            }
            const auto one = alone.run(command);
            INFO(one.out, one.err);
            REQUIRE(one.code == 0);
            check_shards(fleet.run_shards(count, command));
            CHECK(test::stored_state(fleet.platform) == test::stored_state(alone.platform));
            if (command == apply) {
                CHECK(fleet.run({"plan", "--detailed-exitcode"}).code == 0);
            }
        }
    }
}

void nothing(Fleet& /*fleet*/) {}

} // namespace

TEST_CASE("shards that make everything end where one run ends") {
    check_fleet({}, nothing);
}

TEST_CASE("shards that change accounts, credentials and exports end where one run ends") {
    check_fleet(nothing, [](Fleet& fleet) {
        fleet.write("north.yaml", bucket("north", "Far in the north"));
        fleet.variables["S3_SECRET_KEY"] = "bPxRfiCYEXAMPLEKEY/wJalrXUtnFEMI/K7MDENG";
        for (const std::string name : {"orders", "visits", "clicks"}) {
            fleet.write(name + ".yaml", devices(name, "north", "elsewhere"));
        }
    });
}

TEST_CASE("shards replace an account that others use as one run does") {
    check_fleet(nothing, [](Fleet& fleet) {
        fleet.write("north.yaml", bucket("north", "The north", "Assumed Role"));
    });
}

TEST_CASE("shards follow a new key that files are encrypted with") {
    constexpr std::string_view encryption = "  encryption: {publicKey: {env: PGP_KEY}}\n";
    const auto encrypt = [&](Fleet& fleet) {
        fleet.write("south.yaml", bucket("south", "The south", "Access Key", encryption));
    };
    check_fleet(encrypt, [&](Fleet& fleet) {
        fleet.variables["PGP_KEY"] = "YW5vdGhlci1rZXktb2YtdGhlLWNybS10ZWFt";
    });
}

TEST_CASE("shards move exports to another account and delete the one that nobody needs") {
    check_fleet(nothing, [](Fleet& fleet) {
        fleet.remove("south.yaml");
        fleet.write("west.yaml", bucket("west", "The west"));
        for (const std::string name : {"returns", "stores", "staff"}) {
            fleet.write(name + ".yaml", devices(name, "west"));
        }
    });
}

TEST_CASE("shards delete accounts, exports and what exports shared") {
    check_fleet(nothing, [](Fleet& fleet) {
        for (const std::string name :
             {"south", "returns", "stores", "staff", "eloqua", "leads", "members", "alumni"}) {
            fleet.remove(name + ".yaml");
        }
    });
}

TEST_CASE("shards destroy everything") {
    check_fleet(nothing, nothing, destroy);
}

TEST_CASE("shards that were killed midway go on as one run would") {
    std::size_t killed = 0;
    for (const std::size_t count : {2U, 4U}) {
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            INFO(count, " shards, seed ", seed);
            Fleet alone(seed);
            Fleet fleet(seed);
            write_project(alone);
            write_project(fleet);
            REQUIRE(alone.run(apply).code == 0);
            auto words = apply;
            words.insert(words.end(), {"--shard-timeout", "60"});
            const auto first = fleet.run_shards(count, words, 1 + seed % count);
            killed += first.front().killed ? 1U : 0U;
            check_shards(fleet.run_shards(count, apply));
            CHECK(test::stored_state(fleet.platform) == test::stored_state(alone.platform));
            CHECK(fleet.run({"plan", "--detailed-exitcode"}).code == 0);
        }
    }
    CHECK(killed > 2); // others were done before
}
