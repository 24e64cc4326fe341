#include "plan/other_shards.hpp"

#include "plan/meanwhile.hpp"

#include <algorithm>
#include <set>

namespace penstock::plan {

namespace {

using model::EntityKey;

/// False only if no other shard deletes anything or replaces what is protected.
bool may_lose(const model::DesiredGraph& desired, const model::LiveGraph& live,
              const Options& options, const Protection& protection) {
    return std::any_of(live.entities.begin(), live.entities.end(), [&](const auto& entity) {
        if (!entity.key || options.shard->owns(*entity.key)) {
            return false;
        }
        const auto& key = *entity.key;
        const bool goes =
            desired.find(key) == nullptr && (!options.may_delete || options.may_delete(key));
        return goes || (stands_for_manifest(key) && protection && !protection(key).empty());
    });
}

/// What is replaced and was made so recently that another run may still be at work on it.
std::set<EntityKey> just_made(const Plan& plan, const Options& options) {
    std::set<EntityKey> made;
    for (const auto& change : plan.changes) {
        if (change.action == Action::replace && options.now &&
            *options.now - change.audit.created_at < run_at_work) {
            made.insert(change.key);
        }
    }
    return made;
}

} // namespace

Others other_shards(const model::DesiredGraph& desired, const model::LiveGraph& live,
                    const catalogue::Catalogue& catalogue, Options options,
                    const Protection& protection) {
    Others others;
    if (!options.shard || !may_lose(desired, live, options, protection)) {
        return others;
    }
    const auto shard = *options.shard;
    options.shard.reset();
    const auto whole = make(desired, live, catalogue, options);
    const auto fresh = just_made(whole, options);
    others.losses = losses(whole);
    std::erase_if(others.losses.deleted, [&](const auto& key) { return shard.owns(key); });
    std::erase_if(others.losses.replaced,
                  [&](const auto& key) { return shard.owns(key) || fresh.contains(key); });
    others.changes = static_cast<std::size_t>(
        std::count_if(whole.changes.begin(), whole.changes.end(),
                      [&](const auto& change) { return !shard.owns(change.key); }));
    return others;
}

} // namespace penstock::plan
