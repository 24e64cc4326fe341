#include "emulator/embedded_data.hpp"
#include "emulator/platform.hpp"

#include <algorithm>

namespace penstock::emulator {

namespace {

std::string without_blanks(std::string_view text) {
    std::string kept;
    std::copy_if(text.begin(), text.end(), std::back_inserter(kept),
                 [](char c) { return c != ' '; });
    return kept;
}

} // namespace

Platform::Answer Platform::profile_schema(const Call& call) const {
    const bool is_profile =
        call.path == std::vector<std::string>{"config", "entityTypes", "_xdm.context.profile"};
    if (!is_profile || settings_.union_schema != UnionSchema::profile_config) {
        return no_such_path();
    }
    if (call.request.method != http::Method::get) {
        return plain(405, "Method not allowed");
    }
    return json_response(200, union_schema());
}

Platform::Answer Platform::registry_schema(const Call& call) const {
    const bool is_union = call.path.size() == 3 && call.path[0] == "tenant" &&
                          call.path[1] == "unions" &&
                          (call.path[2] == union_schema()["meta:altId"].as_string() ||
                           call.path[2] == union_schema()["$id"].as_string());
    if (!is_union || settings_.union_schema != UnionSchema::schema_registry) {
        return no_such_path();
    }
    if (call.request.method != http::Method::get) {
        return problem(405, "Method not allowed", "A union schema can only be read");
    }
    const auto accept = without_blanks(call.request.headers.find("Accept").value_or(""));
    if (accept.empty()) {
        return problem(400, "Accept header missing", "The registry needs an Accept header");
    }
    if (accept != "application/vnd.adobe.xed-full+json;version=1") {
        return problem(406, "Not acceptable",
                       "The registry gives application/vnd.adobe.xed-full+json; version=1");
    }
    return json_response(200, union_schema());
}

Platform::Answer Platform::identities(const Call& call) const {
    if (call.path != std::vector<std::string>{"identities"}) {
        return no_such_path();
    }
    if (call.request.method != http::Method::get) {
        return plain(405, "Method not allowed");
    }
    return json_response(200, identity_namespaces());
}

} // namespace penstock::emulator
