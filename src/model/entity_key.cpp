#include "model/entity_key.hpp"

namespace penstock::model {

std::string_view name(EntityKind kind) {
    switch (kind) {
    case EntityKind::base:
        return "base";
    case EntityKind::source:
        return "source";
    case EntityKind::target:
        return "target";
    case EntityKind::flow:
        return "flow";
    }
    return "";
}

std::string_view title(EntityKind kind) {
    switch (kind) {
    case EntityKind::base:
        return "base connection";
    case EntityKind::source:
        return "source connection";
    case EntityKind::target:
        return "target connection";
    case EntityKind::flow:
        return "dataflow";
    }
    return "";
}

std::optional<EntityKind> parse_entity_kind(std::string_view text) {
    for (const auto kind : all_entity_kinds) {
        if (name(kind) == text) {
            return kind;
        }
    }
    return std::nullopt;
}

std::string address(const EntityKey& key) {
    return key.name + "." + std::string(name(key.kind));
}

std::optional<EntityKey> parse_address(std::string_view text) {
    const auto dot = text.rfind('.');
    if (dot == std::string_view::npos) {
        return std::nullopt;
    }
    const auto kind = parse_entity_kind(text.substr(dot + 1));
    return kind ? std::optional(EntityKey{*kind, std::string(text.substr(0, dot))}) : std::nullopt;
}

} // namespace penstock::model
