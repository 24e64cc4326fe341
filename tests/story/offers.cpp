#include "story/offers.hpp"

#include "catalogue/catalogue.hpp"
#include "manifest/load.hpp"
#include "support/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace penstock::story {

namespace {

using catalogue::Destination;

manifest::Manifests load_examples() {
    const auto loaded = manifest::load((test::source_folder() / "manifests").string(),
                                       catalogue::Catalogue::embedded());
    if (!loaded.manifests) {
        throw std::runtime_error("the folder manifests/ is not valid");
    }
    return *loaded.manifests;
}

const Destination& destination_of(const std::string& slug) {
    return *catalogue::Catalogue::embedded().find(slug);
}

std::string auth_spec_of(const manifest::Account& account) {
    const auto* auth = std::get_if<manifest::AccountAuth>(&account.connection);
    return auth == nullptr ? std::string() : auth->spec_name;
}

json::Value sample(const catalogue::Parameter& parameter) {
    if (parameter.type == "integer") {
        return 22;
    }
    return parameter.name == "url" ? "https://acme.dfs.core.windows.net" : "acme-value";
}

manifest::Account sample_account(const Destination& destination, const catalogue::AuthSpec& spec) {
    manifest::AccountAuth auth;
    auth.spec_name = spec.name;
    for (const auto& parameter : spec.parameters) {
        const bool kept_elsewhere = parameter.secret || parameter.name == "s3AccessKey";
        if (kept_elsewhere && parameter.required) {
            auth.params.push_back({parameter.name, secrets::EnvironmentVariable{parameter.name}});
        } else if (parameter.required) {
            auth.params.push_back({parameter.name, sample(parameter)});
        }
    }
    manifest::Account account;
    account.metadata.name = "sample";
    account.destination = destination.slug;
    account.connection = std::move(auth);
    return account;
}

std::vector<manifest::Account> all_accounts(const manifest::Manifests& examples) {
    auto accounts = examples.accounts;
    for (const auto& destination : catalogue::Catalogue::embedded().all()) {
        for (const auto& spec : destination.auth_specs) {
            const bool shown =
                std::any_of(accounts.begin(), accounts.end(), [&](const auto& account) {
                    return account.destination == destination.slug &&
                           auth_spec_of(account) == spec.name;
                });
            if (!shown) {
                accounts.push_back(sample_account(destination, spec));
            }
        }
    }
    return accounts;
}

/// Gives an export of the destination's other places what a target of this one has to have.
void move_to_place(manifest::Export& document, const manifest::Account& account,
                   catalogue::Workflow workflow) {
    const auto& destination = destination_of(account.destination);
    const auto& old_place = destination.variant(document.auth_spec, document.destination);
    document.account = account.metadata.name;
    document.auth_spec = auth_spec_of(account);
    const auto& place = destination.variant(document.auth_spec, json::Object{});
    if (&place == &old_place) {
        return;
    }
    for (const auto& name : old_place.parameters) {
        document.destination.erase(name);
    }
    const auto& schema = place.target_schema(workflow);
    for (const auto& name : schema["required"].as_array()) {
        if (!document.destination.contains(name.as_string())) {
            document.destination[name.as_string()] = "acme-exports";
        }
    }
}

template <class Document>
std::vector<Document> fitting(std::vector<Document> documents, const manifest::Account& account,
                              catalogue::Workflow workflow) {
    std::erase_if(documents,
                  [&](const auto& document) { return document.slug != account.destination; });
    for (auto& document : documents) {
        move_to_place(document, account, workflow);
    }
    return documents;
}

} // namespace

const std::vector<Offer>& offers() {
    static const std::vector<Offer> all = [] {
        std::vector<Offer> made;
        const auto examples = load_examples();
        for (const auto& account : all_accounts(examples)) {
            made.push_back({account,
                            fitting(examples.datasets, account, catalogue::Workflow::datasets),
                            fitting(examples.segments, account, catalogue::Workflow::segments)});
        }
        return made;
    }();
    return all;
}

manifest::Manifests empty_project(const std::string& name) {
    manifest::Manifests project;
    project.project.metadata.name = name;
    return project;
}

manifest::Manifests in_order(manifest::Manifests project) {
    const auto by_name = [](const auto& a, const auto& b) {
        return a.metadata.name < b.metadata.name;
    };
    std::sort(project.accounts.begin(), project.accounts.end(), by_name);
    std::sort(project.datasets.begin(), project.datasets.end(), by_name);
    std::sort(project.segments.begin(), project.segments.end(), by_name);
    return project;
}

} // namespace penstock::story
