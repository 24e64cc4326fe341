#include "flow/body_secrets.hpp"

#include "json/text.hpp"

#include <string>

namespace penstock::flow {

namespace {

void collect(const json::Value& value, Hidden& hidden) {
    if (value.is_string()) {
        hidden.emplace_back(value.as_string());
    }
    for (const auto& element : value.as_array()) {
        collect(element, hidden);
    }
    for (const auto& [name, member] : value.as_object()) {
        if (name != "specName") { // the name of a kind of credentials is an ordinary word
            collect(member, hidden);
        }
    }
}

} // namespace

Hidden secrets_in(std::string_view body) {
    Hidden hidden;
    const auto document = json::parse(body);
    if (!document) {
        return hidden;
    }
    collect((*document)["auth"], hidden);
    collect((*document)["encryptionSpecs"], hidden);
    for (const auto& operation : document->as_array()) {
        const std::string& path = operation["path"].as_string();
        if (path.starts_with("/auth") || path.starts_with("/encryption")) {
            collect(operation["value"], hidden);
        }
    }
    return hidden;
}

} // namespace penstock::flow
