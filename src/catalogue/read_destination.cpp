#include "catalogue/read_destination.hpp"

#include "json/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

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
        parameter.returned_as = property["returnedAs"].as_string();
        parameter.only_for = workflow_of(property["conditional"]);
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

std::vector<std::string> texts(const json::Value& list) {
    std::vector<std::string> result;
    for (const auto& item : list.as_array()) {
        result.push_back(item.as_string());
    }
    return result;
}

/// What a file says of the flow spec of a workflow; a disputed one is what only some documents say.
const json::Value& flow_spec_of(const json::Value& file, Workflow workflow, bool disputed = false) {
    static const json::Value none;
    for (const auto& spec : file["flowSpecs"].as_array()) {
        if (spec["workflow"].as_string() == keyword(workflow) &&
            spec["disputed"].as_bool() == disputed) {
            return spec;
        }
    }
    return none;
}

void read_flow_specs(const json::Value& file, Destination& destination) {
    const auto& segments = flow_spec_of(file, Workflow::segments);
    destination.dataset_flow_spec_id = flow_spec_of(file, Workflow::datasets)["id"].as_string();
    destination.segment_flow_spec_id = segments["id"].as_string();
    if (destination.segment_flow_spec_id.empty()) {
        destination.segment_flow_spec_name = segments["name"].as_string();
    }
    destination.other_segment_flow_spec_id =
        flow_spec_of(file, Workflow::segments, true)["id"].as_string();
}

std::vector<TargetVariant> variants_of(const json::Value& file) {
    std::vector<TargetVariant> variants;
    for (const auto& variant : file["targetVariants"].as_array()) {
        variants.push_back({texts(variant["authSpecs"]), texts(variant["parameters"]),
                            variant["constants"].as_object()});
    }
    if (variants.empty()) {
        variants.push_back({{}, {}, file["targetConstants"].as_object()});
    }
    return variants;
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

/// What is missing or names nothing, as a person who writes such a file has to know; else empty.
std::string fault_of(const Destination& destination) {
    const std::string flow_specs = destination.dataset_flow_spec_id +
                                   destination.segment_flow_spec_id +
                                   destination.segment_flow_spec_name;
    for (const auto& [field, value] :
         {std::pair<std::string_view, const std::string&>{"slug", destination.slug},
          {"title", destination.title},
          {"connectionSpec.id", destination.connection_spec_id},
          {"connectionSpec.version", destination.connection_spec_version},
          {"flowSpecs", flow_specs}}) {
        if (value.empty()) {
            return fmt::format("`{}` is missing", field);
        }
    }
    if (destination.target_parameters.empty()) {
        return "`connectionSpec.targetSpec` has no properties";
    }
    for (const auto& variant : destination.target_variants) {
        for (const auto& name : variant.auth_specs) {
            if (destination.find_auth_spec(name) == nullptr) {
                return fmt::format("`targetVariants` names the unknown auth spec {}", name);
            }
        }
        for (const auto& name : variant.parameters) {
            if (destination.find_target_parameter(name) == nullptr) {
                return fmt::format("`targetVariants` names the unknown parameter {}", name);
            }
        }
    }
    return {};
}

/// See TargetVariant::target_schema().
json::Value schema_of(const Destination& destination, Workflow workflow,
                      const TargetVariant& variant) {
    const auto listed = [](const TargetVariant& place, const std::string& name) {
        return std::find(place.parameters.begin(), place.parameters.end(), name) !=
               place.parameters.end();
    };
    json::Object properties;
    json::Array required;
    for (const auto* parameter : destination.target_parameters_for(workflow)) {
        const bool of_this = listed(variant, parameter->name);
        if (!of_this &&
            std::any_of(destination.target_variants.begin(), destination.target_variants.end(),
                        [&](const auto& other) { return listed(other, parameter->name); })) {
            continue;
        }
        json::Value property = destination.target_spec["properties"][parameter->name];
        property.make_object().erase("conditional"); // the service's own word, not JSON Schema's
        properties.append(parameter->name, std::move(property));
        if (parameter->required || of_this) {
            required.emplace_back(parameter->name);
        }
    }
    return json::Object{{"type", "object"},
                        {"properties", std::move(properties)},
                        {"required", std::move(required)},
                        {"additionalProperties", false}};
}

} // namespace

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
    destination.moved_to = (*file)["movedTo"].as_string();
    destination.connection_spec_id = spec["id"].as_string();
    destination.connection_spec_version = spec["version"].as_string();
    read_flow_specs(*file, destination);
    destination.target_variants = variants_of(*file);
    destination.target_data = (*file)["targetData"];
    destination.target_spec = spec["targetSpec"]["spec"];
    destination.target_parameters = parameters_of(destination.target_spec);
    for (const auto& auth : spec["authSpec"].as_array()) {
        destination.auth_specs.push_back({auth["name"].as_string(), auth["type"].as_string(),
                                          auth["spec"]["description"].as_string(),
                                          parameters_of(auth["spec"]), auth["spec"]});
    }
    destination.long_frequencies = texts((*file)["longFrequencies"]);
    destination.filename_tokens = {texts((*file)["filenameTokens"]["required"]),
                                   texts((*file)["filenameTokens"]["optional"])};
    destination.columns = (*file)["columns"].as_string() == "profileSelectors"
                              ? Columns::profile_selectors
                              : Columns::mapping_set;
    destination.shares_profile_store = (*file)["profileStore"].as_string() == "shared";
    auto encryption = encryption_of(*file);
    if (!encryption) {
        return fail(std::move(encryption.error()));
    }
    destination.encryption = std::move(*encryption);
    if (const auto fault = fault_of(destination); !fault.empty()) {
        return fail(ErrorKind::invalid_input,
                    fmt::format("destination {}: {}", destination.slug, fault));
    }
    for (auto& variant : destination.target_variants) {
        variant.dataset_schema = schema_of(destination, Workflow::datasets, variant);
        variant.segment_schema = schema_of(destination, Workflow::segments, variant);
    }
    return destination;
}

} // namespace penstock::catalogue
