#include "plan/planner.hpp"

#include "json/text.hpp"
#include "normalise/normalise.hpp"
#include "plan/blocked.hpp"
#include "plan/candidates.hpp"
#include "plan/causes.hpp"
#include "plan/comparison.hpp"
#include "plan/effects.hpp"
#include "plan/flow_specs.hpp"
#include "plan/meanwhile.hpp"
#include "plan/notes.hpp"
#include "plan/prerequisites.hpp"
#include "plan/requests.hpp"
#include "plan/sensitive.hpp"
#include "plan/transformation.hpp"
#include "plan/waits.hpp"

#include <algorithm>
#include <iterator>
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
            const catalogue::Catalogue& catalogue, const Options& options,
            std::set<std::string> held_back, const Successors& successors)
        : desired_(desired), catalogue_(catalogue), options_(options), successors_(successors),
          live_(live), index_(live, external_ids(desired)),
          blocked_(find_blocked(desired, index_, std::move(held_back), options.shard)) {
        plan_.project = desired.project;
        plan_.shard = options.shard;
        for (const auto& [id, key] : index_.owned_ids()) {
            plan_.seen.insert(id);
        }
        plan_.notes = blocked_.notes;
    }

    Plan make() {
        chosen_ = choose(desired_, index_, catalogue_, options_.credentials, successors_,
                         [&](const EntityKey& key) { return is_blocked(key); });
        waits_.hold_back_exports();
        for (const auto& [key, live] : chosen_) {
            if (!is_blocked(key)) {
                kept_[live->id] = key;
            }
        }
        add_new_mappings();
        const auto is_ours = [&](const auto& key) { return !is_blocked(key) && owns(key); };
        auto compared = compare_all(desired_, chosen_, kept_, catalogue_, is_ours);
        for (std::size_t i = 0; i < compared.size(); ++i) { // by kind: what is used comes first
            const auto& entity = desired_.entities[i];
            if (is_ours(entity.key)) {
                decide(entity, std::move(compared[i]));
            } else if (!is_blocked(entity.key)) {
                refer_to(entity.key);
            }
        }
        auto meanwhile =
            made_meanwhile(desired_, index_, catalogue_, chosen_, plan_, options_.credentials,
                           options_.destroy ? std::nullopt : options_.now);
        std::move(meanwhile.notes.begin(), meanwhile.notes.end(), std::back_inserter(plan_.notes));
        left_.merge(meanwhile.ids);
        found_successors_ = std::move(meanwhile.successors);
        plan_.doubled = meanwhile.doubled;
        for (const auto kind :
             {EntityKind::flow, EntityKind::target, EntityKind::source, EntityKind::base}) {
            remove_leftovers(kind);
        }
        for (auto& change : plan_.changes) {
            if (change.action == Action::replace && !removed_.contains(*change.id)) {
                make_beside(change);
            }
        }
        describe_effects(plan_, desired_, index_, options_.now);
        std::stable_sort(
            plan_.changes.begin(), plan_.changes.end(), [](const auto& a, const auto& b) {
                return std::tie(a.key.name, a.key.kind) < std::tie(b.key.name, b.key.kind);
            });
        return std::move(plan_);
    }

    /// See Meanwhile; known once the plan is made.
    [[nodiscard]] const Successors& found_successors() const { return found_successors_; }

  private:
    static std::set<std::string> external_ids(const model::DesiredGraph& desired) {
        std::set<std::string> ids;
        for (const auto& [account, base] : desired.external_bases) {
            ids.insert(base.first);
        }
        return ids;
    }

    bool is_blocked(const EntityKey& key) const {
        return key.kind == EntityKind::base ? blocked_.accounts.contains(key.name)
                                            : blocked_.exports.contains(key.name);
    }

    [[nodiscard]] bool owns(const EntityKey& key) const { return model::owns(plan_.shard, key); }

    /// What another shard owns goes on as that shard has it.
    void refer_to(const EntityKey& key) {
        const auto live = chosen_.find(key);
        if (live != chosen_.end() &&
            (key.kind == EntityKind::base || key.name == model::profile_store_name)) {
            plan_.referred.emplace_back(key, live->second->id);
        }
    }

    /// Mappings of new exports go first, since the service may refuse them: nothing of the export
    /// is made then.
    void add_new_mappings() {
        for (const auto& entity : desired_.entities) {
            if (!entity.content["mapping"].as_object().empty() && !is_blocked(entity.key) &&
                owns(entity.key) && index_.candidates(entity.key).empty()) {
                add_mapping(entity, nullptr);
            }
        }
    }

    void decide(const DesiredEntity& desired, std::optional<Comparison> compared) {
        if (const auto live = chosen_.find(desired.key); live != chosen_.end()) {
            keep(desired, *live->second, std::move(compared));
        } else {
            create(desired);
        }
    }

    void create(const DesiredEntity& desired) {
        EntityChange change;
        change.key = desired.key;
        change.after = desired.content;
        const auto* old = predecessor(desired.key);
        if (old != nullptr) {
            change.action = Action::replace;
            change.id = old->id;
            change.audit = old->audit;
            change.before = comparable(*old, desired, kept_, catalogue_);
            change.fields = diff::compare(*change.before, desired.content);
            change.cause = cause_of(*old, desired, index_, catalogue_);
            if (change.cause == Cause::both) {
                change.field_causes =
                    causes_of_fields(*old, desired, change.fields, index_, catalogue_);
            }
            const auto successors = successors_.find(desired.key);
            change.reason = successors != successors_.end() && successors->second.empty()
                                ? "two stand, and the later one is of other manifests"
                            : change.fields.empty()
                                ? "the key that files are encrypted with changed"
                                : "cannot be changed in place";
            replaced_.insert(old->id);
        } else {
            change.cause = was_deleted(desired.key) ? Cause::drift : Cause::git;
            change.reason = change.cause == Cause::drift ? "gone from the platform" : "";
        }
        note_credentials(desired);
        note_other_project(desired);
        if (!desired.content["mapping"].as_object().empty() && !ready_.contains(desired.key)) {
            add_mapping(desired, nullptr);
        }
        auto request = create_request(desired_.project, desired, catalogue_);
        add_change(std::move(change), desired, request.request);
        auto step = add_step(desired.key, std::move(request));
        if (as_created(desired).digest != desired.digest) {
            step = append(
                {desired.key, CompleteEntity{desired, selectors_of(old)}, {{step, Need::exists}}});
        }
        if (desired.key.kind == EntityKind::flow && !desired.content["enabled"].as_bool(true)) {
            // A new dataflow is always enabled (reference, section 3.8).
            step = append({desired.key, SetEnabled{false, desired}, {{step, Need::exists}}});
        }
        ready_[desired.key] = step;
    }

    /// What it should replace cannot go yet.
    static void make_beside(EntityChange& change) {
        EntityChange made;
        made.key = change.key;
        made.cause = change.cause;
        made.reason = change.reason + "; the old one stays";
        made.after = std::move(change.after);
        made.secrets = std::move(change.secrets);
        made.sent = std::move(change.sent);
        made.position = change.position;
        change = std::move(made);
    }

    void add_mapping(const DesiredEntity& desired, const LiveEntity* live) {
        const auto* target = desired_.find({EntityKind::target, desired.key.name});
        const auto spec =
            target == nullptr ? std::string() : target->content["connectionSpec"].as_string();
        if (!schemas_) {
            schemas_ = known_schemas(live_);
        }
        ready_[desired.key] =
            append({desired.key, write_mapping(desired, live, spec, *schemas_), {}});
    }

    /// `compared` is empty if they do not differ.
    void keep(const DesiredEntity& desired, const LiveEntity& live,
              std::optional<Comparison> compared) {
        plan_.bound.emplace_back(desired.key, live.id);
        if (compared && desired.content["mapping"].is_object() &&
            compared->before["mapping"].is_null()) {
            plan_.notes.push_back(mapping_set_missing(live, desired.key));
        }
        const bool credentials = !note_credentials(desired) && holds_other_secrets(live, desired);
        if (!compared && !credentials) {
            return;
        }
        if (!compared) {
            compared = Comparison{comparable(live, desired, kept_, catalogue_), {}};
        }
        auto& [before, fields] = *compared;
        EntityChange change;
        change.key = desired.key;
        change.action = Action::update;
        change.id = live.id;
        change.audit = live.audit;
        change.before = before;
        change.after = desired.content;
        change.fields = fields;
        change.cause = fields.empty() || is_unfinished_toggle(live, desired, fields,
                                                              options_.client, options_.now)
                           ? Cause::git
                           : cause_of(live, desired, index_, catalogue_);
        if (change.cause == Cause::both) {
            change.field_causes = causes_of_fields(live, desired, fields, index_, catalogue_);
        }
        const bool toggled = std::any_of(fields.begin(), fields.end(), [](const auto& field) {
            return field.pointer == "/enabled";
        });
        auto update = update_request(desired_.project, desired, live, before, std::move(fields),
                                     credentials, catalogue_);
        add_change(std::move(change), desired, update.request);
        if (update.request.mapping) {
            add_mapping(desired, &live);
        }
        const auto step = add_step(desired.key, std::move(update));
        if (toggled) {
            ready_[desired.key] = append({desired.key,
                                          SetEnabled{desired.content["enabled"].as_bool(), desired},
                                          {{step, Need::exists}}});
        }
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

    /// An entity whose export has another one that stands as it was last written was there once, or
    /// a run was interrupted just before it; either way the platform lacks what the last run
    /// wanted.
    bool was_deleted(const EntityKey& key) const {
        if (key.kind == EntityKind::base) {
            return false;
        }
        const auto as_last_written = [&](EntityKind kind) {
            const EntityKey other{kind, key.name};
            const auto found = chosen_.find(other);
            const auto* desired = desired_.find(other);
            return found != chosen_.end() && desired != nullptr && found->second->marker &&
                   found->second->marker->digest == desired->digest;
        };
        return index_.candidates({EntityKind::flow, key.name}).empty() &&
               (as_last_written(EntityKind::source) || as_last_written(EntityKind::target));
    }

    void note_other_project(const DesiredEntity& desired) {
        const auto* other =
            desired.key.kind == EntityKind::flow ? index_.of_other_project(desired.key) : nullptr;
        if (other != nullptr) {
            plan_.notes.push_back(other_project(*other, desired.key));
        }
    }

    /// Notes what of an entity's secrets could not be checked; true if anything could not.
    bool note_credentials(const DesiredEntity& desired) {
        for (const auto use : secret_uses) {
            const auto found = options_.credentials.find({desired.key, use});
            if (found != options_.credentials.end() && !found->second.unchecked.empty()) {
                plan_.notes.push_back(
                    credentials_not_checked(desired.key, found->second.unchecked));
                return true;
            }
        }
        return false;
    }

    /// True if secrets have to be sent to an entity that stays.
    bool holds_other_secrets(const LiveEntity& live, const DesiredEntity& desired) const {
        return std::any_of(std::begin(secret_uses), std::end(secret_uses), [&](auto use) {
            const auto found = options_.credentials.find({desired.key, use});
            return found != options_.credentials.end() && !found->second.holders.contains(live.id);
        });
    }

    void add_change(EntityChange change, const DesiredEntity& desired, const Template& request) {
        for (const auto& secret : desired.secrets) {
            change.secrets.push_back(model::pointer_to(desired.key.kind, secret));
        }
        hide_credentials(change, &desired);
        for (const auto& slot : request.secrets) {
            change.sent.push_back(slot.name);
        }
        if (desired.position) {
            change.position = desired.position("");
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
        Prerequisites after;
        const auto wait_for = [&](const EntityKey& other, Need need) {
            if (const auto found = ready_.find(other); found != ready_.end()) {
                after.add(found->second, need);
            }
        };
        for (const auto& slot : request.request.entities) {
            wait_for(slot.key, Need::id);
        }
        wait_for(key, Need::mapping);
        if (key.kind == EntityKind::source || key.kind == EntityKind::target) {
            wait_for({EntityKind::flow, key.name}, Need::mapping_accepted); // of a new export
        }
        if (key.kind == EntityKind::flow) {
            wait_for({EntityKind::target, key.name}, Need::target);
        }
        const auto step = append({key, std::move(request), after.take()});
        ready_[key] = step;
        return step;
    }

    void remove_leftovers(EntityKind kind) {
        for (const auto& [key, candidates] : index_.owned()) {
            if (key.kind != kind || is_blocked(key) || !owns(key)) {
                continue;
            }
            const bool wanted = desired_.find(key) != nullptr;
            if (!wanted && options_.may_delete && !options_.may_delete(key)) {
                continue;
            }
            const auto chosen = chosen_.find(key);
            const auto* stays = chosen == chosen_.end() ? nullptr : chosen->second;
            const LiveEntity* earlier = nullptr;
            for (const auto* candidate : candidates) {
                if (candidate == stays || left_.contains(candidate->id)) {
                    continue;
                }
                const bool precedes =
                    kind == EntityKind::flow && (stays == nullptr || older(*candidate, *stays));
                remove(*candidate, wanted, precedes ? earlier : nullptr);
                if (precedes && removed_.contains(candidate->id)) {
                    earlier = candidate;
                }
            }
        }
    }

    /// `earlier` is another dataflow of the export that goes as well, or null.
    void remove(const LiveEntity& live, bool wanted, const LiveEntity* earlier) {
        Prerequisites after;
        for (const auto* user : index_.users(live.id)) {
            if (const auto gone = removed_.find(user->id); gone != removed_.end()) {
                after.add(gone->second, Need::user_gone);
            } else if (const auto relinked = relinks(*user, live)) {
                after.add(*relinked, Need::relinked);
            } else if (!left_.contains(user->id) &&
                       waits_.wait_for(*user, live,
                                       replaced_.contains(live.id) ? Action::replace
                                                                   : Action::remove)) {
                return;
            } else {
                plan_.notes.push_back(still_in_use(live, *user, options_.destroy));
                return;
            }
        }
        if (wanted) {
            // The successor stands before the predecessor goes: no export is lost on the way.
            if (const auto successor = ready_.find({EntityKind::flow, live.key->name});
                successor != ready_.end() && live.kind != EntityKind::base) {
                after.add(successor->second, Need::successor);
            }
            // What tells a run to keep the successor is the last of them (Meanwhile::successors).
            if (earlier != nullptr) {
                after.add(removed_.at(earlier->id), Need::earlier_gone);
            }
        }
        removed_[live.id] = append({*live.key, DeleteEntity{live.id}, after.take()});
        if (replaced_.contains(live.id)) {
            return;
        }
        EntityChange change;
        change.key = *live.key;
        change.action = Action::remove;
        change.id = live.id;
        change.audit = live.audit;
        change.before = normalise::canonical(live, index_.owned_ids(), catalogue_);
        hide_credentials(change, nullptr);
        change.reason =
            wanted ? "one too many: left by an interrupted or a narrowed run, or by two at once"
            : options_.destroy ? ""
                               : "no longer in the manifests";
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

    static constexpr model::SecretUse secret_uses[] = {model::SecretUse::auth,
                                                       model::SecretUse::encryption};

    const model::DesiredGraph& desired_;
    const catalogue::Catalogue& catalogue_;
    const Options& options_;
    const Successors& successors_;
    Successors found_successors_;
    const model::LiveGraph& live_;
    std::optional<KnownSchemas> schemas_; ///< known once a mapping is written
    LiveIndex index_;
    Blocked blocked_;
    Plan plan_;
    Choice chosen_; ///< live entities that stay
    Waits waits_{desired_, index_, options_, chosen_, blocked_, plan_};
    normalise::KnownIds kept_;                     ///< the ids of those that stay
    std::map<EntityKey, std::size_t> ready_;       ///< the last step of each key
    std::set<std::string> left_{options_.staying}; ///< and what another run may be at work on
    std::set<std::string> replaced_;               ///< ids whose removal is part of a replacement
    std::map<std::string, std::size_t, std::less<>>
        removed_; ///< ids and the steps that delete them
};

} // namespace

Plan make(const model::DesiredGraph& desired, const model::LiveGraph& live,
          const catalogue::Catalogue& catalogue, const Options& options) {
    auto resolved = resolve_flow_specs(desired, live, catalogue, options.may_delete, options.shard);
    const auto& wanted = resolved.desired ? *resolved.desired : desired;
    Plan plan;
    Successors successors;
    std::size_t known = 0;
    do { // where other dataflows count, other connections stay, and with them other dataflows
        known = successors.size();
        const auto counting = successors;
        Planner planner(wanted, live, catalogue, options, resolved.unresolved, counting);
        plan = planner.make();
        successors.insert(planner.found_successors().begin(), planner.found_successors().end());
    } while (successors.size() > known);
    plan.notes.insert(plan.notes.begin(), resolved.notes.begin(), resolved.notes.end());
    return plan;
}

} // namespace penstock::plan
