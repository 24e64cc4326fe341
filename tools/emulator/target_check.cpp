#include "emulator/target_check.hpp"

#include "emulator/schema_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::emulator {

namespace {

bool is_parameter(const TargetVariant& variant, std::string_view name) {
    return std::find(variant.parameters.begin(), variant.parameters.end(), name) !=
           variant.parameters.end();
}

/// True if some variant has the parameter, so that it tells variants apart.
bool is_of_a_variant(const DestinationSpec& destination, std::string_view name) {
    return std::any_of(destination.variants.begin(), destination.variants.end(),
                       [&](const TargetVariant& variant) { return is_parameter(variant, name); });
}

bool is_complete(const TargetVariant& variant, const json::Value& params) {
    return std::all_of(variant.parameters.begin(), variant.parameters.end(),
                       [&](const std::string& name) { return params.as_object().contains(name); });
}

Outcome<void> check_variant(const json::Value& params, const DestinationSpec& destination) {
    const auto* variant = variant_of(params, destination);
    if (variant == nullptr) {
        return plain(400, params["mode"].is_null()
                              ? "params lacks the parameters of a storage of this destination"
                              : "params.mode is no storage of this destination");
    }
    for (const auto& name : variant->parameters) {
        if (!params.as_object().contains(name)) {
            return plain(400, fmt::format("params lacks {}", name));
        }
    }
    json::Value rest = params;
    for (const auto& [name, constant] : variant->constants) {
        if (params.as_object().contains(name) && params[name] != constant) {
            return plain(400, fmt::format("params.{} is {}", name, constant.as_string()));
        }
        rest.make_object().erase(name);
    }
    for (const auto& [name, value] : rest.as_object()) {
        if (is_of_a_variant(destination, name) && !is_parameter(*variant, name)) {
            return plain(400, fmt::format("params.{} is of another storage", name));
        }
    }
    return check_schema(destination.spec["targetSpec"]["spec"], rest, "params");
}

} // namespace

const TargetVariant* variant_of(const json::Value& params, const DestinationSpec& destination) {
    const auto& variants = destination.variants;
    const auto found = std::find_if(variants.begin(), variants.end(), [&](const auto& variant) {
        return params["mode"].is_null() ? is_complete(variant, params)
                                        : json::Value(variant.constants)["mode"] == params["mode"];
    });
    return found == variants.end() ? nullptr : &*found;
}

Outcome<void> check_encryption(const json::Value& params, const json::Value& spec, bool is_place) {
    const auto& offered = spec["encryptionSpecs"].as_array();
    if (offered.empty()) {
        return plain(400, "This connection spec has no encryption");
    }
    if (!is_place) {
        return plain(400, "encryptionSpecs is not a field of this entity");
    }
    return check_schema(offered.front()["spec"], params, "encryptionSpecs");
}

Outcome<void> check_target_params(const json::Value& params, const DestinationSpec& destination,
                                  const Settings& settings) {
    if (!destination.variants.empty()) {
        return check_variant(params, destination);
    }
    json::Value rest = params;
    if (const auto& mode = params["mode"]; !mode.is_null()) {
        if (mode.as_string() != destination.mode) {
            return plain(400, fmt::format("params.mode is {}", destination.mode));
        }
        rest.make_object().erase("mode");
    }
    if (const auto& encryption = params["encryptionSpecs"]; !encryption.is_null()) {
        if (auto checked = check_encryption(encryption, destination.spec,
                                            settings.encryption_place == EncryptionPlace::target);
            !checked) {
            return checked;
        }
        rest.make_object().erase("encryptionSpecs");
    }
    if (auto checked = check_schema(destination.spec["targetSpec"]["spec"], rest, "params");
        !checked) {
        return checked;
    }
    const auto& members = params.as_object();
    if (members.contains("fileType") == members.contains("datasetFileType")) {
        return plain(400, "params has exactly one of fileType and datasetFileType");
    }
    if (members.contains("csvOptions") && params["fileType"].as_string() != "CSV") {
        return plain(400, "params.csvOptions goes with fileType CSV only");
    }
    if (settings.json_none == JsonNone::reject && params["datasetFileType"].as_string() == "JSON" &&
        params["compression"].as_string() != "GZIP") {
        return plain(400, "JSON datasets need compression GZIP");
    }
    return {};
}

} // namespace penstock::emulator
