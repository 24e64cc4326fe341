#include "json/text.hpp"
#include "support/command_line.hpp"
#include "support/somebody.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

using namespace penstock;
using test::CommandLine;
using test::CommandResult;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

bool counts(const CommandResult& result) {
    return std::any_of(result.requests.begin(), result.requests.end(),
                       [](const auto& request) { return contains(request, "count=true"); });
}

/// Somebody else makes so many dataflows beside the project's own, from the same connections.
void make_dataflows(CommandLine& penstock, int count) {
    const auto id = test::id_of(penstock, "devices.flow");
    const auto answer = test::as_somebody(penstock, http::Method::get, "/flows/" + id);
    const auto document = json::parse(answer.body);
    REQUIRE(document);
    const auto& flow = (*document)["items"].as_array().at(0);
    for (int i = 0; i < count; ++i) {
        const json::Object body{{"name", fmt::format("theirs {}", i)},
                                {"flowSpec", flow["flowSpec"]},
                                {"sourceConnectionIds", flow["sourceConnectionIds"]},
                                {"targetConnectionIds", flow["targetConnectionIds"]},
                                {"transformations", flow["transformations"]},
                                {"scheduleParams", flow["scheduleParams"]}};
        const auto made = test::as_somebody(penstock, http::Method::post, "/flows",
                                            json::write(json::Value(body)));
        REQUIRE(made.status == 201);
    }
}

/// A second export of the project that CommandLine starts with.
void add_export(CommandLine& penstock) {
    auto text = penstock.read("exports/devices.yaml");
    const auto at = text.find("name: devices");
    REQUIRE(at != std::string::npos);
    text.replace(at, 13, "name: visits");
    penstock.write("exports/visits.yaml", text);
}

} // namespace

TEST_CASE("a plan that makes dataflows counts all that the sandbox has") {
    CommandLine penstock;
    CHECK(contains(penstock({"plan"}).out, "\nDestinations in this sandbox: 1 of 100 after apply.\n"
                                           "Plan: 4 to add, 0 to change, 0 to destroy.\n"));
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    make_dataflows(penstock, 5);
    const auto unchanged = penstock({"plan"});
    CHECK_FALSE(contains(unchanged.out, "Destinations in this sandbox"));
    CHECK_FALSE(counts(unchanged));
    add_export(penstock);
    CHECK(
        contains(penstock({"plan"}).out, "Destinations in this sandbox: 7 of 100 after apply.\n"));
    const auto document = json::parse(penstock({"plan", "--json"}).out);
    REQUIRE(document);
    const auto& forecast = (*document)["forecast"]["destinations"];
    CHECK(forecast["now"] == json::Value(6));
    CHECK(forecast["after"] == json::Value(7));
    CHECK(forecast["limit"] == json::Value(100));
    CHECK(forecast["at_least"] == json::Value(false));
}

TEST_CASE("a saved plan keeps its forecast, and nobody counts again") {
    CommandLine penstock;
    REQUIRE(penstock({"plan", "--out", "plan.json"}).code == 0);
    CHECK(
        contains(penstock({"show", "plan.json"}).out, "in this sandbox: 1 of 100 after apply.\n"));
    const auto applied = penstock({"apply", "plan.json"});
    CHECK(applied.code == 0);
    CHECK_FALSE(counts(applied));
    CHECK_FALSE(counts(penstock({"drift"})));
}

TEST_CASE("where the service does not count, the forecast is a least, and the plan is made") {
    for (const auto* answer : {R"({"status": 403})", R"({"status": 200, "body": {"items": []}})",
                               R"({"status": 200, "body": {"count": -1}})"}) {
        CAPTURE(answer);
        CommandLine penstock;
        REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
        make_dataflows(penstock, 2);
        add_export(penstock);
        // The lists are asked for first, each with one page.
        penstock.faults =
            fmt::format(R"([{{"method": "GET", "path": "/flows", "nth": 2, "then": {}}}])", answer);
        const auto plan = penstock({"plan"});
        CHECK(plan.code == 0);
        CHECK(counts(plan));
        CHECK(contains(plan.out, "Destinations in this sandbox: at least 4 of 100 after apply.\n"));
    }
}

TEST_CASE("a plan beyond the guardrail warns, and is made all the same") {
    CommandLine penstock;
    REQUIRE(penstock({"apply", "--auto-approve"}).code == 0);
    make_dataflows(penstock, 99);
    add_export(penstock);
    const auto plan = penstock({"plan", "--write", "markdown=plan.md"});
    CHECK(plan.code == 0);
    CHECK(contains(plan.out, "101 destinations in this sandbox after apply, and the guardrail is "
                             "100 [guardrail]\n"));
    CHECK(contains(penstock.read("plan.md"), "101 of 100 after apply."));
    CHECK(penstock({"apply", "--auto-approve"}).code == 0);
}
