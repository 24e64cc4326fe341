#include "plan/meanwhile.hpp"

#include "base/text.hpp"
#include "plan/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace penstock::plan {

namespace {

using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

class Finder {
  public:
    Finder(const model::DesiredGraph& desired, const LiveIndex& index,
           const catalogue::Catalogue& catalogue, const Choice& choice, const Plan& plan,
           const CredentialChecks& credentials, std::int64_t now)
        : desired_(desired), index_(index), choice_(choice), shard_(plan.shard),
          provenance_(desired, index, catalogue, plan, credentials), now_(now) {}

    Meanwhile find() {
        // What is used comes after its users.
        for (const auto kind :
             {EntityKind::flow, EntityKind::target, EntityKind::source, EntityKind::base}) {
            for (const auto& [key, entities] : index_.owned()) {
                if (key.kind == kind && entities.size() > 1 && desired_.find(key) != nullptr) {
                    look_at(key, entities);
                }
            }
        }
        return std::move(found_);
    }

  private:
    void look_at(const EntityKey& key, const std::vector<const LiveEntity*>& entities) {
        const auto chosen = choice_.find(key);
        if (chosen == choice_.end()) {
            return; // a new one is made now, and nobody who is at work already knows of it
        }
        for (const auto* entity : entities) {
            if (entity == chosen->second) {
                continue;
            }
            const bool later = older(*chosen->second, *entity);
            const bool recent = now_ - entity->audit.created_at < run_at_work;
            if (key.kind == EntityKind::flow) {
                if (later && !provenance_.is_ours(*entity)) {
                    add_flow(*entity, *chosen->second, recent);
                }
            } else if (recent && (later || provenance_.is_our_connection(*entity)) &&
                       is_idle(*entity)) {
                found_.ids.insert(entity->id);
                if (index_.users(entity->id).empty() && model::owns(shard_, key)) {
                    tell_of_connection(*entity);
                }
            }
        }
    }

    void add_flow(const LiveEntity& flow, const LiveEntity& stays, bool recent) {
        if (recent) {
            found_.ids.insert(flow.id);
            if (model::owns(shard_, *flow.key)) {
                found_.doubled = true;
                tell_of_flow(flow, stays);
            }
        } else {
            found_.displaced.insert(*flow.key);
        }
    }

    /// True if nobody uses the connection but what is left alone as well.
    [[nodiscard]] bool is_idle(const LiveEntity& connection) const {
        const auto& users = index_.users(connection.id);
        return std::all_of(users.begin(), users.end(),
                           [&](const auto* user) { return found_.ids.contains(user->id); });
    }

    [[nodiscard]] std::string age(const LiveEntity& entity) const {
        const auto seconds = std::max<std::int64_t>(0, now_ - entity.audit.created_at) / 1000;
        return seconds < 120 ? counted(static_cast<std::size_t>(seconds), "second", "seconds")
                             : counted(static_cast<std::size_t>(seconds / 60), "minute", "minutes");
    }

    void tell_of_flow(const LiveEntity& flow, const LiveEntity& stays) {
        found_.notes.push_back(
            {Severity::warning, "made-meanwhile", address(*flow.key),
             fmt::format("dataflow {} was made {} ago of other manifests or with other secrets, "
                         "after {}: a run that is at work may keep it, so both stand and export",
                         flow.id, age(flow), stays.id),
             "apply again when no other run is at work; from ten minutes after it was made, one "
             "new "
             "dataflow takes the place of both"});
    }

    void tell_of_connection(const LiveEntity& connection) {
        found_.notes.push_back(
            {Severity::warning, "made-moments-ago", address(*connection.key),
             fmt::format("{} {} is one too many and was made {} ago: another run may be about to "
                         "use it; it stays",
                         title(connection.kind), connection.id, age(connection)),
             "an apply deletes it from ten minutes after it was made"});
    }

    const model::DesiredGraph& desired_;
    const LiveIndex& index_;
    const Choice& choice_;
    const std::optional<model::Shard>& shard_; ///< that tells of it; the others know it, too
    Provenance provenance_;
    std::int64_t now_;
    Meanwhile found_;
};

} // namespace

Meanwhile made_meanwhile(const model::DesiredGraph& desired, const LiveIndex& index,
                         const catalogue::Catalogue& catalogue, const Choice& choice,
                         const Plan& plan, const CredentialChecks& credentials,
                         std::optional<std::int64_t> now) {
    return now ? Finder(desired, index, catalogue, choice, plan, credentials, *now).find()
               : Meanwhile{};
}

} // namespace penstock::plan
