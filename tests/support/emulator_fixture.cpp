#include "support/emulator_fixture.hpp"

#include "emulator/embedded_data.hpp"
#include "json/pointer.hpp"

#include <fmt/format.h>

namespace penstock::test {

namespace {

constexpr std::string_view s3_spec = "4fce964d-3f37-408f-9778-e597338a21ee";
constexpr std::string_view s3_segment_flow_spec = "1a0514a6-33d4-4c7f-aff8-594799c47549";
constexpr std::string_view s3_dataset_flow_spec = "269ba276-16fc-47db-92b0-c1049a3c131f";

json::Value spec(std::string_view id) {
    return json::Object{{"id", id}, {"version", "1.0"}};
}

} // namespace

const json::Value& Answered::item() const {
    static const json::Value nothing;
    const auto& items = body["items"].as_array();
    return items.empty() ? nothing : items.front();
}

EmulatorFixture::EmulatorFixture(emulator::Settings settings)
    : platform(std::move(settings), clock), token(platform.issue_token("robot")) {}

http::Request EmulatorFixture::request(http::Method method, std::string_view path,
                                       const json::Value& body) const {
    http::Request made;
    made.method = method;
    const bool is_whole = path.rfind("/data/", 0) == 0;
    made.url = fmt::format("https://platform.example{}{}",
                           is_whole ? "" : "/data/foundation/flowservice", path);
    made.headers.set("Authorization", "Bearer " + token);
    made.headers.set("x-api-key", "robot");
    made.headers.set("x-gw-ims-org-id", "ACME@AdobeOrg");
    made.headers.set("x-sandbox-name", "prod");
    made.headers.set("Content-Type", "application/json");
    if (!body.is_null()) {
        made.body = json::write(body);
    }
    return made;
}

Answered EmulatorFixture::call(http::Method method, std::string_view path, const json::Value& body,
                               const std::function<void(http::Request&)>& change) {
    auto made = request(method, path, body);
    if (change) {
        change(made);
    }
    const auto response = platform.handle(made);
    return {response.status, json::parse(response.body).value_or(json::Value()), response.headers};
}

Answered EmulatorFixture::patch(const std::string& path, const json::Value& steps) {
    const auto etag = get(path).item()["etag"].as_string();
    return call(http::Method::patch, path, steps,
                [&](http::Request& made) { made.headers.set("If-Match", etag); });
}

Answered EmulatorFixture::patch(const std::string& path, std::string_view op,
                                std::string_view pointer, const json::Value& value) {
    return patch(path, json::Array{json::Object{{"op", op}, {"path", pointer}, {"value", value}}});
}

std::string EmulatorFixture::make_connection() {
    return post("/connections", connection_body()).id();
}

std::string EmulatorFixture::make_source() {
    return post("/sourceConnections", source_body()).id();
}

std::string EmulatorFixture::make_target(const std::string& connection) {
    return post("/targetConnections", target_body(connection)).id();
}

std::string EmulatorFixture::make_flow() {
    const auto source = make_source();
    return post("/flows", flow_body(source, make_target(make_connection()))).id();
}

std::string EmulatorFixture::make_segment_flow() {
    const auto source = post("/sourceConnections", segment_source_body()).id();
    const auto target = post("/targetConnections", segment_target_body(make_connection())).id();
    return post("/flows", segment_flow_body(source, target)).id();
}

std::string EmulatorFixture::make_mapping_set(const json::Array& mappings) {
    return post(std::string(conversion) + "/mappingSets", mapping_set_body(mappings)).id();
}

json::Value EmulatorFixture::mapping_set_body(const json::Array& mappings) {
    const auto schemas = std::string(conversion) + "/schemas";
    auto columns = emulator::partner_schema();
    auto& properties = columns.make_object()["properties"].make_object();
    for (const auto& mapping : mappings) {
        properties[mapping["destination"].as_string()] = json::Object{{"type", "string"}};
    }
    const auto input =
        post(schemas, json::Object{{"name", "In"}, {"jsonSchema", emulator::union_schema()}});
    const auto output =
        post(schemas, json::Object{{"name", "Out"}, {"jsonSchema", std::move(columns)}});
    return json::Object{{"inputSchema", json::Object{{"id", input.id()}, {"version", 0}}},
                        {"outputSchema", json::Object{{"id", output.id()}, {"version", 0}}},
                        {"mappings", mappings},
                        {"xdmVersion", "1.0"}};
}

json::Value mapping(std::string_view source, std::string_view destination, std::string_view type) {
    return json::Object{{"sourceType", type}, {"source", source}, {"destination", destination}};
}

json::Value connection_body() {
    return json::Object{
        {"name", "Bucket"},
        {"description", "A bucket"},
        {"auth",
         json::Object{{"specName", "Access Key"},
                      {"params",
                       json::Object{{"s3AccessKey", "AKIAABCDEFGHIJKLMNOP"},
                                    {"s3SecretKey", "abcdefghijklmnopqrstuvwxyz01234567890+/A"}}}}},
        {"connectionSpec", spec(s3_spec)}};
}

json::Value source_body() {
    return json::Object{
        {"name", "Datasets"},
        {"description", "Some datasets"},
        {"connectionSpec", spec(emulator::data_lake_spec)},
        {"params", json::Object{{"datasets",
                                 json::Array{json::Object{{"dataSetId", "5ef3e3259ad2a1191ab7dd7d"},
                                                          {"name", "Devices as sent"}}}}}}};
}

json::Value target_body(const std::string& connection) {
    return json::Object{{"name", "Folder"},
                        {"description", "A folder"},
                        {"baseConnectionId", connection},
                        {"connectionSpec", spec(s3_spec)},
                        {"params", json::Object{{"mode", "Server-to-server"},
                                                {"bucketName", "acme-exports"},
                                                {"path", "crm/devices"},
                                                {"datasetFileType", "PARQUET"},
                                                {"compression", "GZIP"}}}};
}

json::Value flow_body(const std::string& source, const std::string& target) {
    return json::Object{
        {"name", "Export"},
        {"description", "An export"},
        {"flowSpec", spec(s3_dataset_flow_spec)},
        {"sourceConnectionIds", json::Array{source}},
        {"targetConnectionIds", json::Array{target}},
        {"transformations", json::Array{}},
        {"scheduleParams", json::Object{{"exportMode", "FIRST_FULL_THEN_INCREMENTAL"},
                                        {"timeUnit", "hour"},
                                        {"interval", 3},
                                        {"startTime", std::int64_t{1'793'491'200}}}}};
}

json::Value segment_source_body() {
    return json::Object{{"name", "Profiles"},
                        {"connectionSpec", spec(emulator::profile_store_spec)}};
}

json::Value segment_target_body(const std::string& connection) {
    auto body = with(target_body(connection), "/params/datasetFileType", {});
    return with(body, "/params/fileType", "CSV");
}

json::Value segment_flow_body(const std::string& source, const std::string& target) {
    auto body = with(flow_body(source, target), "/scheduleParams", {});
    body = with(body, "/flowSpec", spec(s3_segment_flow_spec));
    return with(body, "/transformations",
                json::Array{json::Object{
                    {"name", "GeneralTransform"},
                    {"params", json::Object{{"mandatoryFields", json::Array{}},
                                            {"primaryFields", json::Array{}},
                                            {"profileMapping", json::Object{}},
                                            {"segmentSelectors",
                                             json::Object{{"selectors", json::Array{}}}}}}}});
}

json::Value selector(std::string_view segment) {
    return json::Object{
        {"type", "PLATFORM_SEGMENT"},
        {"value", json::Object{{"id", segment},
                               {"filenameTemplate", "%DESTINATION%_%SEGMENT_ID%"},
                               {"exportMode", "FIRST_FULL_THEN_INCREMENTAL"},
                               {"schedule", json::Object{{"frequency", "EVERY_6_HOURS"},
                                                         {"startDate", "2026-11-02"},
                                                         {"startTime", "06:00"}}}}}};
}

json::Value with(json::Value body, std::string_view pointer, json::Value value) {
    const auto slash = pointer.rfind('/');
    auto* parent = json::find(body, pointer.substr(0, slash));
    if (parent == nullptr) {
        return body;
    }
    const auto name = pointer.substr(slash + 1);
    if (value.is_null()) {
        parent->make_object().erase(name);
    } else {
        parent->make_object()[name] = std::move(value);
    }
    return body;
}

std::string code_of(const Answered& answered) {
    if (const auto& code = answered.body["errorCode"]; code.is_string()) {
        return code.as_string();
    }
    const auto& message = answered.body["message"].as_string();
    return message.substr(0, message.find(' '));
}

} // namespace penstock::test
