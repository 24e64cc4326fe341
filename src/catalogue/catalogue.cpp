#include "catalogue/catalogue.hpp"

#include "catalogue/embedded.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace penstock::catalogue {

namespace {

std::string_view keyword(Workflow workflow) {
    switch (workflow) {
    case Workflow::datasets:
        return "DATASETS";
    case Workflow::segments:
        return "SEGMENTS";
    }
    return {};
}

/// The workflow that a parameter's `conditional` names. A condition on `fileType` narrows to
/// segments too, since only they have one.
std::optional<Workflow> workflow_of(const json::Value& conditional) {
    const auto& field = conditional["field"].as_string();
    if (field == "flowSpec.attributes._workflow") {
        return conditional["operator"].as_string() == "CONTAINS" ? Workflow::datasets
                                                                 : Workflow::segments;
    }
    if (field == "fileType") {
        return Workflow::segments;
    }
    return std::nullopt;
}

std::vector<std::string> values_of(const json::Value& schema) {
    std::vector<std::string> values;
    for (const auto& value : schema["enum"].as_array()) {
        values.push_back(value.as_string());
    }
    for (const auto& choice : schema["oneOf"].as_array()) {
        if (choice["const"].is_string()) {
            values.push_back(choice["const"].as_string());
        }
    }
    return values;
}

std::vector<Parameter> parameters_of(const json::Value& schema) {
    const auto& required = schema["required"].as_array();
    std::vector<Parameter> parameters;
    for (const auto& [name, property] : schema["properties"].as_object()) {
        Parameter parameter;
        parameter.name = name;
        parameter.title = property["title"].is_string() ? property["title"].as_string() : name;
        parameter.description = property["description"].as_string();
        parameter.type = property["type"].as_string();
        parameter.required =
            std::find(required.begin(), required.end(), json::Value(name)) != required.end();
        parameter.secret = property["format"].as_string() == "password";
        parameter.pattern = property["pattern"].as_string();
        parameter.values = values_of(property);
        parameter.members = parameters_of(property);
        parameter.default_value = property["default"];
        parameter.only_for = workflow_of(property["conditional"]);
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

/// The id that a file gives for a workflow; a disputed one is what only some documents say.
std::string flow_spec_of(const json::Value& file, Workflow workflow, bool disputed = false) {
    for (const auto& spec : file["flowSpecs"].as_array()) {
        if (spec["workflow"].as_string() == keyword(workflow) &&
            spec["disputed"].as_bool() == disputed) {
            return spec["id"].as_string();
        }
    }
    return {};
}

Result<std::optional<EncryptionSpec>> encryption_of(const json::Value& file) {
    const auto& encryption = file["encryption"];
    if (!encryption.is_object()) {
        return std::nullopt;
    }
    const auto& place = encryption["place"].as_string();
    const auto& specs = file["connectionSpec"]["encryptionSpecs"].as_array();
    if ((place != "connection" && place != "target") || specs.empty()) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("destination {}: `encryption` needs the place `connection` or "
                                "`target`, and `connectionSpec.encryptionSpecs`",
                                file["slug"].as_string()));
    }
    const auto& schema = specs.front()["spec"];
    return EncryptionSpec{place == "target" ? EncryptionPlace::target : EncryptionPlace::connection,
                          encryption["specName"].as_string(), parameters_of(schema), schema};
}

Result<Destination> read_destination(std::string_view text) {
    auto file = json::parse(text);
    if (!file) {
        return fail(std::move(file.error()));
    }
    const auto& spec = (*file)["connectionSpec"];
    Destination destination;
    destination.slug = (*file)["slug"].as_string();
    destination.title = (*file)["title"].as_string();
    destination.description = (*file)["description"].as_string();
    destination.connection_spec_id = spec["id"].as_string();
    destination.connection_spec_version = spec["version"].as_string();
    destination.dataset_flow_spec_id = flow_spec_of(*file, Workflow::datasets);
    destination.segment_flow_spec_id = flow_spec_of(*file, Workflow::segments);
    destination.other_segment_flow_spec_id = flow_spec_of(*file, Workflow::segments, true);
    destination.target_constants = (*file)["targetConstants"].as_object();
    destination.target_spec = spec["targetSpec"]["spec"];
    destination.target_parameters = parameters_of(destination.target_spec);
    for (const auto& auth : spec["authSpec"].as_array()) {
        destination.auth_specs.push_back({auth["name"].as_string(), auth["type"].as_string(),
                                          auth["spec"]["description"].as_string(),
                                          parameters_of(auth["spec"]), auth["spec"]});
    }
    for (const auto& frequency : (*file)["longFrequencies"].as_array()) {
        destination.long_frequencies.push_back(frequency.as_string());
    }
    auto encryption = encryption_of(*file);
    if (!encryption) {
        return fail(std::move(encryption.error()));
    }
    destination.encryption = std::move(*encryption);
    for (const auto& [field, value] :
         {std::pair<std::string_view, const std::string&>{"slug", destination.slug},
          {"title", destination.title},
          {"connectionSpec.id", destination.connection_spec_id},
          {"connectionSpec.version", destination.connection_spec_version},
          {"flowSpecs", destination.dataset_flow_spec_id}}) {
        if (value.empty()) {
            return fail(ErrorKind::invalid_input,
                        fmt::format("destination {}: `{}` is missing", destination.slug, field));
        }
    }
    if (destination.target_parameters.empty()) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("destination {}: `connectionSpec.targetSpec` has no properties",
                                destination.slug));
    }
    return destination;
}

} // namespace

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

std::vector<const Parameter*> Destination::target_parameters_for(Workflow workflow) const {
    std::vector<const Parameter*> parameters;
    for (const auto& parameter : target_parameters) {
        if (!parameter.only_for || *parameter.only_for == workflow) {
            parameters.push_back(&parameter);
        }
    }
    return parameters;
}

json::Value Destination::target_schema(Workflow workflow) const {
    json::Object properties;
    json::Array required;
    for (const auto* parameter : target_parameters_for(workflow)) {
        json::Value property = target_spec["properties"][parameter->name];
        property.make_object().erase("conditional"); // the service's own word, not JSON Schema's
        properties.append(parameter->name, std::move(property));
        if (parameter->required) {
            required.emplace_back(parameter->name);
        }
    }
    return json::Object{{"type", "object"},
                        {"properties", std::move(properties)},
                        {"required", std::move(required)},
                        {"additionalProperties", false}};
}

json::Object Destination::with_defaults(json::Object target_params) const {
    for (const auto& parameter : target_parameters) {
        const auto& conditional = target_spec["properties"][parameter.name]["conditional"];
        const auto* decisive = target_params.find(conditional["field"].as_string());
        if (parameter.members.empty() || decisive == nullptr || *decisive != conditional["value"]) {
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

std::optional<Workflow> Destination::workflow_of(const json::Value& target_params) const {
    for (const auto& parameter : target_parameters) {
        if (parameter.only_for && target_params.as_object().contains(parameter.name)) {
            return parameter.only_for;
        }
    }
    return std::nullopt;
}

Result<Catalogue> Catalogue::read(const std::vector<std::string_view>& texts) {
    Catalogue catalogue;
    for (const auto text : texts) {
        auto destination = read_destination(text);
        if (!destination) {
            return fail(std::move(destination.error()));
        }
        if (catalogue.find(destination->slug) != nullptr) {
            return fail(ErrorKind::invalid_input,
                        fmt::format("destination {} stands twice", destination->slug));
        }
        catalogue.destinations_.push_back(std::move(*destination));
    }
    std::sort(catalogue.destinations_.begin(), catalogue.destinations_.end(),
              [](const auto& a, const auto& b) { return a.slug < b.slug; });
    return catalogue;
}

const Catalogue& Catalogue::embedded() {
    static const Catalogue catalogue = [] {
        std::vector<std::string_view> texts;
        for (const auto& file : embedded_destinations()) {
            texts.push_back(file.text);
        }
        auto result = read(texts);
        if (!result) {
            throw std::logic_error(result.error().message); // a test reads them all
        }
        return std::move(*result);
    }();
    return catalogue;
}

const Destination* Catalogue::find(std::string_view slug) const {
    const auto found =
        std::find_if(destinations_.begin(), destinations_.end(),
                     [&](const auto& destination) { return destination.slug == slug; });
    return found == destinations_.end() ? nullptr : &*found;
}

const Destination* Catalogue::find_by_connection_spec(std::string_view id) const {
    const auto found =
        std::find_if(destinations_.begin(), destinations_.end(),
                     [&](const auto& destination) { return destination.connection_spec_id == id; });
    return found == destinations_.end() ? nullptr : &*found;
}

std::vector<std::string> Catalogue::slugs() const {
    std::vector<std::string> slugs;
    for (const auto& destination : destinations_) {
        slugs.push_back(destination.slug);
    }
    return slugs;
}

} // namespace penstock::catalogue
