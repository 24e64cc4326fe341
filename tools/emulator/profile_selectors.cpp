#include "emulator/profile_selectors.hpp"

#include "emulator/key_check.hpp"
#include "emulator/known_members.hpp"
#include "emulator/mapping_check.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

namespace penstock::emulator {

namespace {

Outcome<void> check_value(const json::Value& value) {
    static constexpr std::array<std::string_view, 4> known{"path", "operator", "identity",
                                                           "mapping"};
    if (auto checked = check_known(value, known, "A profile selector's value"); !checked) {
        return checked;
    }
    if (value["path"].as_string().empty()) {
        return plain(400, "A profile selector's value needs a path");
    }
    if (!value["operator"].is_null() && value["operator"].as_string() != "EXISTS") {
        return plain(400, "operator of a profile selector is EXISTS");
    }
    for (const std::string_view member : {"identity", "mapping"}) {
        if (!value[member].is_null() && !value[member].is_object()) {
            return plain(400, fmt::format("{} of a profile selector is an object", member));
        }
    }
    return {};
}

Outcome<Mapped> check_selectors(const json::Value& selectors) {
    static constexpr std::array<std::string_view, 2> known{"type", "value"};
    Mapped selected;
    for (const auto& selector : selectors.as_array()) {
        if (auto checked = check_known(selector, known, "A profile selector"); !checked) {
            return tl::unexpected<Refusal>(std::move(checked.error()));
        }
        if (selector["type"].as_string() != "JSON_PATH") {
            return plain(400, "type of a profile selector is JSON_PATH");
        }
        if (auto checked = check_value(selector["value"]); !checked) {
            return tl::unexpected<Refusal>(std::move(checked.error()));
        }
        const auto& path = selector["value"]["path"].as_string();
        if (!selected.columns.insert(path).second) {
            return plain(400, fmt::format("{} is selected twice", path));
        }
        if (auto identity = identity_in_path(path)) {
            selected.namespaces.insert(std::move(*identity));
        }
    }
    return selected;
}

void show_selector(json::Object& value, const Settings& settings) {
    auto path = json::Value(value)["path"].as_string();
    const auto identity = identity_in_path(path);
    if (identity && settings.identity_path == IdentityPath::namespace_only) {
        path = *identity;
    }
    value = json::Object{{"path", path}, {"operator", "EXISTS"}};
    if (identity) {
        value["identity"] = json::Object{{"namespace", *identity}};
    }
    value["mapping"] = json::Object{{"sourceType", "text/x.schema-path"},
                                    {"source", path},
                                    {"destination", path},
                                    {"identity", false},
                                    {"primaryIdentity", false},
                                    {"functionVersion", 0},
                                    {"copyModeMapping", false},
                                    {"sourceAttribute", path},
                                    {"destinationXdmPath", path}};
}

/// The identity that the selectors take, if it is the only one.
std::optional<std::string> only_identity(const json::Value& selectors) {
    std::set<std::string> found;
    for (const auto& selector : selectors.as_array()) {
        if (auto identity = identity_in_path(selector["value"]["path"].as_string())) {
            found.insert(std::move(*identity));
        }
    }
    return found.size() == 1 ? std::optional(*found.begin()) : std::nullopt;
}

} // namespace

std::optional<std::string> identity_in_path(std::string_view path) {
    const auto steps = path_steps(path);
    if (steps.size() < 2 || steps.front() != "identityMap") {
        return std::nullopt;
    }
    return fmt::format("{}", fmt::join(steps.begin() + 1, steps.end(), "."));
}

Outcome<void> check_profile_selectors(const json::Value& place) {
    static constexpr std::array<std::string_view, 3> known{"selectors", "mandatoryFields",
                                                           "primaryFields"};
    if (place.is_null()) {
        return {};
    }
    if (auto checked = check_known(place, known, "profileSelectors"); !checked) {
        return checked;
    }
    if (!place["selectors"].is_array()) {
        return plain(400, "profileSelectors.selectors is an array");
    }
    const auto selected = check_selectors(place["selectors"]);
    if (!selected) {
        return tl::unexpected<Refusal>(selected.error());
    }
    return check_keys(place, *selected);
}

json::Value shown_profile_selectors(json::Value place, const Settings& settings) {
    const auto identity = only_identity(place["selectors"]);
    if (settings.automatic_dedup == AutomaticDedup::injected && identity &&
        place["primaryFields"].as_array().empty()) {
        place.make_object()["primaryFields"] =
            json::Array{json::Object{{"fieldType", "IDENTITY"}, {"identityNamespace", *identity}}};
    }
    for (auto& selector : place.make_object()["selectors"].make_array()) {
        show_selector(selector.make_object()["value"].make_object(), settings);
    }
    return place;
}

} // namespace penstock::emulator
