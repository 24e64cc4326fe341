#include "catalogue/catalogue.hpp"

#include <algorithm>
#include <utility>

namespace penstock::catalogue {

const AuthSpec* Destination::find_auth_spec(std::string_view name) const {
    const auto found = std::find_if(auth_specs.begin(), auth_specs.end(),
                                    [&](const auto& spec) { return spec.name == name; });
    return found == auth_specs.end() ? nullptr : &*found;
}

const Parameter* Destination::find_target_parameter(std::string_view name) const {
    const auto found = std::find_if(target_parameters.begin(), target_parameters.end(),
                                    [&](const auto& parameter) { return parameter.name == name; });
    return found == target_parameters.end() ? nullptr : &*found;
}

namespace {

bool knows(const Destination& destination, const std::string& name) {
    const auto& variants = destination.target_variants;
    return name == "encryptionSpecs" || destination.find_target_parameter(name) != nullptr ||
           std::any_of(variants.begin(), variants.end(),
                       [&](const auto& variant) { return variant.constants.contains(name); });
}

bool knows(const Parameter& parameter, const std::string& member) {
    return std::any_of(parameter.members.begin(), parameter.members.end(),
                       [&](const auto& known) { return known.name == member; });
}

/// Those of `params` that the destination knows, or the others.
json::Object part_of(const json::Object& params, const Destination& destination, bool known) {
    json::Object result;
    for (const auto& [name, value] : params) {
        const auto* parameter = destination.find_target_parameter(name);
        if (parameter == nullptr || parameter->members.empty() || !value.is_object()) {
            if (knows(destination, name) == known) {
                result.append(name, value);
            }
            continue;
        }
        json::Object members;
        for (const auto& [member, content] : value.as_object()) {
            if (knows(*parameter, member) == known) {
                members.append(member, content);
            }
        }
        if (known || !members.empty()) {
            result.append(name, std::move(members));
        }
    }
    return result;
}

} // namespace

json::Object Destination::known(const json::Object& params) const {
    return part_of(params, *this, true);
}

json::Object Destination::unknown(const json::Object& params) const {
    return part_of(params, *this, false);
}

std::vector<const Parameter*> Destination::target_parameters_for(Workflow workflow) const {
    std::vector<const Parameter*> parameters;
    for (const auto& parameter : target_parameters) {
        if (!parameter.only_for || *parameter.only_for == workflow) {
            parameters.push_back(&parameter);
        }
    }
    return parameters;
}

const TargetVariant& Destination::variant(std::string_view auth_spec,
                                          const json::Value& target_params) const {
    const auto named = std::find_if(
        target_variants.begin(), target_variants.end(), [&](const TargetVariant& variant) {
            return std::find(variant.auth_specs.begin(), variant.auth_specs.end(), auth_spec) !=
                   variant.auth_specs.end();
        });
    if (named != target_variants.end()) {
        return *named;
    }
    // Parameters that several places share must not decide for the first: the share does.
    const auto likeness = [&](const TargetVariant& variant) {
        const auto present = std::count_if(
            variant.parameters.begin(), variant.parameters.end(),
            [&](const auto& name) { return target_params.as_object().contains(name); });
        return static_cast<double>(present) /
               static_cast<double>(std::max<std::size_t>(variant.parameters.size(), 1));
    };
    return *std::max_element(
        target_variants.begin(), target_variants.end(),
        [&](const auto& a, const auto& b) { return likeness(a) < likeness(b); });
}

json::Object Destination::complete(json::Object target_params, std::string_view auth_spec) const {
    for (const auto& [name, value] : variant(auth_spec, target_params).constants) {
        if (!target_params.contains(name)) {
            target_params[name] = value;
        }
    }
    for (const auto& parameter : target_parameters) {
        const auto* written = target_params.find(parameter.name);
        if (parameter.members.empty()) {
            if (written != nullptr && !parameter.default_value.is_null() &&
                *written == parameter.default_value) {
                target_params.erase(parameter.name);
            }
            continue;
        }
        const auto& conditional = target_spec["properties"][parameter.name]["conditional"];
        const auto* decisive = target_params.find(conditional["field"].as_string());
        if (decisive == nullptr || *decisive != conditional["value"]) {
            continue;
        }
        auto& members = target_params[parameter.name].make_object();
        for (const auto& member : parameter.members) {
            if (!members.contains(member.name)) {
                members[member.name] = member.default_value;
            }
        }
    }
    return target_params;
}

bool Destination::takes(Workflow workflow) const {
    return workflow == Workflow::datasets
               ? !dataset_flow_spec_id.empty()
               : !segment_flow_spec_id.empty() || !segment_flow_spec_name.empty();
}

std::optional<Workflow> Destination::workflow_of(const json::Value& target_params) const {
    for (const auto& parameter : target_parameters) {
        if (parameter.only_for && target_params.as_object().contains(parameter.name)) {
            return parameter.only_for;
        }
    }
    return std::nullopt;
}

} // namespace penstock::catalogue
