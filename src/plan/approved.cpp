#include "plan/approved.hpp"

#include "plan/leave_out.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace penstock::plan {

namespace {

using json::Value;
using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

/// Address and id, since an interrupted run may leave two entities of one address.
using ChangeName = std::pair<std::string, std::string>;

ChangeName name_of(const Value& change) {
    return {change["address"].as_string(), change["id"].as_string()};
}

/// Shown as what comes once another shard has acted, and so not approved.
bool waits(const Value& change) {
    return !change["waits_for_shard"].is_null();
}

class Keeper {
  public:
    Keeper(Plan plan, const json::Array& shown, const SavedPlan& saved,
           const model::LiveGraph& live)
        : plan_(std::move(plan)), saved_(saved), live_(live) {
        for (const auto& change : saved.changes()) {
            if (!waits(change)) {
                approved_[name_of(change)] = &change;
            }
        }
        for (std::size_t i = 0; i < plan_.changes.size() && i < shown.size(); ++i) {
            if (waits(shown[i])) {
                continue;
            }
            now_[name_of(shown[i])] = {&plan_.changes[i], &shown[i]};
        }
    }

    Approved keep() {
        Approved result;
        result.applied_already = is_applied_already();
        find_moved();
        find_differing();
        forget_idle();
        while (spread()) {
        }
        leave_out(plan_, [&](const Unit& unit) { return stale_.contains(unit); });
        result.plan = std::move(plan_);
        for (auto& [unit, list] : stale_) {
            std::move(list.begin(), list.end(), std::back_inserter(result.stale));
        }
        std::stable_sort(
            result.stale.begin(), result.stale.end(), [](const Stale& a, const Stale& b) {
                return std::tie(a.key.name, a.key.kind) < std::tie(b.key.name, b.key.kind);
            });
        return result;
    }

  private:
    struct Now {
        const EntityChange* change = nullptr;
        const Value* shown = nullptr;
    };

    /// An export that is blocked by an error is not planned for, so having no change proves
    /// nothing: what was to be made must stand, and what was to go must be gone.
    bool is_applied_already() const {
        std::set<std::string> standing;
        for (const auto& [key, id] : plan_.bound) {
            standing.insert(model::address(key));
        }
        for (const auto& [name, change] : now_) {
            standing.erase(name.first);
        }
        return !approved_.empty() &&
               std::all_of(approved_.begin(), approved_.end(), [&](const auto& approved) {
                   const auto& change = *approved.second;
                   const auto& actions = change["change"]["actions"].as_array();
                   const bool removal = actions.size() == 1 && actions.front() == Value("delete");
                   return removal ? !stands(change["id"].as_string())
                                  : standing.contains(change["address"].as_string());
               });
    }

    bool stands(const std::string& id) const {
        return std::any_of(live_.entities.begin(), live_.entities.end(),
                           [&](const LiveEntity& entity) { return entity.id == id; });
    }

    void find_moved() {
        std::set<std::pair<EntityKind, std::string>> pinned;
        for (const auto& pin : saved_.pins) {
            pinned.emplace(pin.key.kind, pin.id);
            const auto* entity = live_.find(pin.key.kind, pin.id);
            if (entity == nullptr) {
                add({pin.key, Staleness::gone, pin.id, {}});
            } else if (entity->etag == pin.etag && entity->key == pin.key) {
                continue;
            } else if (is_only_refreshed(pin, *entity)) {
                refreshed_.insert(pin.id);
            } else {
                add(changed(pin, entity->audit));
            }
        }
        for (const auto& entity : live_.entities) {
            if (entity.key && !pinned.contains({entity.kind, entity.id})) {
                add({*entity.key, Staleness::appeared, entity.id, entity.audit});
            }
        }
    }

    /// An entity that moved, with its content on both sides. Where the saved plan had nothing to
    /// change in it, it was as the manifests have it; where the new plan has not, it is so now.
    Stale changed(const Pin& pin, const model::Audit& audit) const {
        Stale stale{pin.key, Staleness::changed, pin.id, audit};
        const ChangeName name{model::address(pin.key), pin.id};
        const auto approved = approved_.find(name);
        const auto now = now_.find(name);
        if (approved != approved_.end()) {
            stale.before = (*approved->second)["change"]["before"];
        }
        if (approved != approved_.end() && goes_on(pin)) {
            stale.now = (*approved->second)["change"]["after"];
        }
        if (now != now_.end()) {
            const auto& change = *now->second.change;
            stale.now = change.before.value_or(Value{});
            if (approved == approved_.end()) {
                stale.before = change.after.value_or(Value{});
            }
        }
        if (stale.before.is_object() && stale.now.is_object()) {
            stale.fields = diff::compare(stale.before, stale.now);
            // What is kept elsewhere is null in what a plan shows, and says nothing.
            std::erase_if(stale.fields, [](const auto& field) {
                return field.before.value_or(Value{}).is_null() &&
                       field.after.value_or(Value{}).is_null();
            });
        }
        return stale;
    }

    /// Whether the new plan was made with this entity, and not only for want of a way to make one.
    bool goes_on(const Pin& pin) const {
        return std::any_of(plan_.bound.begin(), plan_.bound.end(), [&](const auto& bound) {
            return bound.first == pin.key && bound.second == pin.id;
        });
    }

    void find_differing() {
        for (const auto& [name, now] : now_) {
            const auto approved = approved_.find(name);
            if (approved == approved_.end() || !is_same(*approved->second, *now.shown)) {
                add_differing(now.change->key, name.second);
            }
        }
        for (const auto& [name, change] : approved_) {
            const auto key = key_of(*change);
            if (key && !now_.contains(name)) {
                add_differing(*key, name.second);
            }
        }
    }

    /// Who touched an entity last may differ where that was the service itself.
    bool is_same(Value approved, Value now) const {
        if (refreshed_.contains(now["id"].as_string())) {
            approved.make_object().erase("audit");
            now.make_object().erase("audit");
        }
        return approved == now;
    }

    /// That something moved explains every other difference.
    void add_differing(const EntityKey& key, const std::string& id) {
        if (!stale_.contains(unit_of(key)) || differing_.contains(unit_of(key))) {
            differing_.insert(unit_of(key));
            add({key, Staleness::differs, id, {}});
        }
    }

    static std::optional<EntityKey> key_of(const Value& change) {
        return model::parse_address(change["address"].as_string());
    }

    /// What moved where there was nothing to do and is nothing to do stops nothing.
    void forget_idle() {
        std::set<Unit> busy;
        for (const auto& change : plan_.changes) {
            busy.insert(unit_of(change.key));
        }
        for (const auto& [name, change] : approved_) {
            if (const auto key = key_of(*change)) {
                busy.insert(unit_of(*key));
            }
        }
        std::erase_if(stale_, [&](const auto& entry) { return !busy.contains(entry.first); });
    }

    /// Takes in what depends on something stale; true if there was something new.
    bool spread() {
        bool found = false;
        for (const auto& step : plan_.steps) {
            for (const auto& before : step.after) {
                const auto& needed = plan_.steps[before.step].key;
                if (stale_.contains(unit_of(needed)) && !stale_.contains(unit_of(step.key))) {
                    add({step.key, Staleness::needs, {}, {}, model::address(needed)});
                    found = true;
                }
            }
        }
        return found;
    }

    void add(Stale stale) {
        const auto unit = unit_of(stale.key);
        stale_[unit].push_back(std::move(stale));
    }

    Plan plan_;
    const SavedPlan& saved_;
    const model::LiveGraph& live_;
    std::map<ChangeName, const Value*> approved_;
    std::map<ChangeName, Now> now_;
    std::map<Unit, std::vector<Stale>> stale_;
    std::set<std::string> refreshed_; ///< ids with a new etag and nothing else that is new
    std::set<Unit> differing_;        ///< stale without anything that moved
};

} // namespace

std::string_view name(Staleness staleness) {
    switch (staleness) {
    case Staleness::changed:
        return "changed";
    case Staleness::gone:
        return "gone";
    case Staleness::appeared:
        return "appeared";
    case Staleness::differs:
        return "differs";
    case Staleness::needs:
        return "needs";
    }
    return "";
}

Approved keep_approved(Plan plan, const json::Array& shown, const SavedPlan& saved,
                       const model::LiveGraph& live) {
    return Keeper(std::move(plan), shown, saved, live).keep();
}

} // namespace penstock::plan
