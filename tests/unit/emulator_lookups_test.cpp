#include "emulator/embedded_data.hpp"
#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace penstock;
using test::EmulatorFixture;

TEST_CASE("emulator: the union schema, where the switch has it") {
    EmulatorFixture fixture;
    const std::string profile = "/data/core/ups/config/entityTypes/_xdm.context.profile"
                                "?property=fullSchema%3D%3Dtrue"
                                "&property=includeRelationshipDescriptors%3D%3Dtrue";
    const std::string unions = "/data/foundation/schemaregistry/tenant/unions/";
    const auto registry = [&](const std::string& id, std::optional<std::string> accept) {
        return fixture.call(http::Method::get, unions + id, {}, [&](http::Request& request) {
            if (accept) {
                request.headers.set("Accept", *accept);
            }
        });
    };
    const std::string full = "application/vnd.adobe.xed-full+json; version=1";
    const auto* alt_id = "_xdm.context.profile__union";
    CHECK(fixture.get(profile).body == emulator::union_schema());
    CHECK(fixture.post(profile, json::Object{}).status == 405);
    CHECK(registry(alt_id, full).status == 404);
    REQUIRE(emulator::set_switch(fixture.platform.settings(), "union-schema=schema-registry"));
    CHECK(fixture.get(profile).status == 404);
    CHECK(registry(alt_id, full).body == emulator::union_schema());
    CHECK(registry("https%3A%2F%2Fns.adobe.com%2Fxdm%2Fcontext%2Fprofile__union", full).body ==
          emulator::union_schema());
    CHECK(registry("other", full).status == 404);
    CHECK(registry(alt_id, {}).status == 400);
    CHECK(registry(alt_id, "application/json").status == 406);
}

TEST_CASE("emulator: identity namespaces are a bare array") {
    EmulatorFixture fixture;
    const auto listed = fixture.get("/data/core/idnamespace/identities");
    CHECK(listed.status == 200);
    REQUIRE(listed.body.is_array());
    std::string codes;
    for (const auto& entry : listed.body.as_array()) {
        codes += entry["code"].as_string() + " ";
    }
    for (const char* code : {"ECID", "GAID", "IDFA", "Email", "Phone_E.164", "CRMID"}) {
        CHECK(codes.find(std::string(code) + " ") != std::string::npos);
    }
    CHECK(fixture.get("/data/core/idnamespace/others").status == 404);
    CHECK(fixture.del("/data/core/idnamespace/identities").status == 405);
    CHECK(fixture.get("/data/core/elsewhere").status == 404);
}

TEST_CASE("emulator: every destination shows its partner schema") {
    EmulatorFixture fixture;
    std::size_t destinations = 0;
    const auto listed = fixture.get("/connectionSpecs");
    for (const auto& spec : listed.body["items"].as_array()) {
        const auto& shown = spec["targetSpec"]["attributes"]["partnerSchema"]["jsonSchema"];
        if (spec["attributes"]["isDestination"].as_bool()) {
            CHECK(shown == emulator::partner_schema());
            ++destinations;
        }
    }
    CHECK(destinations == 13);
    CHECK(fixture.get("/connectionSpecs/36965a81-b1c6-401b-99f8-22508f1e6a26")
              .item()["targetSpec"]["attributes"]["partnerSchema"]["jsonSchema"] ==
          emulator::partner_schema());
}
