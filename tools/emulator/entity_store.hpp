#pragma once

#include "json/value.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace penstock::emulator {

/// The collections of entities that clients write (sections 3.5 to 3.8).
enum class Kind { connection, source_connection, target_connection, flow };

/// `connections`, `sourceConnections`, ... as paths and messages have it.
std::string_view collection_name(Kind kind);
std::optional<Kind> parse_collection(std::string_view name);

/// The organization and the sandbox that an entity lives in; nothing is seen across them.
struct Scope {
    std::string organization;
    std::string sandbox;

    bool operator==(const Scope&) const = default;
};

/// An accepted change of a flow that has not finished (section 2.4).
struct Pending {
    json::Object body;       ///< the content once it has finished
    std::string state_after; ///< `enabled` or `disabled`
    std::int64_t due = 0;    ///< epoch ms
};

/// One stored entity. Times are epoch ms. What GET adds to `body` is composed when it is read.
struct Entity {
    Kind kind = Kind::connection;
    Scope scope;
    std::string id;
    std::int64_t sequence = 0; ///< order of creation
    json::Object body;         ///< what the client wrote
    std::string state = "enabled";
    std::string etag;
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
    std::string created_by;       ///< client id; the account is derived from it
    std::string updated_by;       ///< client id, or the service's own account
    std::string authorized_date;  ///< connections: day on which auth was last written
    std::string internal_base_id; ///< sources: the base connection that the service picked
    std::optional<Pending> pending;
    json::Value last_operation; ///< flows; null before the first
    json::Value last_run;       ///< flows; null before the first
    std::int64_t next_run = -1; ///< flows; epoch ms of the next run, -1 for none
    bool ran_once = false;      ///< flows: a one-time export that has been done
    std::int64_t deleted_at = -1;
};

/// A finished run of a flow.
struct Run {
    Scope scope;
    std::int64_t sequence = 0;
    json::Value content;
};

/// Everything that the service remembers about entities and runs.
class EntityStore {
  public:
    Entity* find(Kind kind, const Scope& scope, std::string_view id);
    [[nodiscard]] const Entity* find(Kind kind, const Scope& scope, std::string_view id) const;
    Entity& add(Entity entity);
    void remove(const std::string& id, std::int64_t now);

    /// The kind's entities in the scope, newest first, as a list that lags behind until `as_of` has
    /// them: without what came later, with what went later.
    [[nodiscard]] std::vector<const Entity*> list(Kind kind, const Scope& scope,
                                                  std::int64_t as_of) const;

    /// How many of the kind there are in the scope now.
    [[nodiscard]] std::size_t count(Kind kind, const Scope& scope) const;

    void add_run(Scope scope, json::Value content);
    [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }

    /// Every live entity, by id.
    [[nodiscard]] std::map<std::string, Entity>& entities() { return entities_; }
    [[nodiscard]] const std::map<std::string, Entity>& entities() const { return entities_; }

    [[nodiscard]] json::Value save() const;
    void load(const json::Value& saved);

  private:
    /// Of one kind and scope, newest first.
    using Listing = std::map<std::int64_t, const Entity*, std::greater<>>;

    void enter(const Entity& entity);

    std::map<std::string, Entity> entities_;
    std::map<std::tuple<Kind, std::string, std::string>, Listing> listings_;
    std::deque<Entity> graveyard_; ///< lately deleted, for lists that lag
    std::vector<Run> runs_;
    std::int64_t next_sequence_ = 1;
};

} // namespace penstock::emulator
