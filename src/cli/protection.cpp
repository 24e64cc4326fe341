#include "cli/protection.hpp"

#include "manifest/guards.hpp"

#include <map>
#include <utility>

namespace penstock::cli {

plan::Protection protection(const manifest::Manifests& manifests, const std::string& environment) {
    std::map<model::EntityKey, const manifest::Metadata*> described;
    for (const auto& account : manifests.accounts) {
        described[{model::EntityKind::base, account.metadata.name}] = &account.metadata;
    }
    for (const auto* document : manifests.exports()) {
        described[{model::EntityKind::flow, document->metadata.name}] = &document->metadata;
    }
    return [described = std::move(described), &guards = manifests.project.guards,
            environment](const model::EntityKey& key) {
        const auto found = described.find(key);
        return manifest::protection(guards, environment, key.name,
                                    found == described.end() ? nullptr : &found->second->labels);
    };
}

} // namespace penstock::cli
