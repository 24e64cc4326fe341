#include "support/requests.hpp"

#include "json/pointer.hpp"
#include "json/text.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace penstock::test {

namespace {

bool is_secret(const catalogue::AuthSpec& spec, const std::string& name) {
    for (const auto& parameter : spec.parameters) {
        if (parameter.name == name) {
            return parameter.secret;
        }
    }
    return false;
}

/// The base connection to the Profile Store apart from those of accounts.
std::string collection_in_words(const std::string& collection, const json::Value& body) {
    return collection == "connections" &&
                   body["connectionSpec"]["id"] == json::Value(catalogue::profile_store_spec_id)
               ? "profileStoreConnections"
               : collection;
}

secrets::SecretReference kept_secret(const std::string& name, const json::Value& value,
                                     FakeSecrets& secrets) {
    secrets.values["environment variable " + name] = value.as_string();
    return secrets::EnvironmentVariable{name};
}

} // namespace

manifest::AccountAuth account_auth(const json::Value& connection, FakeSecrets& secrets) {
    manifest::AccountAuth auth;
    auth.spec_name = connection["auth"]["specName"].as_string();
    const auto* destination = catalogue::Catalogue::embedded().find_by_connection_spec(
        connection["connectionSpec"]["id"].as_string());
    REQUIRE(destination != nullptr);
    const auto* spec = destination->find_auth_spec(auth.spec_name);
    for (const auto& [name, value] : connection["auth"]["params"].as_object()) {
        REQUIRE(spec != nullptr);
        if (is_secret(*spec, name)) {
            auth.params.push_back({name, kept_secret(name, value, secrets)});
        } else {
            auth.params.push_back({name, value});
        }
    }
    if (const auto& encryption = connection["encryptionSpecs"]["params"]; encryption.is_object()) {
        auth.encryption =
            manifest::Encryption{encryption["encryptionAlgo"].as_string(),
                                 kept_secret("publicKey", encryption["publicKey"], secrets)};
    }
    return auth;
}

json::Object manifest_parameters(const json::Value& params,
                                 const catalogue::Destination& destination) {
    auto result = params.as_object();
    for (const auto& [constant, value] : destination.variant("", params).constants) {
        result.erase(constant);
    }
    return result;
}

std::map<std::string, json::Value> posted(const Run& run, const World& world) {
    std::map<std::string, json::Value> bodies;
    for (const auto& request : run.requests) {
        if (request.method != "POST" || request.path.find("/flowservice/") == std::string::npos) {
            continue;
        }
        auto body = json::parse(request.body);
        REQUIRE(body);
        const auto collection =
            collection_in_words(request.path.substr(request.path.rfind('/') + 1), *body);
        body->make_object().erase("name");
        body->make_object().erase("description");
        for (const char* pointer :
             {"/baseConnectionId", "/sourceConnectionIds/0", "/targetConnectionIds/0"}) {
            if (auto* id = json::find(*body, pointer)) {
                const auto& entities = world.platform.store().entities();
                REQUIRE(entities.contains(id->as_string()));
                const auto& entity = entities.at(id->as_string());
                *id = "<" +
                      collection_in_words(std::string(emulator::collection_name(entity.kind)),
                                          json::Value(entity.body)) +
                      ">";
            }
        }
        CHECK_FALSE(bodies.contains(collection));
        bodies[collection] = std::move(*body);
    }
    return bodies;
}

} // namespace penstock::test
