#include "support/command_line.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace penstock;
using test::CommandLine;
using test::CommandResult;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("no secret is ever in a plan file, nor what a manifest keeps by reference") {
    CommandLine penstock;
    std::vector<CommandResult> outputs;
    const auto save = [&] {
        outputs.push_back(penstock({"plan", "--out", "plan.json", "--allow-deletes", "1"}));
        REQUIRE(outputs.back().code == 0);
        outputs.push_back(penstock({"plan", "--json"}));
        outputs.push_back(penstock({"drift", "--json"}));
        outputs.push_back(penstock({"show", "plan.json"}));
        outputs.push_back(penstock({"show", "plan.json", "--json"}));
        outputs.push_back({0, penstock.read("plan.json"), "", {}});
    };
    save();
    REQUIRE(penstock({"apply", "plan.json"}).code == 0);
    penstock.variables["S3_SECRET_KEY"] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    save(); // sends the new one
    penstock.write("accounts/other.yaml", R"(apiVersion: penstock/v1
kind: Account
metadata: {name: other}
spec: {destination: data-landing-zone}
)");
    penstock.remove("accounts/s3.yaml");
    penstock.remove("exports/devices.yaml");
    save(); // deletes the account
    for (const auto& output : outputs) {
        for (const auto& variable : penstock.variables) {
            const auto& name = variable.first;
            const auto& value = variable.second;
            CAPTURE(name);
            if (name != "CLIENT_ID") { // it is the API key, by which the service names clients
                CHECK_FALSE(contains(output.out + output.err, value));
            }
        }
        CHECK_FALSE(contains(output.out + output.err, "wJalrXUtn"));
    }
}
