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
    Finder(const model::DesiredGraph& desired, const LiveIndex& index)
        : desired_(desired), index_(index) {}

    Blocked find() {
        for (const auto& entity : desired_.entities) {
            if (entity.key.kind == EntityKind::flow) {
                look_at_flow(entity);
            } else if (entity.key.kind == EntityKind::target) {
                look_at_base(entity);
            }
        }
        hold_back_exports_of_blocked_accounts();
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
            for (const auto kind : {EntityKind::source, EntityKind::target}) {
                look_for_lost_link(*live, {kind, flow.key.name});
            }
        }
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

    void look_at_base(const DesiredEntity& target) {
        const auto& base = target.content["base"];
        if (base["entity"].is_string()) {
            const EntityKey account{EntityKind::base, account_of(target)};
            for (const auto* live : index_.candidates(target.key)) {
                if (const auto* connection = lost_link(*live, account)) {
                    if (blocked_.accounts.insert(account.name).second) {
                        lost_note(account, connection->id);
                    }
                }
            }
            return;
        }
        const auto& id = base["id"].as_string();
        const auto* live = index_.find(EntityKind::base, id);
        if (live == nullptr) {
            block(target.key.name, "base-connection-missing",
                  fmt::format("there is no base connection {} of this destination in the sandbox",
                              id),
                  "check the account's connectionId");
        } else if (live->document["connectionSpec"]["id"] != target.content["connectionSpec"]) {
            block(target.key.name, "base-connection-differs",
                  fmt::format("base connection {} belongs to another destination", id),
                  "check the account's destination and connectionId");
        }
    }

    void hold_back_exports_of_blocked_accounts() {
        for (const auto& entity : desired_.entities) {
            if (entity.key.kind == EntityKind::target &&
                blocked_.accounts.contains(account_of(entity))) {
                block(entity.key.name, "account-held-back",
                      fmt::format("its account {} is held back", account_of(entity)), "");
            }
        }
    }

    static std::string account_of(const DesiredEntity& target) {
        const auto& address = target.content["base"]["entity"].as_string();
        return address.substr(0, address.rfind('.'));
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
        blocked_.notes.push_back(
            {Severity::error, "marker-lost", model::address(key),
             fmt::format("{} {} is used by this project and has lost its marker", title(key.kind),
                         id),
             fmt::format("put {} at the end of its description, or delete it", marker(key))});
    }

    void block(const std::string& name, const char* code, std::string message, std::string hint) {
        if (blocked_.exports.insert(name).second) {
            blocked_.notes.push_back(
                {Severity::error, code, name, std::move(message), std::move(hint)});
        }
    }

    const model::DesiredGraph& desired_;
    const LiveIndex& index_;
    Blocked blocked_;
};

} // namespace

Blocked find_blocked(const model::DesiredGraph& desired, const LiveIndex& index) {
    return Finder(desired, index).find();
}

} // namespace penstock::plan
