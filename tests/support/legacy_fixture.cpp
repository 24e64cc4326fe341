#include "support/legacy_fixture.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace penstock::test {

namespace {

constexpr std::string_view campaign = "0b23e41a-cb4a-4321-a78f-3b654f5d7d97";

json::Value spec(std::string_view id) {
    return json::Object{{"id", id}, {"version", "1.0"}};
}

json::Value auth(std::string_view name, json::Value params) {
    return json::Object{{"specName", name}, {"params", std::move(params)}};
}

json::Value server(std::string_view name, std::string_view secret) {
    json::Object params{
        {"domain", "ftp.acme.example"}, {"host", "ftp.acme.example"}, {"username", "acme"}};
    params[secret] = "c2VjcmV0";
    return auth(name, std::move(params));
}

json::Value blob(std::string_view name) {
    return auth(name, json::Object{{"connectionString", "AccountKey=c2VjcmV0"}});
}

json::Value in_bucket() {
    return json::Object{
        {"mode", "S3"}, {"bucketName", "acme-exports"}, {"path", "crm"}, {"format", "CSV"}};
}

json::Value in_container() {
    return json::Object{
        {"mode", "AZURE_BLOB"}, {"container", "exports"}, {"path", "crm"}, {"format", "CSV"}};
}

json::Value on_server() {
    return json::Object{{"mode", "FTP"}, {"remotePath", "crm"}, {"format", "CSV"}};
}

} // namespace

LegacyStorage legacy_s3() {
    return {"4890fc95-5a1f-4983-94bb-e060c08e3f81", std::string(shared_flow_spec),
            connection_body()["auth"], in_bucket()};
}

LegacyStorage legacy_sftp() {
    return {"64ef4b8b-a6e0-41b5-9677-3805d1ee5dd0", std::string(shared_flow_spec),
            server("Basic Authentication for sftp", "password"), on_server()};
}

std::vector<LegacyStorage> legacy_storages() {
    const std::string of_campaign(campaign);
    std::vector<LegacyStorage> storages{
        {of_campaign, "", auth("S3", json::Object{{"accessId", "AKIA"}, {"secretKey", "c2VjcmV0"}}),
         in_bucket()},
        {of_campaign, "", blob("Azure Blob"), in_container()},
        {of_campaign, "", server("SFTP with Password", "password"), on_server()},
        {of_campaign, "", server("SFTP with SSH Key", "sshKey"), on_server()},
        legacy_s3(),
        {"e258278b-a4cf-43ac-b158-4fa0ca0d948b", std::string(shared_flow_spec),
         blob("ConnectionString"), in_container()},
        legacy_sftp()};
    auto with_key = legacy_sftp();
    with_key.auth = with(server("SFTP with SSH Key", "sshKey"), "/params/port", 22);
    storages.push_back(with_key);
    for (const auto& [connection_spec, flow_spec] :
         {std::pair("c1e44b6b-e7c8-404b-9031-58f0ef760604", shared_flow_spec),
          std::pair("a5e28ddf-e265-426e-83a1-9d03a3a6822b",
                    std::string_view("51d675ce-e270-408d-91fc-22717bdf2148")),
          std::pair("f599a5b3-60a7-4951-950a-cc4115c7ea27",
                    std::string_view("493b2bd6-26e4-4167-ab3b-5e910bba44f0"))}) {
        const std::string serving(flow_spec);
        storages.push_back(
            {connection_spec, serving, server("SFTP with Password", "password"), on_server()});
        storages.push_back(
            {connection_spec, serving, server("SFTP with SSH Key", "sshKey"), on_server()});
    }
    return storages;
}

json::Value profile_base_body() {
    return json::Object{{"name", "Profile Store"},
                        {"connectionSpec", spec(emulator::profile_store_spec)}};
}

json::Value legacy_source_body(const std::string& base) {
    return json::Object{{"name", "Profiles"},
                        {"connectionSpec", spec(emulator::profile_store_spec)},
                        {"baseConnectionId", base},
                        {"data", json::Object{{"format", "CSV"}, {"schema", nullptr}}},
                        {"params", json::Object{}}};
}

json::Value legacy_connection_body(const LegacyStorage& storage) {
    return json::Object{{"name", "Storage"},
                        {"auth", storage.auth},
                        {"connectionSpec", spec(storage.connection_spec)}};
}

json::Value legacy_target_body(const LegacyStorage& storage, const std::string& connection) {
    return json::Object{
        {"name", "Folder"},
        {"baseConnectionId", connection},
        {"connectionSpec", spec(storage.connection_spec)},
        {"params", storage.params},
        {"data", json::Object{{"format", "json"},
                              {"schema", json::Object{{"id", "1.0"}, {"version", "1.0"}}}}}};
}

json::Value legacy_flow_body(std::string_view flow_spec, const std::string& source,
                             const std::string& target) {
    const json::Object empty{{"selectors", json::Array{}}};
    return json::Object{
        {"name", "Export"},
        {"flowSpec", spec(flow_spec)},
        {"sourceConnectionIds", json::Array{source}},
        {"targetConnectionIds", json::Array{target}},
        {"transformations",
         json::Array{json::Object{
             {"name", "GeneralTransform"},
             {"params", json::Object{{"segmentSelectors", empty}, {"profileSelectors", empty}}}}}}};
}

json::Value legacy_selector(std::string_view segment) {
    return with(selector(segment), "/value/filenameTemplate",
                "%DESTINATION_NAME%_%SEGMENT_ID%_%DATETIME(YYYYMMdd_HHmmss)%");
}

json::Value profile_selector(std::string_view path) {
    return json::Object{{"type", "JSON_PATH"}, {"value", json::Object{{"path", path}}}};
}

json::Value make_legacy_parts(EmulatorFixture& fixture, const LegacyStorage& storage) {
    auto flow_spec = storage.flow_spec;
    if (flow_spec.empty()) {
        flow_spec =
            fixture.get("/flowSpecs?property=name%3D%3DupsToCampaign").item()["id"].as_string();
    }
    const auto base = fixture.post("/connections", profile_base_body()).id();
    const auto source = fixture.post("/sourceConnections", legacy_source_body(base)).id();
    const auto account = fixture.post("/connections", legacy_connection_body(storage)).id();
    const auto target =
        fixture.post("/targetConnections", legacy_target_body(storage, account)).id();
    return legacy_flow_body(flow_spec, source, target);
}

json::Value identity_key(std::string_view code) {
    return json::Object{{"fieldType", "IDENTITY"}, {"identityNamespace", code}};
}

json::Value attribute_key(std::string_view path) {
    return json::Object{{"fieldType", "ATTRIBUTE"}, {"attributePath", path}};
}

std::string at(std::string_view member) {
    return fmt::format("{}/{}", segment_params, member);
}

LegacyFixture::LegacyFixture() {
    platform.settings().patch_duration = Milliseconds(0);
    body = make_legacy_parts(*this, legacy_s3());
    path = "/flows/" + post("/flows", body).id();
}

void LegacyFixture::flip(std::string_view assignment) {
    INFO("switch ", std::string(assignment));
    REQUIRE(emulator::set_switch(platform.settings(), assignment).has_value());
}

json::Value LegacyFixture::params(const std::string& flow) {
    return get(flow).item()["transformations"].as_array().front()["params"];
}

std::vector<std::string> LegacyFixture::paths() {
    std::vector<std::string> found;
    const auto shown = params();
    for (const auto& entry : shown["profileSelectors"]["selectors"].as_array()) {
        found.push_back(entry["value"]["path"].as_string());
    }
    return found;
}

void LegacyFixture::select(const std::vector<std::string>& selected) {
    for (const auto& attribute : selected) {
        REQUIRE(add_attribute(profile_selector(attribute)).status == 200);
    }
}

} // namespace penstock::test
