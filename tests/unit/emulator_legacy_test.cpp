#include "support/legacy_fixture.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace penstock;
using test::code_of;
using test::EmulatorFixture;
using test::legacy_s3;
using test::legacy_sftp;
using test::with;

namespace {

const std::string campaign = "0b23e41a-cb4a-4321-a78f-3b654f5d7d97";
const std::string eloqua = "c1e44b6b-e7c8-404b-9031-58f0ef760604";
const std::string shared = std::string(test::shared_flow_spec);

void flip(EmulatorFixture& fixture, std::string_view assignment) {
    const auto set = emulator::set_switch(fixture.platform.settings(), assignment);
    INFO("switch ", std::string(assignment));
    REQUIRE(set.has_value());
}

/// What the flow spec serves, in no order.
std::set<std::string> served_by(EmulatorFixture& fixture, const std::string& flow_spec) {
    std::set<std::string> served;
    const auto shown = fixture.get("/flowSpecs/" + flow_spec).item();
    for (const auto& id : shown["targetConnectionSpecIds"].as_array()) {
        served.insert(id.as_string());
    }
    return served;
}

test::LegacyStorage campaign_bucket() {
    return test::legacy_storages().front();
}

/// Posts targets of one storage, spoilt.
struct Targets {
    explicit Targets(const test::LegacyStorage& storage)
        : body(test::legacy_target_body(
              storage, fixture.post("/connections", test::legacy_connection_body(storage)).id())) {}

    int post(const json::Value& params) {
        return fixture.post("/targetConnections", with(body, "/params", params)).status;
    }
    /// What GET shows of a target with these parameters.
    json::Value shown(const json::Value& params) {
        const auto made = fixture.post("/targetConnections", with(body, "/params", params));
        return fixture.get("/targetConnections/" + made.id()).item();
    }

    EmulatorFixture fixture;
    json::Value body;
};

} // namespace

TEST_CASE("emulator: every storage of every legacy destination can be exported to") {
    EmulatorFixture fixture;
    fixture.platform.settings().patch_duration = Milliseconds(0);
    CHECK(test::legacy_storages().size() == 14);
    for (const auto& storage : test::legacy_storages()) {
        INFO("connection spec ", storage.connection_spec, ", auth spec ",
             storage.auth["specName"].as_string());
        const auto made = fixture.post("/flows", test::make_legacy_parts(fixture, storage));
        REQUIRE(made.status == 201);
        const auto path = "/flows/" + made.id();
        const std::string params(test::segment_params);
        const auto activated = fixture.patch(
            path,
            json::Array{json::Object{{"op", "add"},
                                     {"path", params + "/segmentSelectors/selectors/-"},
                                     {"value", test::legacy_selector("gold")}},
                        json::Object{{"op", "add"},
                                     {"path", params + "/profileSelectors/selectors/-"},
                                     {"value", test::profile_selector("person.name.lastName")}}});
        CHECK(activated.status == 200);
        const auto flow = fixture.get(path).item();
        CHECK(flow["inheritedAttributes"]["targetConnections"]
                  .as_array()
                  .front()["connectionSpec"]["id"] == storage.connection_spec);
    }
}

TEST_CASE("emulator: one flow spec serves several legacy destinations") {
    EmulatorFixture fixture;
    const std::set<std::string> all{legacy_s3().connection_spec, legacy_sftp().connection_spec,
                                    "e258278b-a4cf-43ac-b158-4fa0ca0d948b", eloqua};
    CHECK(served_by(fixture, shared) == all);
    const auto listed = fixture.get("/flowSpecs?property=id%3D%3D" + shared);
    CHECK(listed.body["items"].as_array().size() == 1);
    const json::Value segments = json::Array{"SEGMENTS"};
    CHECK(listed.item()["attributes"]["_workflow"] == segments);
    const auto of_eloqua =
        fixture.get("/flowSpecs?property=targetConnectionSpecIds%5B%5D%3D%3D" + eloqua);
    CHECK(of_eloqua.item()["id"].as_string() == shared);

    const auto body = test::make_legacy_parts(fixture, legacy_s3());
    const auto post = [&](std::string_view flow_spec) {
        return fixture.post("/flows", with(body, "/flowSpec/id", flow_spec));
    };
    CHECK(post(shared).status == 201);
    CHECK(post("51d675ce-e270-408d-91fc-22717bdf2148").status == 400);
    CHECK(post("1a0514a6-33d4-4c7f-aff8-594799c47549").status == 400);
    CHECK(code_of(post("nowhere")) == "1413-400");
}

TEST_CASE("emulator: switch campaign_flow_spec") {
    EmulatorFixture fixture;
    const auto named = [&] {
        return fixture.get("/flowSpecs?property=name%3D%3DupsToCampaign").body["items"].as_array();
    };
    const auto body = test::make_legacy_parts(fixture, campaign_bucket());
    const auto own = body["flowSpec"]["id"].as_string();
    const auto post = [&](const std::string& flow_spec) {
        return fixture.post("/flows", with(body, "/flowSpec/id", flow_spec));
    };
    const std::set<std::string> only{campaign};
    REQUIRE(named().size() == 1);
    CHECK(own != shared);
    CHECK(served_by(fixture, own) == only);
    CHECK(post(own).status == 201);
    CHECK(post(shared).status == 400);

    flip(fixture, "campaign_flow_spec=shared");
    REQUIRE(named().size() == 1);
    CHECK(named().front()["id"].as_string() == shared);
    CHECK(served_by(fixture, shared).count(campaign) == 1);
    CHECK(served_by(fixture, shared).size() == 5);
    CHECK(code_of(post(own)) == "1413-400");
    CHECK(post(shared).status == 201);

    flip(fixture, "campaign_flow_spec=unnamed");
    CHECK(named().empty());
    CHECK(served_by(fixture, shared).size() == 5);
    CHECK(code_of(post(own)) == "1413-400");
    CHECK(post(shared).status == 201);
    CHECK(fixture.get("/flowSpecs").body["items"].as_array().size() == 15);
}

TEST_CASE("emulator: an account of the Profile Store takes no auth") {
    EmulatorFixture fixture;
    const auto body = test::profile_base_body();
    const auto made = fixture.post("/connections", body);
    CHECK(made.status == 201);
    CHECK_FALSE(fixture.get("/connections/" + made.id()).item().as_object().contains("auth"));
    CHECK(fixture.post("/connections", with(body, "/auth", legacy_s3().auth)).status == 400);
    CHECK(fixture.post("/connections", with(body, "/auth", json::Object{})).status == 400);
    CHECK(fixture.post("/connections", with(body, "/connectionSpec/version", {})).status == 422);
}

TEST_CASE("emulator: a source of the Profile Store may name a base connection of it") {
    EmulatorFixture fixture;
    const auto base = fixture.post("/connections", test::profile_base_body()).id();
    const auto body = test::legacy_source_body(base);
    const auto post = [&](const json::Value& changed) {
        return fixture.post("/sourceConnections", changed);
    };
    const auto made = post(body);
    REQUIRE(made.status == 201);
    const auto shown = fixture.get("/sourceConnections/" + made.id()).item();
    CHECK(shown["baseConnectionId"].as_string() == base);
    CHECK(shown["inheritedAttributes"]["baseConnection"]["id"].as_string() == base);
    CHECK(shown["data"] == body["data"]);
    CHECK(shown["params"] == body["params"]);
    CHECK(post(with(body, "/baseConnectionId", "nowhere")).status == 400);
    CHECK(post(with(body, "/baseConnectionId", fixture.make_connection())).status == 400);
    CHECK(post(with(body, "/baseConnectionId", {})).status == 201);
}

TEST_CASE("emulator: a base connection is kept while a flow reads through it") {
    EmulatorFixture fixture;
    const auto body = test::make_legacy_parts(fixture, legacy_s3());
    const auto flow = fixture.post("/flows", body).id();
    const auto& source = body["sourceConnectionIds"].as_array().front().as_string();
    const auto base =
        fixture.get("/sourceConnections/" + source).item()["baseConnectionId"].as_string();
    CHECK(code_of(fixture.del("/connections/" + base)) == "1418-400");
    CHECK(code_of(fixture.del("/sourceConnections/" + source)) == "1447-400");
    CHECK(fixture.del("/flows/" + flow).status == 202);
    CHECK(fixture.del("/connections/" + base).status == 202);
    CHECK(fixture.del("/sourceConnections/" + source).status == 202);
}

TEST_CASE("emulator: switch profile_store_base") {
    EmulatorFixture fixture;
    const auto source_without = [&](const std::string& sandbox) {
        const auto in_sandbox = [&](http::Request& request) {
            request.headers.set("x-sandbox-name", sandbox);
        };
        const auto made = fixture.call(http::Method::post, "/sourceConnections",
                                       test::segment_source_body(), in_sandbox);
        return fixture.call(http::Method::get, "/sourceConnections/" + made.id(), {}, in_sandbox)
            .item();
    };
    const auto base_in = [](const json::Value& shown) {
        return shown["inheritedAttributes"]["baseConnection"]["id"].as_string();
    };
    const auto base = fixture.post("/connections", test::profile_base_body()).id();
    fixture.make_connection();
    CHECK(base_in(source_without("prod")) != base);
    CHECK(source_without("prod")["baseConnectionId"].is_null());

    flip(fixture, "profile_store_base=reused");
    const auto shown = source_without("prod");
    CHECK(base_in(shown) == base);
    CHECK(shown["baseConnectionId"].as_string() == base);
    CHECK(base_in(source_without("dev")) != base);

    const auto target =
        fixture.post("/targetConnections", test::segment_target_body(fixture.make_connection()))
            .id();
    const auto flow =
        fixture.post("/flows", test::segment_flow_body(shown["id"].as_string(), target));
    CHECK(flow.status == 201);
    CHECK(fixture.del("/connections/" + base).status == 202);
    const auto later = base_in(source_without("prod"));
    CHECK_FALSE(later.empty());
    CHECK(later != base);
}

TEST_CASE("emulator: a legacy target takes the parameters of one storage") {
    Targets targets(campaign_bucket());
    const auto bucket = campaign_bucket().params;
    const json::Value container = json::Object{{"container", "exports"}, {"path", "crm"}};
    const json::Value server = json::Object{{"remotePath", "crm"}};
    for (const auto& accepted :
         {bucket, container, server, with(bucket, "/mode", {}), with(bucket, "/format", {}),
          with(server, "/format", "CSV"), with(server, "/mode", "FTP"),
          with(bucket, "/includeFileManifest", true)}) {
        INFO(json::write(accepted));
        CHECK(targets.post(accepted) == 201);
    }
    const auto unnamed = with(bucket, "/mode", {});
    for (const auto& refused : {with(bucket, "/mode", "FTP"),
                                with(bucket, "/mode", "AZURE_BLOB"),
                                with(bucket, "/mode", "Server-to-server"),
                                with(bucket, "/mode", 1),
                                with(bucket, "/format", "JSON"),
                                with(bucket, "/path", {}),
                                with(bucket, "/path", ""),
                                with(bucket, "/path", 1),
                                with(bucket, "/bucketName", "No_Bucket"),
                                with(bucket, "/container", "exports"),
                                with(bucket, "/remotePath", "crm"),
                                with(bucket, "/includeFileManifest", "yes"),
                                with(bucket, "/fileType", "CSV"),
                                with(bucket, "/surprise", 1),
                                with(unnamed, "/path", {}),
                                with(unnamed, "/container", "exports"),
                                with(unnamed, "/remotePath", "crm"),
                                with(server, "/format", "csv"),
                                json::Value(json::Object{}),
                                json::Value(json::Object{{"mode", nullptr}, {"remotePath", "crm"}}),
                                json::Value()}) {
        INFO(json::write(refused));
        CHECK(targets.post(refused) == 400);
    }
    CHECK(Targets(legacy_s3()).post(server) == 400);
    CHECK(Targets(legacy_sftp()).post(bucket) == 400);
    CHECK(Targets(legacy_s3()).shown(bucket)["params"] == bucket);
}

TEST_CASE("emulator: a PATCH of a legacy target is checked as its creation") {
    Targets targets(legacy_s3());
    auto& fixture = targets.fixture;
    const auto path = "/targetConnections/" + fixture.post("/targetConnections", targets.body).id();
    const auto& bucket = targets.body["params"];
    const auto moved = with(bucket, "/path", "elsewhere");
    CHECK(fixture.patch(path, "replace", "/params", moved).status == 200);
    CHECK(fixture.patch(path, "add", "/params/includeFileManifest", true).status == 200);
    const auto expected = with(moved, "/includeFileManifest", true);
    CHECK(fixture.get(path).item()["params"] == expected);
    CHECK(fixture.patch(path, "replace", "/params", with(bucket, "/mode", "FTP")).status == 400);
    CHECK(fixture.patch(path, "add", "/params/remotePath", "crm").status == 400);
    CHECK(fixture.get(path).item()["params"] == expected);
}

TEST_CASE("emulator: switches legacy_target_constants and include_file_manifest") {
    const auto in_bucket = legacy_s3().params;
    const auto on_server = legacy_sftp().params;
    Targets buckets(legacy_s3());
    Targets servers(legacy_sftp());
    CHECK(servers.shown(on_server)["params"] == on_server);
    const auto both_flip = [&](std::string_view assignment) {
        flip(buckets.fixture, assignment);
        flip(servers.fixture, assignment);
    };
    both_flip("legacy_target_constants=omit");
    const auto bare = with(with(in_bucket, "/mode", {}), "/format", {});
    CHECK(buckets.shown(in_bucket)["params"] == bare);
    CHECK(buckets.shown(bare)["params"] == bare);
    CHECK(servers.shown(on_server)["params"] == with(on_server, "/mode", {}));
    both_flip("legacy_target_constants=kept");

    both_flip("include_file_manifest=fill");
    CHECK(buckets.shown(in_bucket)["params"] == with(in_bucket, "/includeFileManifest", false));
    const auto listing = with(in_bucket, "/includeFileManifest", true);
    CHECK(buckets.shown(listing)["params"] == listing);
    auto& fixture = buckets.fixture;
    const auto target = fixture.make_target(fixture.make_connection());
    CHECK(fixture.get("/targetConnections/" + target)
              .item()["params"]["includeFileManifest"]
              .is_null());
}

TEST_CASE("emulator: data of a legacy target comes back as sent; switch target_data") {
    Targets targets(legacy_s3());
    const auto sent = targets.body["data"];
    CHECK(targets.shown(legacy_s3().params)["data"] == sent);
    targets.body = with(targets.body, "/data", {});
    const json::Value injected =
        json::Object{{"format", "CSV"}, {"schema", nullptr}, {"properties", nullptr}};
    CHECK(targets.shown(legacy_s3().params)["data"] == injected);
    const auto bare = with(with(legacy_s3().params, "/mode", {}), "/format", {});
    CHECK(targets.shown(bare)["data"] == injected);
    flip(targets.fixture, "target_data=absent");
    CHECK_FALSE(targets.shown(bare).as_object().contains("data"));
    targets.body = with(targets.body, "/data", sent);
    CHECK(targets.shown(bare)["data"] == sent);
}

TEST_CASE("emulator: switch user_name_on_get") {
    EmulatorFixture fixture;
    const auto body = test::legacy_connection_body(legacy_sftp());
    const auto path = "/connections/" + fixture.post("/connections", body).id();
    const auto params = [&] { return fixture.get(path).item()["auth"]["params"]; };
    CHECK(params()["userName"].as_string() == "acme");
    CHECK_FALSE(params().as_object().contains("username"));
    CHECK(params()["password"].as_string() == "**********");
    flip(fixture, "user_name_on_get=as_sent");
    CHECK(params()["username"].as_string() == "acme");
    CHECK_FALSE(params().as_object().contains("userName"));

    flip(fixture, "user_name_on_get=returned_as");
    const auto written = body["auth"]["params"];
    CHECK(fixture.patch(path, "replace", "/auth/params", with(written, "/username", "other"))
              .status == 200);
    CHECK(params()["userName"].as_string() == "other");
    const auto misspelt = with(with(written, "/username", {}), "/userName", "acme");
    CHECK(fixture.patch(path, "replace", "/auth/params", misspelt).status == 400);
    CHECK(fixture.post("/connections", with(body, "/auth/params", misspelt)).status == 400);
    CHECK(fixture.post("/connections", with(body, "/auth/params/host", {})).status == 400);
    CHECK(fixture.post("/connections", with(body, "/auth/params/domain", "")).status == 400);
    CHECK(code_of(fixture.post("/connections",
                               with(body, "/auth/specName", "SFTP with Password"))) == "1415-400");
}
