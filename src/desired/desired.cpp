#include "desired/desired.hpp"

#include "base/parallel.hpp"
#include "desired/entities.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace penstock::desired {

namespace {

using model::EntityKind;

class Builder {
  public:
    Builder(const manifest::Manifests& manifests, const catalogue::Catalogue& catalogue)
        : manifests_(manifests), catalogue_(catalogue) {
        graph_.project = manifests.project.metadata.name;
    }

    model::DesiredGraph build() {
        for (const auto& account : manifests_.accounts) {
            add_account(account, *catalogue_.find(account.destination));
        }
        add_exports(manifests_.datasets, dataset_entities);
        add_exports(manifests_.segments, segment_entities);
        if (shares_profile_store_) {
            add_all(profile_store_entities(graph_.project));
        }
        std::sort(graph_.entities.begin(), graph_.entities.end(),
                  [](const auto& a, const auto& b) { return a.key < b.key; });
        return std::move(graph_);
    }

  private:
    void add_account(const manifest::Account& account, const catalogue::Destination& destination) {
        const auto& name = account.metadata.name;
        auto& of_targets = accounts_[name];
        if (const auto* external = std::get_if<manifest::ExternalConnection>(&account.connection)) {
            graph_.external_bases[name] = {external->id, destination.connection_spec_id};
            of_targets.base = model::reference_to_id(external->id);
            return;
        }
        const auto& auth = std::get<manifest::AccountAuth>(account.connection);
        of_targets.base = model::reference_to({EntityKind::base, name});
        if (destination.encryption &&
            destination.encryption->place == catalogue::EncryptionPlace::target) {
            of_targets.encryption = auth.encryption;
        }
        graph_.entities.push_back(base_connection(graph_.project, account, auth, destination));
    }

    template <class Document, class Entities>
    void add_exports(const std::vector<Document>& documents, Entities entities_of) {
        std::vector<std::vector<model::DesiredEntity>> made(documents.size());
        for_each_on_all_cores(documents.size(), [&](std::size_t i) {
            const auto& document = documents[i];
            const auto& destination = *catalogue_.find(document.slug);
            made[i] = entities_of(graph_.project, document, destination);
            made[i].push_back(target_connection(graph_.project, document,
                                                accounts_.at(document.account), destination));
        });
        for (std::size_t i = 0; i < documents.size(); ++i) {
            add_all(std::move(made[i]));
            shares_profile_store_ =
                shares_profile_store_ || catalogue_.find(documents[i].slug)->shares_profile_store;
        }
    }

    void add_all(std::vector<model::DesiredEntity> entities) {
        std::move(entities.begin(), entities.end(), std::back_inserter(graph_.entities));
    }

    const manifest::Manifests& manifests_;
    const catalogue::Catalogue& catalogue_;
    model::DesiredGraph graph_;
    std::map<std::string, AccountOfTarget> accounts_;
    bool shares_profile_store_ = false;
};

} // namespace

model::DesiredGraph build(const manifest::Manifests& manifests,
                          const catalogue::Catalogue& catalogue) {
    return Builder(manifests, catalogue).build();
}

} // namespace penstock::desired
