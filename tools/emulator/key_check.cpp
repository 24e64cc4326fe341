#include "emulator/key_check.hpp"

#include "emulator/known_members.hpp"

#include <fmt/format.h>

#include <array>

namespace penstock::emulator {

namespace {

Outcome<void> check_mandatory(const json::Value& fields, const Mapped& mapped) {
    if (!fields.is_null() && !fields.is_array()) {
        return plain(400, "mandatoryFields is an array");
    }
    for (const auto& field : fields.as_array()) {
        const auto& name = field.as_string();
        if (mapped.columns.count(name) + mapped.namespaces.count(name) == 0) {
            return plain(400, fmt::format("mandatoryFields names {}, which is not mapped", name));
        }
    }
    return {};
}

Outcome<void> check_primary(const json::Value& fields, const Mapped& mapped) {
    static constexpr std::array<std::string_view, 2> identity{"fieldType", "identityNamespace"};
    static constexpr std::array<std::string_view, 2> attribute{"fieldType", "attributePath"};
    if (!fields.is_null() && !fields.is_array()) {
        return plain(400, "primaryFields is an array");
    }
    const auto count = fields.as_array().size();
    std::set<std::string> named;
    for (const auto& field : fields.as_array()) {
        const bool is_identity = field["fieldType"].as_string() == "IDENTITY";
        if (!is_identity && field["fieldType"].as_string() != "ATTRIBUTE") {
            return plain(400, "fieldType is IDENTITY or ATTRIBUTE");
        }
        if (count > (is_identity ? 1U : 2U)) {
            return plain(400, "primaryFields is one identity, or one or two attributes");
        }
        if (auto checked =
                check_known(field, is_identity ? identity : attribute, "An entry of primaryFields");
            !checked) {
            return checked;
        }
        const auto& name = field[is_identity ? "identityNamespace" : "attributePath"].as_string();
        if (!(is_identity ? mapped.namespaces : mapped.columns).contains(name)) {
            return plain(400, fmt::format("primaryFields names {}, which is not mapped", name));
        }
        if (!named.insert(name).second) {
            return plain(400, fmt::format("primaryFields names {} twice", name));
        }
    }
    return {};
}

} // namespace

Outcome<void> check_keys(const json::Value& place, const Mapped& mapped) {
    if (auto checked = check_mandatory(place["mandatoryFields"], mapped); !checked) {
        return checked;
    }
    return check_primary(place["primaryFields"], mapped);
}

} // namespace penstock::emulator
