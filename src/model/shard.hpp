#pragma once

#include "model/entity_key.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace penstock::model {

/// One of several processes that share the work on a project, each of which alone writes what it
/// owns.
struct Shard {
    std::size_t index = 1; ///< from 1
    std::size_t count = 1;

    [[nodiscard]] bool owns(const EntityKey& key) const;
    bool operator==(const Shard&) const = default;
};

/// `2/4`
std::string name(const Shard& shard);

/// The one of `count` shards that owns the entity. An account, an export with all of its entities,
/// and what exports share belong to one shard each: the first eight bytes of the SHA-256 of
/// `account/<name>`, `export/<name>` or `shared/<name>`, the highest first, modulo `count`. All
/// versions of penstock agree on that: two that are at work at the same time never write the same.
Shard shard_of(const EntityKey& key, std::size_t count);

/// Whether that shard owns the entity; without shards everything is owned.
bool owns(const std::optional<Shard>& shard, const EntityKey& key);

} // namespace penstock::model
