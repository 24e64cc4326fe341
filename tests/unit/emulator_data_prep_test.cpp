#include "emulator/embedded_data.hpp"
#include "emulator/faults.hpp"
#include "emulator/mapping_check.hpp"
#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using test::conversion;
using test::EmulatorFixture;
using test::mapping;
using test::with;

namespace {

const std::string sets_path = std::string(conversion) + "/mappingSets";
const std::string schemas_path = std::string(conversion) + "/schemas";

json::Array two_mappings() {
    return {mapping("person.name.firstName", "firstName"), mapping("identityMap.Email", "Email")};
}

bool is_id(const std::string& text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

} // namespace

TEST_CASE("emulator: a conversion schema is made, read and listed, and never changed") {
    EmulatorFixture fixture;
    const json::Value body =
        json::Object{{"name", "Mine"}, {"jsonSchema", json::Object{{"type", "object"}}}};
    const auto made = fixture.post(schemas_path + "/", body);
    CHECK(made.status == 200);
    CHECK(is_id(made.id()));
    CHECK(made.body["version"].as_integer(-1) == 0);
    CHECK(made.body["jsonSchema"] == body["jsonSchema"]);
    const auto read = fixture.get(schemas_path + "/" + made.id());
    CHECK(read.status == 200);
    CHECK(read.body["jsonSchema"] == body["jsonSchema"]);
    CHECK(read.body["name"].as_string() == "Mine");

    const auto second = fixture.post(schemas_path, body);
    CHECK(second.id() != made.id());
    const auto page = fixture.get(schemas_path + "?start=1&limit=5");
    CHECK(page.body["data"].as_array().size() == 1);
    CHECK(page.body["data"].as_array()[0]["id"].as_string() == made.id());
    CHECK(fixture.get(schemas_path + "?start=0").status == 400);
    CHECK(fixture.get(schemas_path + "?limit=5").status == 400);
    CHECK(fixture.get(schemas_path + "/nowhere").status == 404);
    CHECK(fixture.del(schemas_path + "/" + made.id()).status == 405);
    CHECK(fixture.post(schemas_path, json::Object{{"name", "x"}}).status == 400);
    CHECK(fixture.post(schemas_path, with(body, "/jsonSchema", "text")).status == 400);
    CHECK(fixture.post(schemas_path, with(body, "/name", 1)).status == 400);
    CHECK(fixture.platform.data_prep().schemas().size() == 2);
}

TEST_CASE("emulator: Data Prep asks for every header and keeps sandboxes apart") {
    EmulatorFixture fixture;
    const auto id = fixture.make_mapping_set(two_mappings());
    const auto without = [&](const char* header) {
        return fixture
            .call(http::Method::get, sets_path + "/" + id, {},
                  [&](http::Request& request) { request.headers.erase(header); })
            .status;
    };
    CHECK(without("Accept") == 200);
    CHECK(without("Authorization") == 401);
    CHECK(without("x-api-key") == 403);
    CHECK(without("x-sandbox-name") == 400);
    const auto other =
        fixture.call(http::Method::get, sets_path + "/" + id, {},
                     [](http::Request& request) { request.headers.set("x-sandbox-name", "dev"); });
    CHECK(other.status == 404);
    CHECK(other.body["detail"].is_string());
    CHECK(fixture.platform.log().back().path == sets_path + "/" + id);
}

TEST_CASE("emulator: a mapping set is answered in short and shown in full") {
    EmulatorFixture fixture;
    auto body = fixture.mapping_set_body(two_mappings());
    body = with(body, "/name", "Mine");
    const auto made = fixture.post(sets_path, body);
    CHECK(made.status == 200);
    CHECK(is_id(made.id()));
    CHECK(made.body["version"].as_integer(-1) == 0);
    CHECK(made.body["createdDate"].as_integer() == 1'793'491'200'000);
    CHECK(made.body["modifiedBy"].as_string() == "robot@techacct.adobe.com");
    CHECK(made.body.as_object().size() == 6);

    const auto full = fixture.get(sets_path + "/" + made.id()).body;
    CHECK(full["inputSchema"] == body["inputSchema"]);
    CHECK(full["outputSchema"] == body["outputSchema"]);
    CHECK(full["name"].as_string() == "Mine");
    CHECK(full["xdmVersion"].as_string() == "1.0");
    REQUIRE(full["mappings"].as_array().size() == 2);
    const auto& first = full["mappings"].as_array()[0];
    CHECK(first["sourceType"].as_string() == "text/x.schema-path");
    CHECK(first["source"].as_string() == "person.name.firstName");
    CHECK(first["sourceAttribute"].as_string() == "person.name.firstName");
    CHECK(first["destination"].as_string() == "firstName");
    CHECK(first["destinationXdmPath"].as_string() == "firstName");
    CHECK(first["identity"].is_bool());
    CHECK(is_id(first["id"].as_string()));

    CHECK(fixture.get(sets_path + "/" + made.id() + "/mappings").body == full["mappings"]);
    CHECK(fixture.get(sets_path + "/" + made.id() + "/mappings/" + first["id"].as_string()).body ==
          first);
    CHECK(fixture.get(sets_path + "/" + made.id() + "/mappings/nowhere").status == 404);
    CHECK(fixture.get(sets_path + "/" + made.id() + "?expandSchema=true")
              .body["outputSchema"]["jsonSchema"]["properties"]["firstName"]
              .is_object());
    CHECK(fixture.del(sets_path + "/" + made.id()).status == 405);
    CHECK(fixture.del(sets_path).status == 405);
    CHECK(fixture.get(sets_path + "/nowhere").status == 404);
}

TEST_CASE("emulator: a PUT adds a version and leaves the old ones") {
    EmulatorFixture fixture;
    const auto body = fixture.mapping_set_body(two_mappings());
    const auto path = sets_path + "/" + fixture.post(sets_path, body).id();
    fixture.clock.advance(std::chrono::hours(1));
    auto fewer = body;
    fewer.make_object()["mappings"].make_array().pop_back();
    const auto changed = fixture.call(http::Method::put, path, fewer);
    CHECK(changed.status == 200);
    CHECK(changed.body["version"].as_integer() == 1);
    CHECK(changed.body["mappings"].as_array().size() == 1);
    CHECK(changed.body["modifiedDate"].as_integer() > changed.body["createdDate"].as_integer());

    const auto count = [&](const std::string& query) {
        return fixture.get(path + query).body["mappings"].as_array().size();
    };
    CHECK(count("?version=0") == 2);
    CHECK(count("?version=1") == 1);
    CHECK(fixture.get(path + "?version=2").status == 404);
    CHECK(count("") == 2);
    REQUIRE(emulator::set_switch(fixture.platform.settings(), "mapping-version-default=latest"));
    CHECK(count("") == 1);
    CHECK(fixture.call(http::Method::put, path, with(body, "/mappings", json::Array{})).status ==
          400);
    CHECK(fixture.call(http::Method::put, sets_path + "/nowhere", body).status == 404);
    CHECK(fixture.platform.data_prep().mapping_sets().begin()->second.versions.size() == 2);
}

TEST_CASE("emulator: switches mapping_set_name and expression_type_on_get") {
    EmulatorFixture fixture;
    auto body =
        fixture.mapping_set_body({mapping("upper(person.name.firstName)", "a", "EXPRESSION"),
                                  mapping("constant", "b", "STATIC")});
    body = with(body, "/name", "Mine");
    const auto path = sets_path + "/" + fixture.post(sets_path, body).id();
    const auto type = [&](std::size_t index) {
        return fixture.get(path).body["mappings"].as_array()[index]["sourceType"].as_string();
    };
    CHECK(type(0) == "EXPRESSION");
    CHECK(type(1) == "STATIC");
    REQUIRE(emulator::set_switch(fixture.platform.settings(), "expression_type_on_get=mime"));
    CHECK(type(0) == "text/x.aep-xl");
    CHECK(type(1) == "STATIC");
    CHECK(fixture.get(path).body["name"].as_string() == "Mine");
    REQUIRE(emulator::set_switch(fixture.platform.settings(), "mapping_set_name=omit"));
    CHECK(fixture.get(path).body["name"].is_null());
}

TEST_CASE("emulator: mapping sets are listed by page, name and date") {
    EmulatorFixture fixture;
    const auto body = fixture.mapping_set_body(two_mappings());
    std::vector<std::string> ids;
    for (const char* name : {"a", "b", "a"}) {
        ids.push_back(fixture.post(sets_path, with(body, "/name", name)).id());
        fixture.clock.advance(std::chrono::seconds(1));
    }
    fixture.call(http::Method::put, sets_path + "/" + ids[0], with(body, "/name", "a"));
    const auto listed = [&](const std::string& query) {
        std::vector<std::string> found;
        const auto page = fixture.get(sets_path + "?start=0&limit=10" + query);
        for (const auto& set : page.body["data"].as_array()) {
            found.push_back(set["id"].as_string());
        }
        return found;
    };
    CHECK(listed("") == std::vector{ids[0], ids[2], ids[1]});
    CHECK(listed("&name=a") == std::vector{ids[0], ids[2]});
    CHECK(listed("&name=A").empty());
    CHECK(listed("&orderBy=%2BcreatedDate") == std::vector{ids[0], ids[1], ids[2]});
    CHECK(listed("&orderBy=-createdDate") == std::vector{ids[2], ids[1], ids[0]});
    CHECK(listed("&orderBy=updatedDate") == std::vector{ids[1], ids[2], ids[0]});
    CHECK(fixture.get(sets_path + "?start=0&limit=1&orderBy=name").status == 400);
    CHECK(fixture.get(sets_path + "?start=0").status == 400);
    CHECK(fixture.get(sets_path + "?limit=1").status == 400);
    CHECK(fixture.get(sets_path + "?start=0&limit=0").status == 400);

    const auto page = fixture.get(sets_path + "?start=0&limit=2").body;
    CHECK(page["_page"] == json::Value(json::Object{{"count", 2}, {"limit", 2}}));
    CHECK(page["data"].as_array()[0]["version"].as_integer() == 1);
    const auto next = page["_links"]["next"]["href"].as_string();
    const auto last = fixture.get(std::string(conversion) + next).body;
    CHECK(last["data"].as_array().size() == 1);
    CHECK(last["data"].as_array()[0]["id"].as_string() == ids[1]);
    CHECK(last["_links"]["next"].is_null());
}

TEST_CASE("emulator: switch mapping_set_list") {
    EmulatorFixture fixture;
    const auto body = with(fixture.mapping_set_body(two_mappings()), "/name", "Mine");
    const auto id = fixture.post(sets_path, body).id();
    const auto listed = [&](const char* assignment) {
        REQUIRE(emulator::set_switch(fixture.platform.settings(), assignment));
        return fixture.get(sets_path + "?start=0&limit=1").body["data"].as_array().at(0);
    };
    const auto by_id = fixture.get(sets_path + "/" + id).body;
    CHECK(listed("mapping_set_list=full") == by_id);
    CHECK(listed("mapping_set_list=no_names") == with(by_id, "/name", {}));
    CHECK(listed("mapping_set_list=no_mappings") == with(by_id, "/mappings", {}));
    CHECK(listed("mapping_set_list=empty_mappings") == with(by_id, "/mappings", json::Array{}));
    CHECK(fixture.get(sets_path + "/" + id).body == by_id);
}

TEST_CASE("emulator: lists of Data Prep lag behind, too") {
    EmulatorFixture fixture;
    fixture.make_mapping_set(two_mappings());
    fixture.clock.advance(std::chrono::seconds(5));
    const auto count = [&](const std::string& path, Milliseconds lag) {
        const auto listed = fixture.platform.handle(
            fixture.request(http::Method::get, path + "?start=0&limit=9"), lag);
        return json::parse(listed.body).value_or(json::Value())["data"].as_array().size();
    };
    CHECK(count(sets_path, Milliseconds(5000)) == 1);
    CHECK(count(sets_path, Milliseconds(5001)) == 0);
    CHECK(count(schemas_path, Milliseconds(5000)) == 2);
    CHECK(count(schemas_path, Milliseconds(5001)) == 0);
}

TEST_CASE("emulator: a rule of a fault file names Data Prep by its whole path") {
    EmulatorFixture fixture;
    const json::Value rules =
        json::Array{json::Object{{"method", "POST"},
                                 {"path", sets_path},
                                 {"nth", 1},
                                 {"then", json::Object{{"status", 503}, {"commit", true}}}}};
    auto plan = emulator::FaultPlan::parse(rules, 1);
    REQUIRE(plan);
    const auto body = fixture.mapping_set_body(two_mappings());
    const auto send = [&] {
        const auto request = fixture.request(http::Method::post, sets_path, body);
        return emulator::answer(fixture.platform, request, plan->next(request))->status;
    };
    CHECK(send() == 503);
    CHECK(send() == 200);
    CHECK(fixture.platform.data_prep().mapping_sets().size() == 2);
}

TEST_CASE("emulator: what a mapping set has to be") {
    EmulatorFixture fixture;
    const auto body = fixture.mapping_set_body(two_mappings());
    const auto post = [&](std::string_view pointer, json::Value value) {
        return fixture.post(sets_path, with(body, pointer, std::move(value))).status;
    };
    const auto empty = fixture.call(http::Method::post, sets_path);
    CHECK(empty.status == 400);
    CHECK(empty.body["detail"].is_string());
    CHECK(empty.headers.find("Content-Type") == "application/problem+json");
    CHECK(post("/name", "x") == 200);
    CHECK(post("/xdmVersion", {}) == 200);
    CHECK(post("/inputSchema/version", {}) == 200);
    CHECK(post("/name", 1) == 400);
    CHECK(post("/surprise", 1) == 400);
    CHECK(post("/inputSchema/id", "nowhere") == 400);
    CHECK(post("/outputSchema/id", "nowhere") == 400);
    CHECK(post("/inputSchema/version", 1) == 400);
    CHECK(post("/mappings", {}) == 400);
    CHECK(post("/mappings", json::Array{}) == 400);

    const auto with_mapping = [&](json::Value one) {
        return post("/mappings", json::Array{std::move(one)});
    };
    CHECK(with_mapping(mapping("person.name.lastName", "firstName")) == 200);
    CHECK(with_mapping(with(mapping("_id", "Email"), "/name", "x")) == 200);
    CHECK(with_mapping(with(mapping("_id", "Email"), "/identity", true)) == 400);
    CHECK(with_mapping(with(mapping("_id", "Email"), "/source", {})) == 400);
    CHECK(with_mapping(with(mapping("_id", "Email"), "/destination", 1)) == 400);
    CHECK(with_mapping(mapping("_id", "Email", "attribute")) == 400);
    CHECK(with_mapping(mapping("_id", "Email", "text/x.schema-path")) == 400);
    CHECK(with_mapping(mapping("person.name.shoeSize", "Email")) == 400);
    CHECK(with_mapping(mapping("person.name.shoeSize", "Email", "EXPRESSION")) == 200);
    CHECK(with_mapping(mapping("_id", "Fax")) == 400);
    CHECK(with_mapping(mapping("_id", "first.name")) == 400);
    CHECK(post("/mappings",
               json::Array{mapping("_id", "Email"), mapping("person.gender", "Email")}) == 400);
}

TEST_CASE("emulator: which paths lead somewhere") {
    const auto& schema = emulator::union_schema();
    const auto leads = [&](std::string_view path) {
        return emulator::leads_somewhere(schema, path);
    };
    CHECK(leads("personalEmail.address"));
    CHECK(leads("_acme.attributes.a60"));
    CHECK_FALSE(leads("_acme.attributes.a61"));
    CHECK(leads("segmentMembership.ups.seg_id.status"));
    CHECK_FALSE(leads("segmentMembership.ups.seg_id.mood"));
    CHECK(leads("identityMap.Phone_E//.164"));
    CHECK_FALSE(leads("identityMap.Phone_E.164"));
    CHECK(leads("identityMap.Email.id"));
    CHECK(leads("loyalty.loyaltyID"));
    CHECK_FALSE(leads("loyalty.loyaltyID.0"));
    CHECK_FALSE(leads(""));
    CHECK_FALSE(leads("person..name"));
    CHECK(emulator::path_steps("identityMap.Phone_E//.164") ==
          std::vector<std::string>{"identityMap", "Phone_E.164"});
    CHECK(emulator::identity_of(mapping("identityMap.Phone_E//.164", "x")) == "Phone_E.164");
    CHECK_FALSE(emulator::identity_of(mapping("identityMap", "x")));
    CHECK_FALSE(emulator::identity_of(mapping("identityMap.Email", "x", "STATIC")));
    CHECK_FALSE(emulator::identity_of(mapping("person.name", "x")));
}

TEST_CASE("emulator: validation answers for each mapping and keeps nothing") {
    EmulatorFixture fixture;
    auto body = fixture.mapping_set_body(two_mappings());
    body.make_object()["mappings"].make_array().push_back(mapping("nowhere", "firstName"));
    const auto checked = fixture.post(sets_path + "/validate", body);
    CHECK(checked.status == 200);
    const auto& entries = checked.body["validationResponse"].as_array();
    REQUIRE(entries.size() == 3);
    CHECK(entries[0]["status"].as_string() == "SUCCESS");
    CHECK(entries[0]["errors"].is_null());
    CHECK(entries[2]["status"].as_string() == "FAILED");
    const auto& error = entries[2]["errors"].as_array()[0];
    CHECK(error["source"].as_string() == "nowhere");
    CHECK(error["exception"].as_string() == "Source nowhere is not in the input schema");
    CHECK(fixture.post(sets_path + "/validate", with(body, "/inputSchema/id", "x")).status == 400);
    CHECK(fixture.platform.data_prep().mapping_sets().empty());
}

TEST_CASE("emulator: mapping sets and schemas are saved") {
    EmulatorFixture original;
    const auto id = original.make_mapping_set(two_mappings());
    const auto body = original.mapping_set_body(two_mappings());
    original.call(http::Method::put, sets_path + "/" + id, body);
    const auto saved = json::parse(json::write(original.platform.save()));
    REQUIRE(saved);
    EmulatorFixture restored;
    restored.platform.load(*saved);
    restored.token = original.token;
    CHECK(restored.platform.save() == *saved);
    const auto list = sets_path + "?start=0&limit=9";
    CHECK(original.get(list).body["data"].as_array().size() == 1);
    CHECK(restored.get(list).body == original.get(list).body);
    const auto schemas = schemas_path + "?start=0&limit=9";
    CHECK(restored.get(schemas).body == original.get(schemas).body);
    const auto before = original.platform.revision();
    original.get(list);
    CHECK(original.platform.revision() == before);
    original.make_mapping_set(two_mappings());
    CHECK(original.platform.revision() > before);
}
