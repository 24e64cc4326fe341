#include "plan/other_shards.hpp"

#include "plan/leave_out.hpp"
#include "plan/meanwhile.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace penstock::plan {

namespace {

using model::EntityKey;

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

/// False only if no other shard deletes anything or replaces what is protected.
bool OtherShards::may_lose(const Protection& protection) const {
    return std::any_of(live_.entities.begin(), live_.entities.end(), [&](const auto& entity) {
        if (!entity.key || options_.shard->owns(*entity.key)) {
            return false;
        }
        const auto& key = *entity.key;
        const bool goes =
            desired_.find(key) == nullptr && (!options_.may_delete || options_.may_delete(key));
        return goes || (stands_for_manifest(key) && protection && !protection(key).empty());
    });
}

const Plan& OtherShards::whole() {
    if (!whole_) {
        auto options = options_;
        options.shard.reset();
        whole_ = make(desired_, live_, catalogue_, options);
    }
    return *whole_;
}

Others OtherShards::others(const Protection& protection) {
    Others others;
    if (!may_lose(protection)) {
        return others;
    }
    const auto& shard = *options_.shard;
    const auto fresh = just_made(whole(), options_);
    others.losses = losses(whole());
    std::erase_if(others.losses.deleted, [&](const auto& key) { return shard.owns(key); });
    std::erase_if(others.losses.replaced,
                  [&](const auto& key) { return shard.owns(key) || fresh.contains(key); });
    const auto& changes = whole().changes;
    others.changes = static_cast<std::size_t>(
        std::count_if(changes.begin(), changes.end(),
                      [&](const auto& change) { return !shard.owns(change.key); }));
    return others;
}

void OtherShards::show_held_back(Plan& plan) {
    std::map<Unit, model::Shard> held_back;
    for (const auto& wait : plan.waits) {
        held_back.emplace(unit_of(wait.key), model::shard_of(wait.other, options_.shard->count));
    }
    if (held_back.empty()) {
        return;
    }
    std::set<EntityKey> shown;
    for (const auto& change : plan.changes) {
        shown.insert(change.key);
    }
    for (const auto& change : whole().changes) {
        const auto found = held_back.find(unit_of(change.key));
        if (found != held_back.end() && !shown.contains(change.key)) {
            plan.changes.push_back(change);
            plan.changes.back().waits_for = found->second;
        }
    }
    std::stable_sort(plan.changes.begin(), plan.changes.end(), [](const auto& a, const auto& b) {
        return std::tie(a.key.name, a.key.kind) < std::tie(b.key.name, b.key.kind);
    });
}

} // namespace penstock::plan
