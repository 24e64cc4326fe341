#include "model/shard.hpp"

#include "json/text.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace penstock::model {

namespace {

/// Of what is owned as a whole; names of accounts and of exports may be equal.
std::string unit_of(const EntityKey& key) {
    if (key.name == profile_store_name) {
        return "shared/" + key.name;
    }
    return (key.kind == EntityKind::base ? "account/" : "export/") + key.name;
}

} // namespace

bool Shard::owns(const EntityKey& key) const {
    return count == 1 || shard_of(key, count) == *this;
}

std::string name(const Shard& shard) {
    return fmt::format("{}/{}", shard.index, shard.count);
}

Shard shard_of(const EntityKey& key, std::size_t count) {
    constexpr std::size_t counted_bytes = 8;
    const auto hash = json::sha256(unit_of(key));
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < counted_bytes; ++i) {
        number = (number << 8U) | hash.at(i);
    }
    return {static_cast<std::size_t>(number % count) + 1, count};
}

bool owns(const std::optional<Shard>& shard, const EntityKey& key) {
    return !shard || shard->owns(key);
}

} // namespace penstock::model
