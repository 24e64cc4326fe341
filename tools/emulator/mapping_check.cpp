#include "emulator/mapping_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace penstock::emulator {

namespace {

constexpr std::array<std::string_view, 3> source_types{"ATTRIBUTE", "EXPRESSION", "STATIC"};
constexpr std::array<std::string_view, 5> known_members{"sourceType", "source", "destination",
                                                        "name", "description"};

const json::Value& below_arrays(const json::Value& schema) {
    const auto* reached = &schema;
    while ((*reached)["items"].is_object()) {
        reached = &(*reached)["items"];
    }
    return *reached;
}

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

std::vector<std::string> path_steps(std::string_view path) {
    constexpr std::string_view escaped_dot = "//.";
    std::vector<std::string> steps(1);
    while (!path.empty()) {
        if (path.substr(0, escaped_dot.size()) == escaped_dot) {
            steps.back() += '.';
            path.remove_prefix(escaped_dot.size());
            continue;
        }
        if (path.front() == '.') {
            steps.emplace_back();
        } else {
            steps.back() += path.front();
        }
        path.remove_prefix(1);
    }
    return steps;
}

bool leads_somewhere(const json::Value& schema, std::string_view path) {
    const auto* reached = &schema;
    for (const auto& step : path_steps(path)) {
        const auto& object = below_arrays(*reached);
        if (step.empty()) {
            return false;
        }
        if (object["properties"].as_object().contains(step)) {
            reached = &object["properties"][step];
        } else if (object["additionalProperties"].is_object()) {
            reached = &object["additionalProperties"];
        } else {
            return false;
        }
    }
    return true;
}

std::optional<std::string> identity_of(const json::Value& mapping) {
    auto steps = path_steps(mapping["source"].as_string());
    if (mapping["sourceType"].as_string() != "ATTRIBUTE" || steps.size() < 2 ||
        steps.front() != "identityMap") {
        return std::nullopt;
    }
    return std::move(steps[1]);
}

Outcome<void> check_mapping_form(const json::Value& mappings) {
    if (mappings.as_array().empty()) {
        return problem(400, "Invalid mapping set", "mappings is required and is not empty");
    }
    for (const auto& mapping : mappings.as_array()) {
        for (const std::string_view member : {"sourceType", "source", "destination"}) {
            if (mapping[member].as_string().empty()) {
                return problem(400, "Invalid mapping set",
                               fmt::format("A mapping needs {} as a text", member));
            }
        }
        for (const auto& [name, value] : mapping.as_object()) {
            if (!is_one_of(known_members, name)) {
                return problem(400, "Invalid mapping set",
                               fmt::format("A mapping has no field {}", name));
            }
        }
    }
    return {};
}

std::vector<std::string> mapping_faults(const json::Value& mappings, const json::Value& input,
                                        const json::Value& output) {
    std::vector<std::string> faults;
    std::set<std::string> taken;
    for (const auto& mapping : mappings.as_array()) {
        const auto& type = mapping["sourceType"].as_string();
        const auto& source = mapping["source"].as_string();
        const auto& destination = mapping["destination"].as_string();
        std::string fault;
        if (!is_one_of(source_types, type)) {
            fault = fmt::format("Source type {} is not supported", type);
        } else if (type == "ATTRIBUTE" && !leads_somewhere(input, source)) {
            fault = fmt::format("Source {} is not in the input schema", source);
        } else if (!leads_somewhere(output, destination)) {
            fault = fmt::format("Destination {} is not in the output schema", destination);
        } else if (!taken.insert(destination).second) {
            fault = fmt::format("Destination {} is mapped twice", destination);
        }
        faults.push_back(std::move(fault));
    }
    return faults;
}

} // namespace penstock::emulator
