#include "support/emulator_fixture.hpp"

#include <doctest/doctest.h>

using namespace penstock;
using test::code_of;
using test::EmulatorFixture;

namespace {

test::Answered sign_in(EmulatorFixture& fixture, const std::string& form,
                       const std::string& type = "application/x-www-form-urlencoded") {
    http::Request request;
    request.method = http::Method::post;
    request.url = "https://ims.example/ims/token/v3";
    request.headers.set("Content-Type", type);
    request.body = form;
    const auto response = fixture.platform.handle(request);
    return {response.status, json::parse(response.body).value_or(json::Value()), response.headers};
}

test::Answered list_with(EmulatorFixture& fixture, std::string_view header,
                         std::optional<std::string> value) {
    return fixture.call(http::Method::get, "/flows", {}, [&](http::Request& request) {
        request.headers.erase(header);
        if (value) {
            request.headers.set(header, *value);
        }
    });
}

constexpr auto good_form =
    "grant_type=client_credentials&client_id=robot&client_secret=s3cret&scope=openid%2Csession";

} // namespace

TEST_CASE("emulator: a token is issued for a form and works until it expires") {
    EmulatorFixture fixture;
    const auto answered = sign_in(fixture, good_form);
    REQUIRE(answered.status == 200);
    CHECK(answered.body["token_type"].as_string() == "bearer");
    CHECK(answered.body["expires_in"].as_integer() == 86399);
    const auto bearer = "Bearer " + answered.body["access_token"].as_string();
    CHECK(list_with(fixture, "Authorization", bearer).status == 200);

    fixture.clock.advance(std::chrono::seconds(86398));
    CHECK(list_with(fixture, "Authorization", bearer).status == 200);
    fixture.clock.advance(std::chrono::seconds(1));
    const auto expired = list_with(fixture, "Authorization", bearer);
    CHECK(expired.status == 401);
    CHECK(expired.body["error_code"].as_string() == "401013");
}

TEST_CASE("emulator: a token is refused for a wrong secret, grant, scope or form") {
    EmulatorFixture fixture;
    CHECK(sign_in(fixture, "grant_type=client_credentials&client_id=robot&"
                           "client_secret=wrong-secret&scope=openid")
              .body["error"]
              .as_string() == "invalid_client");
    CHECK(sign_in(fixture, "grant_type=password&client_id=robot&client_secret=s&scope=openid")
              .status == 400);
    CHECK(sign_in(fixture, "grant_type=client_credentials&client_id=robot&client_secret=s")
              .body["error"]
              .as_string() == "invalid_scope");
    CHECK(sign_in(fixture, good_form, "application/json").status == 400);

    fixture.platform.settings().clients = {{"robot", "other"}};
    CHECK(sign_in(fixture, good_form).status == 401);
    fixture.platform.settings().clients = {{"robot", "s3cret"}};
    CHECK(sign_in(fixture, good_form).status == 200);
}

TEST_CASE("emulator: the gateway asks for token and key") {
    EmulatorFixture fixture;
    CHECK(list_with(fixture, "Authorization", {}).body["error_code"].as_string() == "401010");
    CHECK(list_with(fixture, "Authorization", "Bearer nonsense").body["error_code"].as_string() ==
          "401013");
    const auto no_key = list_with(fixture, "x-api-key", {});
    CHECK(no_key.status == 403);
    CHECK(no_key.body["error_code"].as_string() == "403000");
    CHECK(list_with(fixture, "x-api-key", "other").body["error_code"].as_string() == "403003");
}

TEST_CASE("emulator: organization and sandbox are checked") {
    EmulatorFixture fixture;
    const auto no_organization = list_with(fixture, "x-gw-ims-org-id", {});
    CHECK(no_organization.status == 401);
    CHECK(code_of(no_organization) == "2001-401");
    const auto unknown = list_with(fixture, "x-sandbox-name", "nowhere");
    CHECK(unknown.status == 404);
    CHECK(code_of(unknown) == "2100-404");
    CHECK(code_of(list_with(fixture, "x-sandbox-id", "a")) == "2110-400");
}

TEST_CASE("emulator: switch sandbox_default") {
    EmulatorFixture fixture;
    fixture.make_connection();
    const auto refused = list_with(fixture, "x-sandbox-name", {});
    CHECK(refused.status == 400);
    CHECK(code_of(refused) == "2105-400");
    fixture.platform.settings().sandbox_default = emulator::SandboxDefault::prod;
    CHECK(list_with(fixture, "x-sandbox-name", {}).status == 200);
}

TEST_CASE("emulator: nothing is seen across sandboxes and organizations") {
    EmulatorFixture fixture;
    const auto id = fixture.make_connection();
    const auto seen = [&](std::string_view header, const std::string& value) {
        return fixture
            .call(http::Method::get, "/connections/" + id, {},
                  [&](http::Request& request) { request.headers.set(header, value); })
            .status;
    };
    CHECK(seen("x-sandbox-name", "prod") == 200);
    CHECK(seen("x-sandbox-name", "dev") == 404);
    CHECK(seen("x-gw-ims-org-id", "OTHER@AdobeOrg") == 404);
}

TEST_CASE("emulator: every answer has a request id, and the client signs what it makes") {
    EmulatorFixture fixture;
    const auto id = fixture.make_connection();
    const auto read = fixture.get("/connections/" + id);
    CHECK(read.headers.find("x-request-id"));
    CHECK(read.item()["createdBy"].as_string() == "robot@techacct.adobe.com");
    CHECK(read.item()["updatedClient"].as_string() == "robot");
    CHECK(fixture.call(http::Method::get, "/nothing").headers.find("x-request-id"));
}

TEST_CASE("emulator: the log has every request and no secret") {
    EmulatorFixture fixture;
    sign_in(fixture, good_form);
    const auto id = fixture.make_connection();
    fixture.patch("/connections/" + id, "replace", "/auth/params",
                  test::connection_body()["auth"]["params"]);
    std::string all;
    for (const auto& entry : fixture.platform.log()) {
        all += emulator::to_line(entry) + "\n";
    }
    CHECK(fixture.platform.log().size() == 4);
    CHECK(fixture.platform.log()[1].status == 201);
    CHECK(all.find("s3cret") == std::string::npos);
    CHECK(all.find("abcdefghijklmnop") == std::string::npos);
    CHECK(all.find(fixture.token) == std::string::npos);
    CHECK(all.find("[redacted]") != std::string::npos);
}
