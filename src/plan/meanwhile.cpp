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
        if (key.kind == EntityKind::flow) {
            look_at_flows(key, entities, *chosen->second);
        } else {
            look_at_connections(key, entities, *chosen->second);
        }
    }

    void look_at_flows(const EntityKey& key, const std::vector<const LiveEntity*>& flows,
                       const LiveEntity& stays) {
        std::set<const LiveEntity*> successors;
        std::vector<const LiveEntity*> beside; // of other manifests, and nothing was made instead
        for (const auto* flow : flows) {
            if (older(*flow, stays) || provenance_.is_ours(*flow)) {
                continue;
            }
            if (auto made = ours_made_after(*flow, flows); !made.empty()) {
                successors = std::move(made);
            } else if (flow != &stays) {
                beside.push_back(flow);
            }
        }
        const bool recent = std::any_of(beside.begin(), beside.end(),
                                        [&](const auto* flow) { return is_recent(*flow); });
        if (!beside.empty() && !recent) {
            found_.successors[key] = {};
        } else if (!successors.empty()) {
            found_.successors[key] = std::move(successors);
        } else {
            leave_alone(key, beside, stays);
        }
    }

    /// Of `flows` those of these manifests that were made in the place of `flow`.
    [[nodiscard]] std::set<const LiveEntity*>
    ours_made_after(const LiveEntity& flow, const std::vector<const LiveEntity*>& flows) const {
        std::set<const LiveEntity*> found;
        for (const auto* other : flows) {
            if (other->audit.created_at - flow.audit.created_at >= made_afterwards &&
                provenance_.is_ours(*other)) {
                found.insert(other);
            }
        }
        return found;
    }

    void leave_alone(const EntityKey& key, const std::vector<const LiveEntity*>& flows,
                     const LiveEntity& stays) {
        for (const auto* flow : flows) {
            found_.ids.insert(flow->id);
            if (model::owns(shard_, key)) {
                found_.doubled = true;
                tell_of_flow(*flow, stays);
            }
        }
    }

    void look_at_connections(const EntityKey& key, const std::vector<const LiveEntity*>& all,
                             const LiveEntity& stays) {
        for (const auto* connection : all) {
            if (connection != &stays && is_recent(*connection) &&
                (older(stays, *connection) || provenance_.is_our_connection(*connection)) &&
                is_idle(*connection)) {
                found_.ids.insert(connection->id);
                if (index_.users(connection->id).empty() && model::owns(shard_, key)) {
                    tell_of_connection(*connection);
                }
            }
        }
    }

    [[nodiscard]] bool is_recent(const LiveEntity& entity) const {
        return now_ - entity.audit.created_at < run_at_work;
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
