#include "support/somebody.hpp"

#include "json/text.hpp"
#include "model/marker.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace penstock::test {

namespace {

std::string collection_of(const std::string& address) {
    const auto kind = address.substr(address.rfind('.') + 1);
    return kind == "base"     ? "/connections/"
           : kind == "source" ? "/sourceConnections/"
           : kind == "target" ? "/targetConnections/"
                              : "/flows/";
}

json::Value read(CommandLine& penstock, const std::string& path) {
    const auto answer = json::parse(as_somebody(penstock, http::Method::get, path).body).value();
    return answer["items"].as_array().at(0);
}

} // namespace

std::string id_of(const CommandLine& penstock, const std::string& address) {
    std::string found;
    for (const auto& [id, entity] : penstock.platform.store().entities()) {
        const auto marked =
            model::split_description(json::Value(entity.body)["description"].as_string());
        if (marked.marker && model::address(marked.marker->key) == address) {
            found = id;
        }
    }
    REQUIRE_FALSE(found.empty());
    return found;
}

http::Response as_somebody(CommandLine& penstock, http::Method method, const std::string& path,
                           const std::string& body, const std::string& etag) {
    http::Request request;
    request.method = method;
    constexpr const char* flow_service = "/data/foundation/flowservice";
    request.url = "http://127.0.0.1" + (path.starts_with("/data/") ? path : flow_service + path);
    request.headers.add("Authorization", "Bearer " + penstock.platform.issue_token("somebody"));
    request.headers.add("x-api-key", "somebody");
    request.headers.add("x-gw-ims-org-id", "5555467B5D8013E50A494220@AdobeOrg");
    request.headers.add("x-sandbox-name", "dev");
    if (!body.empty()) {
        request.headers.add("If-Match", etag);
        request.headers.add("Content-Type", "application/json");
        request.body = body;
    }
    return penstock.platform.handle(request);
}

void patch(CommandLine& penstock, const std::string& path, const json::Value& operation) {
    const auto etag = read(penstock, path)["etag"].as_string();
    const auto answer =
        as_somebody(penstock, http::Method::patch, path, json::write(json::Array{operation}), etag);
    INFO(answer.body);
    REQUIRE(answer.status < 300);
    penstock.clock.advance(Milliseconds{60'000});
}

void edit(CommandLine& penstock, const std::string& address, std::string pointer,
          json::Value value) {
    const auto path = collection_of(address) + id_of(penstock, address);
    if (constexpr std::string_view params = "/params/"; pointer.starts_with(params)) {
        auto all = read(penstock, path)["params"];
        all.make_object()[pointer.substr(params.size())] = std::move(value);
        value = std::move(all);
        pointer = "/params";
    }
    patch(penstock, path, json::Object{{"op", "replace"}, {"path", pointer}, {"value", value}});
}

} // namespace penstock::test
