#include "emulator/specs.hpp"
#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

using namespace penstock;
using test::code_of;
using test::EmulatorFixture;

namespace {

/// Follows next links as a careful client does and returns the names in the order of arrival.
std::vector<std::string> all_names(EmulatorFixture& fixture, const http::Query& query) {
    std::vector<std::string> names;
    auto path = "/connections?" + http::write_query(query);
    for (int page = 0; page < 100; ++page) {
        const auto answered = fixture.get(path);
        REQUIRE(answered.status == 200);
        for (const auto& item : answered.body["items"].as_array()) {
            names.push_back(item["name"].as_string());
        }
        const auto& href = answered.body["_links"]["next"]["href"].as_string();
        if (href.empty()) {
            return names;
        }
        const auto next = http::parse_query(href.substr(href.find('?') + 1));
        auto sent = query;
        sent.emplace_back("continuationToken", http::find(next, "continuationToken").value_or(""));
        path = "/connections?" + http::write_query(sent);
    }
    return names;
}

void make_connections(EmulatorFixture& fixture, int count) {
    for (int i = 0; i < count; ++i) {
        const auto name = fmt::format("c{:02}", i);
        REQUIRE(fixture.post("/connections", test::with(test::connection_body(), "/name", name))
                    .status == 201);
    }
}

} // namespace

TEST_CASE("emulator: a list comes in pages of 20, newest first") {
    EmulatorFixture fixture;
    CHECK(fixture.get("/connections").body["items"].as_array().empty());
    make_connections(fixture, 45);
    const auto first = fixture.get("/connections");
    CHECK(first.body["items"].as_array().size() == 20);
    CHECK(first.item()["name"].as_string() == "c44");
    const auto names = all_names(fixture, {});
    CHECK(names.size() == 45);
    CHECK(names.back() == "c00");
    CHECK(all_names(fixture, {{"limit", "7"}}) == names);
    const auto all = fixture.get("/connections?limit=100");
    CHECK(all.body["items"].as_array().size() == 45);
    CHECK(all.body["_links"].is_null());
}

TEST_CASE("emulator: a continuation token holds what careless clients mangle") {
    EmulatorFixture fixture;
    make_connections(fixture, 3);
    const auto page = fixture.get("/connections?limit=1");
    const auto& href = page.body["_links"]["next"]["href"].as_string();
    CHECK(href.rfind("/connections?continuationToken=", 0) == 0);
    const auto encoded = href.substr(href.find('=') + 1);
    const auto token = http::percent_decode(encoded);
    CHECK(token.find('=') != std::string::npos);
    CHECK(token.find('+') != std::string::npos);
    CHECK(token.find('%') != std::string::npos);
    CHECK(fixture.get("/connections?limit=1&continuationToken=" + encoded)
              .item()["name"]
              .as_string() == "c01");
    CHECK(code_of(fixture.get("/connections?continuationToken=" + token)) == "1453-400");
    const auto cut = http::percent_encode(token.substr(0, token.find('=')));
    CHECK(code_of(fixture.get("/connections?continuationToken=" + cut)) == "1453-400");
}

TEST_CASE("emulator: pages lose and repeat nothing when entities come and go between them") {
    EmulatorFixture fixture;
    make_connections(fixture, 10);
    const auto first = fixture.get("/connections?limit=5");
    const auto href = first.body["_links"]["next"]["href"].as_string();
    make_connections(fixture, 1);
    fixture.del("/connections/" + first.item()["id"].as_string());
    const auto second = fixture.get(href);
    CHECK(second.item()["name"].as_string() == "c04");
    CHECK(second.body["items"].as_array().size() == 5);
}

TEST_CASE("emulator: a list that was read before shows what has changed since") {
    EmulatorFixture fixture;
    const auto id = fixture.make_connection();
    const auto listed = [&] { return fixture.get("/connections").item(); };
    CHECK(listed()["name"].as_string() == "Bucket");
    CHECK(listed() == listed());
    REQUIRE(fixture.patch("/connections/" + id, "replace", "/name", "Renamed").status == 200);
    CHECK(listed()["name"].as_string() == "Renamed");
    fixture.platform.settings().description_connection = emulator::Description::drop;
    CHECK(listed()["description"].is_null());
    const auto other = test::with(test::connection_body(), "/name", "Another");
    REQUIRE(fixture.post("/connections", other).status == 201);
    CHECK(listed()["name"].as_string() == "Another");
    auto elsewhere =
        fixture.call(http::Method::get, "/connections", {},
                     [](http::Request& request) { request.headers.set("x-sandbox-name", "dev"); });
    CHECK(elsewhere.body["items"].as_array().empty());
}

TEST_CASE("emulator: pages of a filtered list are full, and skip what is refused between") {
    EmulatorFixture fixture;
    for (int i = 0; i < 6; ++i) {
        fixture.make_source();
        REQUIRE(fixture.post("/sourceConnections", test::segment_source_body()).status == 201);
    }
    const http::Query query{
        {"property", "connectionSpec.id==" + std::string(emulator::data_lake_spec)},
        {"limit", "4"}};
    const auto first = fixture.get("/sourceConnections?" + http::write_query(query));
    CHECK(first.body["items"].as_array().size() == 4);
    auto rest = query;
    const auto& href = first.body["_links"]["next"]["href"].as_string();
    const auto next = http::parse_query(href.substr(href.find('?') + 1));
    rest.emplace_back("continuationToken", http::find(next, "continuationToken").value_or(""));
    const auto second = fixture.get("/sourceConnections?" + http::write_query(rest));
    CHECK(second.body["items"].as_array().size() == 2);
    CHECK(second.body["_links"].is_null());
    for (const auto& item : second.body["items"].as_array()) {
        CHECK(item["connectionSpec"]["id"].as_string() == emulator::data_lake_spec);
    }
}

TEST_CASE("emulator: switch next_href") {
    emulator::Settings settings;
    settings.next_href = emulator::NextHref::with_filter;
    EmulatorFixture fixture(settings);
    make_connections(fixture, 3);
    const auto href = [&] {
        return fixture.get("/connections?limit=1&property=state%3D%3Denabled")
            .body["_links"]["next"]["href"]
            .as_string();
    };
    const auto query = http::parse_query(href().substr(href().find('?') + 1));
    CHECK(http::find(query, "limit") == "1");
    CHECK(http::find(query, "property") == "state==enabled");
    fixture.platform.settings().next_href = emulator::NextHref::absolute;
    CHECK(href().rfind("https://platform.example/data/foundation/flowservice/connections?", 0) ==
          0);
}

TEST_CASE("emulator: lists are filtered by property") {
    EmulatorFixture fixture;
    const auto flow = fixture.make_flow();
    const auto other = fixture.make_flow();
    const auto target =
        fixture.get("/flows/" + flow).item()["targetConnectionIds"].as_array()[0].as_string();
    const auto count = [&](std::initializer_list<std::string> filters) {
        std::string path = "/flows?count=true";
        for (const auto& filter : filters) {
            path += "&property=" + http::percent_encode(filter);
        }
        return fixture.get(path).body["count"].as_integer(-1);
    };
    CHECK(count({}) == 2);
    CHECK(count({"id==" + flow}) == 1);
    CHECK(count({"id==" + flow + "," + other}) == 2);
    CHECK(count({"state==enabled", "id==" + flow}) == 1);
    CHECK(count({"state==disabled", "id==" + flow}) == 0);
    CHECK(count({"targetConnectionIds[]==" + target}) == 1);
    CHECK(count({"targetConnectionIds==" + target}) == 0);
    CHECK(count({"inheritedAttributes.properties.isDestinationFlow==true"}) == 2);
    CHECK(count({"inheritedAttributes.targetConnections[].connectionSpec.id=="
                 "4fce964d-3f37-408f-9778-e597338a21ee"}) == 2);
    CHECK(count({"createdAt>1"}) == 2);
    CHECK(count({"createdAt<1"}) == 0);
    CHECK(count({"createdAt>=1793491200000", "createdAt<=1793491200000"}) == 2);
}

TEST_CASE("emulator: bad list parameters are refused") {
    EmulatorFixture fixture;
    const auto code = [&](const std::string& query) {
        return code_of(fixture.get("/flows?" + query));
    };
    CHECK(code("limit=0") == "1453-400");
    CHECK(code("limit=101") == "1453-400");
    CHECK(code("limit=ten") == "1453-400");
    CHECK(code("count=true&limit=5") == "1401-400");
    CHECK(code("start=5") == "1451-400");
    CHECK(code("property=nonsense%3D%3D1") == "1449-400");
    CHECK(code("property=state") == "1449-400");
    CHECK(code("property=state%7Eena") == "1440-400");
    CHECK(code("property=createdAt%3E1,2") == "1443-400");
    CHECK(code("property=createdAt%3Esoon") == "1452-400");
    CHECK(code("orderby=nonsense") == "1432-400");
    CHECK(code("orderby=") == "1433-400");
}

TEST_CASE("emulator: lists are sorted by fields") {
    EmulatorFixture fixture;
    make_connections(fixture, 3);
    CHECK(all_names(fixture, {{"orderby", "name"}, {"limit", "2"}}) ==
          std::vector<std::string>{"c00", "c01", "c02"});
    CHECK(all_names(fixture, {{"orderby", "+name"}}).front() == "c00");
    CHECK(all_names(fixture, {{"orderby", "state,-name"}, {"limit", "1"}}) ==
          std::vector<std::string>{"c02", "c01", "c00"});
}

TEST_CASE("emulator: switch property") {
    emulator::Settings settings;
    settings.property = emulator::PropertyParameter::ignored;
    EmulatorFixture fixture(settings);
    make_connections(fixture, 3);
    CHECK(fixture.get("/connections?property=name%3D%3Dc01").body["items"].as_array().size() == 3);
    fixture.platform.settings().property = emulator::PropertyParameter::filter;
    CHECK(fixture.get("/connections?property=name%3D%3Dc01").body["items"].as_array().size() == 1);
    const std::string in_arrays = "/flows?property=targetConnectionIds%5B%5D%3D%3D";
    const auto flow = fixture.get("/flows/" + fixture.make_flow()).body["items"].as_array().at(0);
    const auto target = flow["targetConnectionIds"].as_array().at(0).as_string();
    CHECK(fixture.get(in_arrays + target).body["items"].as_array().size() == 1);
    fixture.platform.settings().property = emulator::PropertyParameter::no_arrays;
    CHECK(fixture.get(in_arrays + target).body["items"].as_array().empty());
    CHECK(fixture.get("/connections?property=name%3D%3Dc01").body["items"].as_array().size() == 1);
}

TEST_CASE("emulator: specs can be read") {
    EmulatorFixture fixture;
    CHECK(fixture.get("/connectionSpecs").body["items"].as_array().size() == 15);
    const auto s3 = fixture.get("/connectionSpecs/4fce964d-3f37-408f-9778-e597338a21ee");
    CHECK(s3.item()["name"].as_string() == "Amazon S3");
    CHECK(fixture.get("/connectionSpecs/nowhere").status == 404);
    const auto flows = fixture.get("/flowSpecs?property=" +
                                   http::percent_encode("targetConnectionSpecIds[]=="
                                                        "4fce964d-3f37-408f-9778-e597338a21ee"));
    CHECK(flows.body["items"].as_array().size() == 2);
    const auto spec = fixture.get("/flowSpecs/269ba276-16fc-47db-92b0-c1049a3c131f").item();
    CHECK(spec["attributes"]["_workflow"].as_array()[0].as_string() == "DATASETS");
    CHECK(spec["targetConnectionSpecIds"].as_array()[0].as_string() ==
          "4fce964d-3f37-408f-9778-e597338a21ee");
}

TEST_CASE("emulator: exportable datasets are listed by offset; switch page_info") {
    EmulatorFixture fixture;
    const std::string path = "/connectionSpecs/23598e46-f560-407b-88d5-ea6207e49db0/configs?";
    const std::string both = "outputType=activationDatasets&outputField=datasets";
    CHECK(fixture.get(path + "outputType=activationDatasets").status == 400);
    CHECK(fixture.get(path + both + "&limit=101").status == 400);
    const auto page = fixture.get(path + both + "&start=2&limit=3");
    CHECK(page.item()["id"].as_string() == "5ef3e325582424191b1beb42");
    CHECK(page.body["items"].as_array().size() == 3);
    CHECK(page.body["pageInfo"]["total"].as_integer() == 8);
    CHECK(page.body["pageInfo"]["hasNext"].as_bool());
    CHECK_FALSE(fixture.get(path + both).body["pageInfo"]["hasNext"].as_bool(true));
    fixture.platform.settings().page_info = emulator::PageInfo::absent;
    CHECK(fixture.get(path + both).body["pageInfo"].is_null());
}
