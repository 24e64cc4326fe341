#include "desired/entities.hpp"

#include "json/text.hpp"

#include <algorithm>

namespace penstock::desired {

namespace {

using json::Object;
using json::Value;
using model::EntityKey;
using model::EntityKind;

std::function<SourcePosition(std::string_view)> positions(const manifest::Metadata& metadata,
                                                          PointerMap map) {
    if (!metadata.positions) {
        return {};
    }
    return [positions = metadata.positions, map = std::move(map)](std::string_view pointer) {
        for (const auto& [content, document] : map) {
            if (pointer.substr(0, content.size()) == content &&
                (pointer.size() == content.size() || pointer[content.size()] == '/')) {
                return positions->at(document + std::string(pointer.substr(content.size())));
            }
        }
        return positions->at("/metadata/name");
    };
}

void set_description(Object& content, const std::string& description) {
    if (!description.empty()) {
        content["description"] = description;
    }
}

/// Adds how files are encrypted: the algorithm to `place`, the key to the entity's secrets.
void set_encryption(Value& place, std::vector<model::SecretParameter>& secrets,
                    const manifest::Encryption& encryption) {
    place = Object{{"encryptionAlgo", encryption.algorithm}};
    secrets.push_back({"publicKey", encryption.public_key, model::SecretUse::encryption});
}

} // namespace

model::DesiredEntity entity(EntityKey key, Object content, const manifest::Metadata& metadata,
                            PointerMap map) {
    model::DesiredEntity result;
    result.key = std::move(key);
    result.content = std::move(content);
    result.digest = model::digest(result.content);
    result.position = positions(metadata, std::move(map));
    return result;
}

model::DesiredEntity base_connection(const std::string& project, const manifest::Account& account,
                                     const manifest::AccountAuth& auth,
                                     const catalogue::Destination& destination) {
    Object content{{"name", model::generated_name(project, account.metadata.name)}};
    set_description(content, account.description);
    content["connectionSpec"] = destination.connection_spec_id;
    std::vector<model::SecretParameter> secrets;
    if (!auth.spec_name.empty()) {
        Object params;
        for (const auto& param : auth.params) {
            if (const auto* reference = std::get_if<secrets::SecretReference>(&param.value)) {
                secrets.push_back({param.name, *reference});
            } else {
                params[param.name] = std::get<Value>(param.value);
            }
        }
        content["auth"] = Object{{"specName", auth.spec_name}, {"params", std::move(params)}};
    }
    std::sort(secrets.begin(), secrets.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    if (auth.encryption && destination.encryption &&
        destination.encryption->place == catalogue::EncryptionPlace::connection) {
        set_encryption(content["encryption"], secrets, *auth.encryption);
    }
    auto result =
        entity({EntityKind::base, account.metadata.name}, std::move(content), account.metadata,
               {{"/auth", "/spec/auth"},
                {"/encryption", "/spec/encryption"},
                {"/connectionSpec", "/spec/destination"},
                {"/description", "/spec/description"}});
    result.secrets = std::move(secrets);
    return result;
}

model::DesiredEntity target_connection(const std::string& project, const manifest::Export& document,
                                       const AccountOfTarget& account,
                                       const catalogue::Destination& destination) {
    Object params = destination.complete(document.destination, document.auth_spec);
    std::vector<model::SecretParameter> secrets;
    if (account.encryption) {
        set_encryption(params["encryptionSpecs"], secrets, *account.encryption);
    }
    auto result = entity({EntityKind::target, document.metadata.name},
                         {{"name", model::generated_name(project, document.metadata.name)},
                          {"connectionSpec", destination.connection_spec_id},
                          {"base", account.base},
                          {"params", std::move(params)}},
                         document.metadata,
                         {{"/params", "/spec/destination"},
                          {"/base", "/spec/account"},
                          {"/connectionSpec", "/spec/account"}});
    result.secrets = std::move(secrets);
    return result;
}

Object flow_content(const std::string& project, const manifest::Export& document,
                    const std::string& flow_spec_id) {
    const auto& name = document.metadata.name;
    Object content{{"name", model::generated_name(project, name)}};
    set_description(content, document.description);
    content["flowSpec"] = flow_spec_id;
    content["source"] = model::reference_to({EntityKind::source, name});
    content["target"] = model::reference_to({EntityKind::target, name});
    return content;
}

} // namespace penstock::desired
