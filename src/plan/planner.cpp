#include "plan/planner.hpp"

#include "json/text.hpp"
#include "normalise/normalise.hpp"
#include "plan/candidates.hpp"
#include "plan/effects.hpp"
#include "plan/requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace penstock::plan {

namespace {

using model::DesiredEntity;
using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

class Planner {
  public:
    Planner(const model::DesiredGraph& desired, const model::LiveGraph& live,
            const catalogue::Catalogue& catalogue, const Options& options)
        : desired_(desired), catalogue_(catalogue), options_(options), index_(live) {
        plan_.project = desired.project;
    }

    Plan make() {
        find_blocked();
        for (const auto& entity :
             desired_.entities) { // sorted by kind: what is referred to comes first
            if (entity.key.kind == EntityKind::base || !blocked_.contains(entity.key.name)) {
                decide(entity);
            }
        }
        for (const auto kind :
             {EntityKind::flow, EntityKind::target, EntityKind::source, EntityKind::base}) {
            remove_leftovers(kind);
        }
        describe_effects(plan_, desired_);
        std::stable_sort(
            plan_.changes.begin(), plan_.changes.end(), [](const auto& a, const auto& b) {
                return std::tie(a.key.name, a.key.kind) < std::tie(b.key.name, b.key.kind);
            });
        return std::move(plan_);
    }

  private:
    /// Exports that must not be touched, since whose their dataflow is cannot be told.
    void find_blocked() {
        for (const auto& entity : desired_.entities) {
            if (entity.key.kind == EntityKind::flow && index_.candidates(entity.key).empty()) {
                block_if_taken(entity);
            } else if (entity.key.kind == EntityKind::target) {
                block_if_base_missing(entity);
            }
        }
    }

    void block_if_taken(const DesiredEntity& flow) {
        const auto& shown = flow.content["name"].as_string();
        const model::Marker marker{desired_.project, flow.key, {}, {}};
        for (const auto kind : {EntityKind::source, EntityKind::target}) {
            for (const auto* connection : index_.candidates({kind, flow.key.name})) {
                for (const auto* user : index_.users(connection->id)) {
                    if (!user->key) {
                        block(
                            flow.key.name, "marker-lost",
                            fmt::format(
                                "dataflow {} uses a {} of this export and has lost its own marker",
                                user->id, title(kind)),
                            fmt::format(
                                "put {} at the end of its description, or delete the dataflow",
                                model::write(marker)));
                        return;
                    }
                }
            }
        }
        if (const auto& taken = index_.foreign_flows(shown); !taken.empty()) {
            block(flow.key.name, "name-taken",
                  fmt::format("dataflow {} is called {} and is not ours", taken.front()->id, shown),
                  fmt::format("put {} at the end of its description to hand it over, or rename it",
                              model::write(marker)));
        }
    }

    void block_if_base_missing(const DesiredEntity& target) {
        const auto& id = target.content["base"]["id"].as_string();
        if (id.empty()) {
            return;
        }
        const auto* base = index_.find(EntityKind::base, id);
        if (base == nullptr) {
            block(target.key.name, "base-connection-missing",
                  fmt::format("there is no base connection {} of this destination in the sandbox",
                              id),
                  "check the account's connectionId");
        } else if (base->document["connectionSpec"]["id"] != target.content["connectionSpec"]) {
            block(target.key.name, "base-connection-differs",
                  fmt::format("base connection {} belongs to another destination", id),
                  "check the account's destination and connectionId");
        }
    }

    void block(const std::string& manifest, const char* code, std::string message,
               std::string hint) {
        if (blocked_.insert(manifest).second) {
            plan_.notes.push_back(
                {Severity::error, code, manifest, std::move(message), std::move(hint)});
        }
    }

    void decide(const DesiredEntity& desired) {
        const auto* live = choose(index_, desired, kept_, catalogue_);
        if (live == nullptr) {
            create(desired);
        } else {
            keep(desired, *live);
        }
    }

    void create(const DesiredEntity& desired) {
        EntityChange change;
        change.key = desired.key;
        change.after = desired.content;
        change.credentials = !desired.secrets.empty();
        if (const auto* old = predecessor(desired.key)) {
            change.action = Action::replace;
            change.id = old->id;
            change.audit = old->audit;
            change.before = comparable(*old, desired);
            change.fields = diff::compare(*change.before, desired.content);
            change.cause = cause(*old, desired);
            change.reason = "cannot be changed in place";
            replaced_.insert(old->id);
        } else {
            change.cause = was_deleted(desired.key) ? Cause::drift : Cause::git;
            change.reason = change.cause == Cause::drift ? "gone from the platform" : "";
        }
        add_change(std::move(change), desired);
        const auto step = add_step(desired.key, create_request(desired_.project, desired));
        if (desired.key.kind == EntityKind::flow && !desired.content["enabled"].as_bool(true)) {
            // A new dataflow is always enabled (reference, section 3.8).
            ready_[desired.key] = append({desired.key, SetEnabled{false, desired}, {step}});
        }
    }

    void keep(const DesiredEntity& desired, const LiveEntity& live) {
        chosen_[desired.key] = &live;
        kept_[live.id] = desired.key;
        plan_.bound.emplace_back(desired.key, live.id);
        const auto before = comparable(live, desired);
        auto fields = diff::compare(before, desired.content);
        const bool credentials = credentials_changed(desired);
        if (fields.empty() && !credentials) {
            return;
        }
        EntityChange change;
        change.key = desired.key;
        change.action = Action::update;
        change.id = live.id;
        change.audit = live.audit;
        change.before = before;
        change.after = desired.content;
        change.fields = fields;
        change.cause = fields.empty() ? Cause::git : cause(live, desired);
        change.credentials = credentials || touches_auth(fields);
        const bool toggled = std::any_of(fields.begin(), fields.end(), [](const auto& field) {
            return field.pointer == "/enabled";
        });
        add_change(std::move(change), desired);
        const auto step =
            add_step(desired.key, update_request(desired_.project, desired, live, before,
                                                 std::move(fields), credentials));
        if (toggled) {
            ready_[desired.key] = append(
                {desired.key, SetEnabled{desired.content["enabled"].as_bool(), desired}, {step}});
        }
    }

    /// What is live, in the form in which `desired` is compared with it.
    json::Value comparable(const LiveEntity& live, const DesiredEntity& desired) const {
        return normalise::align(normalise::canonical(live, kept_, catalogue_), live, desired);
    }

    Cause cause(const LiveEntity& live, const DesiredEntity& desired) const {
        if (!live.marker || live.marker->digest.empty()) {
            return Cause::unknown;
        }
        const auto as_written = normalise::align(
            normalise::canonical(live, index_.owned_ids(), catalogue_), live, desired);
        // The last apply may have left the end to the service.
        const bool untouched =
            json::digest(as_written) == live.marker->digest ||
            (live.kind == EntityKind::flow &&
             json::digest(normalise::without_default_end(as_written, live)) == live.marker->digest);
        if (untouched) {
            return Cause::git;
        }
        return live.marker->digest == desired.digest ? Cause::drift : Cause::both;
    }

    /// The live entity that a new one takes the place of.
    const LiveEntity* predecessor(const EntityKey& key) const {
        const auto& candidates = index_.candidates(key);
        for (const auto* candidate : candidates) {
            if (!index_.users(candidate->id).empty()) {
                return candidate;
            }
        }
        return candidates.empty() ? nullptr : candidates.front();
    }

    /// A dataflow whose connections stand as they were last written was there once, or a run was
    /// interrupted just before it; either way the platform lacks what the last run wanted.
    bool was_deleted(const EntityKey& key) const {
        if (key.kind != EntityKind::flow) {
            return false;
        }
        return std::all_of(std::begin(connections), std::end(connections), [&](EntityKind kind) {
            const EntityKey connection{kind, key.name};
            const auto found = chosen_.find(connection);
            const auto* desired = desired_.find(connection);
            return found != chosen_.end() && desired != nullptr && found->second->marker &&
                   found->second->marker->digest == desired->digest;
        });
    }

    bool credentials_changed(const DesiredEntity& desired) {
        if (desired.secrets.empty()) {
            return false;
        }
        const auto found = options_.credentials.find(desired.key.name);
        if (found == options_.credentials.end()) {
            return false;
        }
        if (found->second.state == CredentialState::unchecked) {
            plan_.notes.push_back(
                {Severity::warning, "credentials-not-checked", address(desired.key),
                 fmt::format("credentials not checked: {}", found->second.reason), ""});
        }
        return found->second.state == CredentialState::changed;
    }

    static bool touches_auth(const std::vector<diff::FieldChange>& fields) {
        return std::any_of(fields.begin(), fields.end(),
                           [](const auto& field) { return field.pointer.substr(0, 5) == "/auth"; });
    }

    void add_change(EntityChange change, const DesiredEntity& desired) {
        for (const auto& secret : desired.secrets) {
            change.secrets.push_back(secret.name);
        }
        for (const auto& field : change.fields) {
            change.positions.push_back(desired.position ? desired.position(field.pointer)
                                                        : SourcePosition{});
        }
        plan_.changes.push_back(std::move(change));
    }

    std::size_t append(Step step) {
        plan_.steps.push_back(std::move(step));
        return plan_.steps.size() - 1;
    }

    /// Adds the step behind everything that it refers to.
    template <class Request>
    std::size_t add_step(const EntityKey& key, Request request) {
        std::set<std::size_t> after;
        for (const auto& slot : request.request.entities) {
            if (const auto found = ready_.find(slot.key); found != ready_.end()) {
                after.insert(found->second);
            }
        }
        if (key.kind == EntityKind::flow) {
            // The place and format of the files change before the dataflow does.
            if (const auto found = ready_.find({EntityKind::target, key.name});
                found != ready_.end()) {
                after.insert(found->second);
            }
        }
        const auto step = append({key, std::move(request), {after.begin(), after.end()}});
        ready_[key] = step;
        return step;
    }

    void remove_leftovers(EntityKind kind) {
        for (const auto& [key, candidates] : index_.owned()) {
            if (key.kind != kind || (key.kind != EntityKind::base && blocked_.contains(key.name))) {
                continue;
            }
            const bool wanted = desired_.find(key) != nullptr;
            if (!wanted && options_.may_delete && !options_.may_delete(key)) {
                continue;
            }
            const auto chosen = chosen_.find(key);
            for (const auto* candidate : candidates) {
                if (chosen == chosen_.end() || chosen->second != candidate) {
                    remove(*candidate, wanted);
                }
            }
        }
    }

    void remove(const LiveEntity& live, bool wanted) {
        std::set<std::size_t> after;
        for (const auto* user : index_.users(live.id)) {
            if (const auto gone = removed_.find(user->id); gone != removed_.end()) {
                after.insert(gone->second);
            } else if (const auto relinked = relinks(*user, live)) {
                after.insert(*relinked);
            } else {
                plan_.notes.push_back(
                    {Severity::warning, "still-in-use", address(*live.key),
                     fmt::format("{} {} stays: {} {} still uses it", title(live.kind), live.id,
                                 title(user->kind), user->id),
                     "it is deleted by the first apply after its last user is gone"});
                return;
            }
        }
        // The successor stands before the predecessor goes: no export is lost on the way.
        if (wanted) {
            if (const auto successor = ready_.find({EntityKind::flow, live.key->name});
                successor != ready_.end()) {
                after.insert(successor->second);
            }
        }
        removed_[live.id] =
            append({*live.key, DeleteEntity{live.id}, {after.begin(), after.end()}});
        if (replaced_.contains(live.id)) {
            return;
        }
        EntityChange change;
        change.key = *live.key;
        change.action = Action::remove;
        change.id = live.id;
        change.audit = live.audit;
        change.before = normalise::canonical(live, index_.owned_ids(), catalogue_);
        change.reason = wanted ? "left over by an interrupted run" : options_.delete_reason;
        plan_.changes.push_back(std::move(change));
    }

    /// The step after which `user`, a dataflow that stays, no longer points to `live`.
    std::optional<std::size_t> relinks(const LiveEntity& user, const LiveEntity& live) const {
        if (user.kind != EntityKind::flow || live.kind != EntityKind::source || !user.key) {
            return std::nullopt;
        }
        const auto chosen = chosen_.find(*user.key);
        const auto step = ready_.find(*user.key);
        if (chosen == chosen_.end() || chosen->second != &user || step == ready_.end()) {
            return std::nullopt;
        }
        return step->second;
    }

    static constexpr EntityKind connections[] = {EntityKind::source, EntityKind::target};

    const model::DesiredGraph& desired_;
    const catalogue::Catalogue& catalogue_;
    const Options& options_;
    LiveIndex index_;
    Plan plan_;
    std::set<std::string> blocked_;                 ///< names of exports
    std::map<EntityKey, const LiveEntity*> chosen_; ///< live entities that stay
    normalise::KnownIds kept_;                      ///< their ids
    std::map<EntityKey, std::size_t> ready_;        ///< the last step of each key
    std::set<std::string> replaced_;                ///< ids whose removal is part of a replacement
    std::map<std::string, std::size_t, std::less<>>
        removed_; ///< ids and the steps that delete them
};

} // namespace

Plan make(const model::DesiredGraph& desired, const model::LiveGraph& live,
          const catalogue::Catalogue& catalogue, const Options& options) {
    return Planner(desired, live, catalogue, options).make();
}

} // namespace penstock::plan
