#include "manifest/guards.hpp"
#include "manifest/readers.hpp"

#include <algorithm>
#include <array>

namespace penstock::manifest {

namespace {

/// What the Experience Platform APIs ask for (reference, section 1.3).
constexpr std::array<std::string_view, 5> default_scopes{"openid", "AdobeID", "read_organizations",
                                                         "additional_info.projectedProductContext",
                                                         "session"};

Setting read_setting(const Node* node, Setting otherwise) {
    if (node == nullptr) {
        return otherwise;
    }
    if (node->is_mapping) {
        auto reference = read_reference(*node);
        return reference ? Setting(std::move(*reference)) : otherwise;
    }
    return node->string();
}

std::variant<ClientCredentials, ReadyToken> read_sign_in(const Node& auth) {
    if (auth.find("accessToken") != nullptr) {
        return ReadyToken{read_setting(auth.find("apiKey"), {}),
                          read_setting(auth.find("accessToken"), {})};
    }
    ClientCredentials credentials{
        read_setting(auth.find("clientId"), {}), read_setting(auth.find("clientSecret"), {}), {}};
    if (const Node* scopes = auth.find("scopes")) {
        for (const auto& scope : scopes->items) {
            credentials.scopes.push_back(scope.string());
        }
    } else {
        credentials.scopes.assign(default_scopes.begin(), default_scopes.end());
    }
    return credentials;
}

/// Whatever stands under `auth` where a field was misspelt may be a secret.
void hide_unknown(const Document& document) {
    const Node* spec = document.root->find("spec");
    const Node* environments = spec == nullptr ? nullptr : spec->find("environments");
    if (environments == nullptr) {
        return;
    }
    for (const auto& environment : environments->entries) {
        const Node* auth = environment.value.find("auth");
        if (auth == nullptr) {
            continue;
        }
        for (const auto& [key, span, value] : auth->entries) {
            if (key != "clientId" && key != "apiKey" && key != "scopes" && !read_reference(value)) {
                document.source->hide(value.span);
            }
        }
    }
}

} // namespace

std::vector<ManifestPath> manifest_paths(const Document& project) {
    std::vector<ManifestPath> paths;
    const Node* spec = project.root->find("spec");
    const Node* manifests = spec == nullptr ? nullptr : spec->find("manifests");
    if (manifests != nullptr) {
        for (const auto& item : manifests->items) {
            if (item.is_string()) {
                paths.push_back({item.string(), item.span});
            }
        }
    }
    return paths;
}

Read<Project> read_project(const Document& document, Complaints& complaints) {
    Read<Project> read{document, {}};
    hide_unknown(document);
    const std::size_t errors = complaints.errors();
    check_schema(document, {}, nullptr, complaints);
    const bool sound = complaints.errors() == errors;
    read.value.metadata = read_metadata(document);
    const Node* spec = document.root->find("spec");
    const Node* environments = spec == nullptr ? nullptr : spec->find("environments");
    if (environments == nullptr || !sound) {
        return read;
    }
    for (const auto& [key, span, node] : environments->entries) {
        Environment environment;
        environment.name = key;
        environment.organization = read_setting(node.find("organization"), {});
        environment.sandbox = read_setting(node.find("sandbox"), {});
        environment.auth = read_sign_in(*node.find("auth"));
        environment.endpoint = read_setting(node.find("endpoint"), environment.endpoint);
        environment.ims_endpoint = read_setting(node.find("imsEndpoint"), environment.ims_endpoint);
        read.value.environments.push_back(std::move(environment));
    }
    read.value.guards = read_guards(document, complaints);
    return read;
}

} // namespace penstock::manifest
