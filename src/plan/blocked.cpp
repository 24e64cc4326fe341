#include "plan/blocked.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::plan {

namespace {

using model::DesiredEntity;
using model::EntityKey;
using model::EntityKind;
using model::LiveEntity;

class Finder {
  public:
    Finder(const model::DesiredGraph& desired, const LiveIndex& index,
           std::set<std::string> held_back, const std::optional<model::Shard>& shard)
        : desired_(desired), index_(index), shard_(shard) {
        blocked_.exports = std::move(held_back);
    }

    Blocked find() {
        for (const auto& entity : desired_.entities) {
            if (entity.key.kind == EntityKind::flow) {
                look_at_flow(entity);
            } else {
                look_at_base(entity);
            }
        }
        hold_back_exports_of_blocked_accounts();
        hold_back_exports_of_blocked_sources();
        return std::move(blocked_);
    }

  private:
    void look_at_flow(const DesiredEntity& flow) {
        const auto& flows = index_.candidates(flow.key);
        if (flows.empty()) {
            look_for_lost_flow(flow);
        }
        for (const auto* live : flows) {
            if (!live->mapping_set_unread.empty()) {
                block(flow.key.name, "mapping-not-read",
                      fmt::format("the mapping set of dataflow {} cannot be read: {}", live->id,
                                  live->mapping_set_unread),
                      "the export is left alone; other exports are not concerned");
            }
            for (const auto& connection : connections_of(flow)) {
                look_for_lost_link(*live, connection);
            }
        }
    }

    static std::vector<EntityKey> connections_of(const DesiredEntity& flow) {
        std::vector<EntityKey> keys;
        for (const auto& [member, kind] :
             {std::pair("source", EntityKind::source), std::pair("target", EntityKind::target)}) {
            if (auto key = model::referenced(flow.content[member], kind)) {
                keys.push_back(std::move(*key));
            }
        }
        return keys;
    }

    void look_for_lost_flow(const DesiredEntity& flow) {
        for (const auto kind : {EntityKind::source, EntityKind::target}) {
            for (const auto* connection : index_.candidates({kind, flow.key.name})) {
                for (const auto* user : index_.users(connection->id)) {
                    if (!user->key) {
                        lost(flow.key, user->id);
                        return;
                    }
                }
            }
        }
        const auto& shown = flow.content["name"].as_string();
        if (const auto& taken = index_.foreign_flows(shown); !taken.empty()) {
            block(flow.key.name, "name-taken",
                  fmt::format("dataflow {} is called {} and is not ours", taken.front()->id, shown),
                  fmt::format("put {} at the end of its description to hand it over, or rename it",
                              marker(flow.key)));
        }
    }

    /// A connection with our name below an entity of ours, whose marker somebody edited away.
    void look_for_lost_link(const LiveEntity& user, const EntityKey& key) {
        if (const auto* connection = lost_link(user, key)) {
            lost(key, connection->id);
        }
    }

    const LiveEntity* lost_link(const LiveEntity& user, const EntityKey& key) const {
        if (!index_.candidates(key).empty()) {
            return nullptr;
        }
        for (const auto& id : model::linked_ids(user, key.kind)) {
            const auto* linked = index_.find(key.kind, id);
            if (linked != nullptr && !linked->key && !linked->marker &&
                linked->name == model::generated_name(desired_.project, key.name)) {
                return linked;
            }
        }
        return nullptr;
    }

    void look_at_base(const DesiredEntity& connection) {
        const auto& base = connection.content["base"];
        if (!base.is_object()) {
            return;
        }
        if (const auto account = model::referenced(base, EntityKind::base)) {
            for (const auto* live : index_.candidates(connection.key)) {
                if (const auto* lost = lost_link(*live, *account)) {
                    if (blocked_.accounts.insert(account->name).second) {
                        lost_note(*account, lost->id);
                    }
                }
            }
            return;
        }
        const auto& id = base["id"].as_string();
        const auto* live = index_.find(EntityKind::base, id);
        if (live == nullptr) {
            block(connection.key.name, "base-connection-missing",
                  fmt::format("there is no base connection {} of this destination in the sandbox",
                              id),
                  "check the account's connectionId");
        } else if (live->document["connectionSpec"]["id"] != connection.content["connectionSpec"]) {
            block(connection.key.name, "base-connection-differs",
                  fmt::format("base connection {} belongs to another destination", id),
                  "check the account's destination and connectionId");
        }
    }

    void hold_back_exports_of_blocked_accounts() {
        for (const auto& entity : desired_.entities) {
            const auto account = model::referenced(entity.content["base"], EntityKind::base);
            if (account && blocked_.accounts.contains(account->name)) {
                block(entity.key.name, "account-held-back",
                      fmt::format("its {} is held back", account->name == model::profile_store_name
                                                             ? "base connection"
                                                             : "account " + account->name),
                      "");
            }
        }
    }

    /// A source connection of another name is one that exports share.
    void hold_back_exports_of_blocked_sources() {
        for (const auto& entity : desired_.entities) {
            const auto source = model::referenced(entity.content["source"], EntityKind::source);
            if (source && blocked_.exports.contains(source->name)) {
                block(entity.key.name, "source-held-back",
                      fmt::format("its source connection {} is held back", address(*source)), "");
            }
        }
    }

    std::string marker(const EntityKey& key) const {
        return model::write(model::Marker{desired_.project, key, {}, {}});
    }

    void lost(const EntityKey& key, const std::string& id) {
        if (blocked_.exports.insert(key.name).second) {
            lost_note(key, id);
        }
    }

    void lost_note(const EntityKey& key, const std::string& id) {
        note(key, {Severity::error, "marker-lost", model::address(key),
                   fmt::format("{} {} is used by this project and has lost its marker",
                               title(key.kind), id),
                   fmt::format("put {} at the end of its description, or delete it", marker(key))});
    }

    void block(const std::string& name, const char* code, std::string message, std::string hint) {
        if (blocked_.exports.insert(name).second) {
            note({EntityKind::flow, name},
                 {Severity::error, code, name, std::move(message), std::move(hint)});
        }
    }

    /// Whoever owns it tells.
    void note(const EntityKey& key, Note note) {
        if (model::owns(shard_, key)) {
            blocked_.notes.push_back(std::move(note));
        }
    }

    const model::DesiredGraph& desired_;
    const LiveIndex& index_;
    const std::optional<model::Shard>& shard_;
    Blocked blocked_;
};

} // namespace

Blocked find_blocked(const model::DesiredGraph& desired, const LiveIndex& index,
                     std::set<std::string> held_back, const std::optional<model::Shard>& shard) {
    return Finder(desired, index, std::move(held_back), shard).find();
}

} // namespace penstock::plan
