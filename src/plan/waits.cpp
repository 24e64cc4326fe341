#include "plan/waits.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::plan {

namespace {

using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

/// `account acme-s3`
std::string title_of(const EntityKey& shared) {
    return shared.name == model::profile_store_name ? "the Profile Store"
                                                    : "account " + shared.name;
}

} // namespace

void Waits::hold_back_exports() {
    if (!plan_.shard || !options_.hold_back) {
        return;
    }
    for (auto& [name, needed] : needs_of_others()) {
        const EntityKey flow{EntityKind::flow, name};
        // A target cannot move to another account, nor a dataflow to another target.
        const auto if_it_stands =
            needed.kind == EntityKind::base ? Action::replace : Action::update;
        add({flow, needed, index_.candidates(flow).empty() ? Action::create : if_it_stands}, name,
            fmt::format("waits for {} of shard {}, which {}", title_of(needed), shard_of(needed),
                        index_.candidates(needed).empty() ? "is not there yet"
                                                          : "has to be made anew"),
            "that shard makes it; an apply of this one goes on then");
        blocked_.exports.insert(name);
        held_back_.emplace(name, needed);
    }
}

/// By export, the first of what it needs that another shard owns and that does not go on.
std::map<std::string, EntityKey> Waits::needs_of_others() const {
    std::map<std::string, EntityKey> missing;
    for (const auto& entity : desired_.entities) {
        const auto& key = entity.key;
        if (key.kind == EntityKind::base || !plan_.shard->owns(key) ||
            blocked_.exports.contains(key.name)) {
            continue;
        }
        for (const auto& needed :
             {model::referenced(entity.content["base"], EntityKind::base),
              model::referenced(entity.content["source"], EntityKind::source)}) {
            if (needed && !plan_.shard->owns(*needed) && !choice_.contains(*needed)) {
                missing.emplace(key.name, *needed);
            }
        }
    }
    return missing;
}

bool Waits::wait_for(const LiveEntity& user, const LiveEntity& live, Action then) {
    const auto other = plan_.shard ? awaited(user) : std::nullopt;
    if (!other) {
        return false;
    }
    staying_.emplace(live.id, *other);
    add({*live.key, *other, then}, address(*live.key),
        fmt::format("{} {} goes once {} {} has left it, which waits for shard {}", title(live.kind),
                    live.id, title(user.kind), address(*user.key), shard_of(*other)),
        "that shard deletes or moves what uses it; an apply of this one goes on then");
    return true;
}

/// Nothing if it cannot be expected that the user goes.
std::optional<EntityKey> Waits::awaited(const LiveEntity& user) const {
    if (!user.key) {
        return std::nullopt;
    }
    const auto& key = *user.key;
    const auto held = held_back_.find(key.name);
    if (held != held_back_.end() && key.kind != EntityKind::base) {
        return held->second;
    }
    if (const auto staying = staying_.find(user.id); staying != staying_.end()) {
        return staying->second;
    }
    const bool blocked = key.kind == EntityKind::base ? blocked_.accounts.contains(key.name)
                                                      : blocked_.exports.contains(key.name);
    const bool covered =
        desired_.find(key) != nullptr || !options_.may_delete || options_.may_delete(key);
    return !plan_.shard->owns(key) && !blocked && covered ? std::optional(key) : std::nullopt;
}

std::string Waits::shard_of(const EntityKey& key) const {
    return model::name(model::shard_of(key, plan_.shard->count));
}

void Waits::add(Wait wait, std::string address, std::string message, std::string hint) {
    plan_.notes.push_back({Severity::warning, std::string(waits_code), std::move(address),
                           std::move(message), std::move(hint)});
    plan_.waits.push_back(std::move(wait));
}

} // namespace penstock::plan
