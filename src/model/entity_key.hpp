#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::model {

/// The kinds of object that the Flow Service stores, in the order in which they are created
/// (reference, section 2.2). Deletion goes the other way (2.5).
enum class EntityKind { base, source, target, flow };

inline constexpr EntityKind all_entity_kinds[] = {EntityKind::base, EntityKind::source,
                                                  EntityKind::target, EntityKind::flow};

/// `base`, `source`, `target`, `flow`: as addresses and markers spell it.
std::string_view name(EntityKind kind);

/// `base connection`, `source connection`, `target connection`, `dataflow`: for people.
std::string_view title(EntityKind kind);

std::optional<EntityKind> parse_entity_kind(std::string_view text);

/// Names one entity of a project: the manifest that it realises, and which of its entities it is.
struct EntityKey {
    EntityKind kind = EntityKind::base;
    std::string name; ///< metadata.name of the Account or export, or profile_store_name

    auto operator<=>(const EntityKey&) const = default;
};

/// What the base connection to the Profile Store and the source connection made from it are called,
/// which exports of a project share (reference, section 2.2). No manifest can have this name.
inline constexpr std::string_view profile_store_name = "ProfileStore";

/// `device-graph.flow`
std::string address(const EntityKey& key);
/// The key whose address() that is.
std::optional<EntityKey> parse_address(std::string_view text);

} // namespace penstock::model
