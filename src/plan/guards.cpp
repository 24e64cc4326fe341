#include "plan/guards.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace penstock::plan {

namespace {

using model::EntityKey;
using model::EntityKind;

std::vector<std::string> exports_among(const std::vector<EntityKey>& keys) {
    std::vector<std::string> names;
    for (const auto& key : keys) {
        if (key.kind == EntityKind::flow) {
            names.push_back(key.name);
        }
    }
    return names;
}

std::size_t standing_exports(const model::LiveGraph& live) {
    std::set<EntityKey> exports;
    for (const auto& entity : live.entities) {
        if (entity.key && entity.key->kind == EntityKind::flow) {
            exports.insert(*entity.key);
        }
    }
    return exports.size();
}

/// Sorted, so that all shards say the same.
Losses joined(Losses own, const Losses& others) {
    const auto add = [](std::vector<EntityKey>& mine, const std::vector<EntityKey>& more) {
        mine.insert(mine.end(), more.begin(), more.end());
        std::sort(mine.begin(), mine.end());
    };
    add(own.deleted, others.deleted);
    add(own.replaced, others.replaced);
    return own;
}

/// The first few of a list that may be long.
std::string some_of(std::vector<std::string> names) {
    constexpr std::size_t most = 5;
    if (names.size() > most) {
        const auto more = names.size() - most + 1;
        names.resize(most - 1);
        names.push_back(fmt::format("{} more", more));
    }
    return enumerate(names);
}

std::string flag(std::size_t exports) {
    return fmt::format("--allow-deletes {}", exports);
}

class Guard {
  public:
    Guard(const Plan& plan, const model::LiveGraph& live, const Guards& guards)
        : plan_(plan), live_(live), guards_(guards),
          losses_(joined(losses(plan), guards.others.losses)),
          deleted_(exports_among(losses_.deleted)),
          changes_(plan.changes.size() + guards.others.changes) {}

    std::vector<Note> check() {
        if (!guards_.destroy && !check_emptied()) {
            check_deletes();
        }
        if (guards_.protection) {
            check_protected(losses_.deleted, "delete it");
            check_protected(losses_.replaced, "replace it: delete it and make it anew");
        }
        return std::move(notes_);
    }

  private:
    void refuse(const char* code, std::string address, std::string message, std::string hint) {
        notes_.push_back(
            {Severity::error, code, std::move(address), std::move(message), std::move(hint)});
    }

    [[nodiscard]] bool is_allowed(std::size_t exports) const {
        return guards_.allowed_deletes && exports <= *guards_.allowed_deletes;
    }

    /// A project without exports is more often a wrong folder than a wish to lose everything. True
    /// if that is what the plan is refused for.
    bool check_emptied() {
        const bool emptied =
            guards_.no_exports && (!deleted_.empty() || (guards_.no_accounts && changes_ != 0));
        const auto needed = std::max<std::size_t>(deleted_.size(), 1);
        if (!emptied || is_allowed(needed)) {
            return false;
        }
        const auto what = deleted_.empty()
                              ? counted(changes_, "entity", "entities")
                              : counted(deleted_.size(), "export") + ": " + some_of(deleted_);
        refuse("emptied-project", plan_.project,
               fmt::format("the manifests hold no {}exports, but the sandbox still holds of this "
                           "project {}",
                           guards_.no_accounts ? "accounts and no " : "", what),
               fmt::format("check the project's folder; if all of it is to go, pass {}, or run "
                           "`penstock destroy`",
                           flag(needed)));
        return true;
    }

    void check_deletes() {
        const auto count = deleted_.size();
        if (guards_.allowed_deletes) {
            if (!is_allowed(count)) {
                refuse("too-many-deletes", plan_.project,
                       fmt::format("{} would be deleted, and {} lets no more go: {}",
                                   counted(count, "export"), flag(*guards_.allowed_deletes),
                                   some_of(deleted_)),
                       fmt::format("if all of them are to go, pass {}", flag(count)));
            }
            return;
        }
        const auto all = std::max(standing_exports(live_), count);
        if (count > guards_.delete_count && count * 100 > all * guards_.delete_percent) {
            refuse("too-many-deletes", plan_.project,
                   fmt::format("{} of {} would be deleted, which is more than {} and more than "
                               "{} %: {}",
                               count, counted(all, "export"), guards_.delete_count,
                               guards_.delete_percent, some_of(deleted_)),
                   fmt::format("if all of them are to go, pass {}; the limits are "
                               "`spec.guards.deletes` of penstock.yaml",
                               flag(count)));
        }
    }

    void check_protected(const std::vector<EntityKey>& keys, const char* deed) {
        for (const auto& key : keys) {
            const auto why = guards_.protection(key);
            if (!why.empty()) {
                refuse("protected", model::address(key),
                       fmt::format("{} {} is protected by {}, and this run would {}",
                                   key.kind == EntityKind::base ? "account" : "export", key.name,
                                   why, deed),
                       guards_.destroy ? "choose with paths, --selector or --target what may go, "
                                         "or change `spec.guards.protected` of penstock.yaml"
                                       : "put back what its manifest said, or change "
                                         "`spec.guards.protected` of penstock.yaml");
            }
        }
    }

    const Plan& plan_;
    const model::LiveGraph& live_;
    const Guards& guards_;
    Losses losses_;
    std::vector<std::string> deleted_; ///< exports
    std::size_t changes_;
    std::vector<Note> notes_;
};

} // namespace

bool stands_for_manifest(const EntityKey& key) {
    return (key.kind == EntityKind::flow || key.kind == EntityKind::base) &&
           key.name != model::profile_store_name;
}

Losses losses(const Plan& plan) {
    std::set<EntityKey> going_on;
    std::set<EntityKey> deleted;
    Losses result;
    for (const auto& [key, id] : plan.bound) {
        going_on.insert(key);
    }
    for (const auto& wait : plan.waits) {
        if (!stands_for_manifest(wait.key)) {
            continue;
        }
        if (wait.then == Action::remove) {
            deleted.insert(wait.key);
        } else if (wait.then == Action::replace && going_on.insert(wait.key).second) {
            result.replaced.push_back(wait.key);
        }
    }
    for (const auto& change : plan.changes) {
        if (!stands_for_manifest(change.key)) {
            continue;
        }
        if (change.action == Action::remove) {
            deleted.insert(change.key);
        } else if (going_on.insert(change.key).second && change.action == Action::replace) {
            result.replaced.push_back(change.key);
        }
    }
    std::set_difference(deleted.begin(), deleted.end(), going_on.begin(), going_on.end(),
                        std::back_inserter(result.deleted));
    return result;
}

std::vector<Note> refusals(const Plan& plan, const model::LiveGraph& live, const Guards& guards) {
    return Guard(plan, live, guards).check();
}

void guard(Plan& plan, const model::LiveGraph& live, const Guards& guards) {
    auto notes = refusals(plan, live, guards);
    if (notes.empty()) {
        return;
    }
    plan.refused = true;
    plan.steps.clear();
    plan.waits.clear();
    std::move(notes.begin(), notes.end(), std::back_inserter(plan.notes));
}

} // namespace penstock::plan
