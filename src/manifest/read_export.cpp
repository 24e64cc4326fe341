#include "manifest/read_export.hpp"

#include "manifest/other_kind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace penstock::manifest {

namespace {

/// Where documents of the platform have the encryption of a target's files, or of parts of it.
constexpr std::array<std::string_view, 4> encryption_fields{"encryption", "encryptionSpecs",
                                                            "encryptionAlgo", "publicKey"};

/// The parameter that one workflow has in the place of the other's.
constexpr std::string_view file_type_of(catalogue::Workflow workflow) {
    return workflow == catalogue::Workflow::datasets ? "datasetFileType" : "fileType";
}

/// What a parameter is about that belongs to the other workflow.
void explain_foreign(Fault& fault, catalogue::Workflow workflow) {
    if (workflow == catalogue::Workflow::segments) {
        fault.code = "dataset-parameter";
        fault.message = fmt::format("`{}` belongs to exports of datasets", fault.field);
        fault.suggestion = "the format of a segment export is `fileType`: CSV, JSON or PARQUET";
        return;
    }
    fault.code = "segment-parameter";
    fault.message = fmt::format("`{}` belongs to exports of segments", fault.field);
    fault.suggestion = fault.field == "fileType"
                           ? "the format of a dataset export is `datasetFileType`"
                           : "remove it; a dataset export writes no CSV";
}

/// What a field that the target does not know is probably about.
void explain_unknown(Fault& fault, const catalogue::Destination& destination,
                     const catalogue::TargetVariant& variant, catalogue::Workflow workflow,
                     std::optional<Kind> other) {
    const auto* parameter = destination.find_target_parameter(fault.field);
    if (parameter != nullptr && parameter->only_for && parameter->only_for != workflow) {
        explain_foreign(fault, workflow);
        if (other) {
            fault.suggestion = belongs_to(*other);
        }
        return;
    }
    if (variant.constants.contains(fault.field)) {
        fault.suggestion = "remove it; penstock sends it with every target";
        return;
    }
    fault.message = fmt::format("{} has no target parameter `{}`", destination.title, fault.field);
    if (std::find(encryption_fields.begin(), encryption_fields.end(), fault.field) !=
        encryption_fields.end()) {
        fault.suggestion = "files are encrypted by the account: write `encryption` there";
    }
}

/// `null` in place of text is more often YAML's null than what somebody wants.
void explain_empty(Fault& fault) {
    if (fault.field == "nullValue" || fault.field == "emptyValue") {
        fault.suggestion = "without quotes YAML takes it for no value: write \"null\" or \"\"";
    }
}

} // namespace

void read_export(const Document& document, Export& result, Complaints& complaints) {
    result.metadata = read_metadata(document);
    const Node* spec = document.root->find("spec");
    if (spec == nullptr) {
        return;
    }
    result.description = read_description(document, *spec, complaints);
    if (const Node* account = spec->find("account")) {
        result.account = account->string();
    }
    if (const Node* destination = spec->find("destination")) {
        result.destination = to_json(*destination).as_object();
    }
    if (const Node* enabled = spec->find("enabled")) {
        result.enabled = enabled->scalar.as_bool(true);
    }
}

const Entry* check_target_parameters(const Document& document,
                                     const catalogue::Destination& destination,
                                     std::string_view auth_spec, catalogue::Workflow workflow,
                                     Complaints& complaints) {
    const Node* spec = document.root->find("spec");
    const Entry* target = spec == nullptr ? nullptr : spec->entry("destination");
    if (target == nullptr || !target->value.is_mapping) {
        return nullptr;
    }
    const auto other_type =
        file_type_of(workflow == catalogue::Workflow::datasets ? catalogue::Workflow::segments
                                                               : catalogue::Workflow::datasets);
    const auto& variant = destination.variant(auth_spec, to_json(target->value));
    const json::Value schema = destination.target_schema(workflow, variant);
    auto faults = check_structure(schema, schema, target->value,
                                  {std::string(target_path), target->span, {}});
    const auto other = other_kind(document);
    for (auto& fault : faults) {
        const bool of_target = fault.path == target_path;
        if (of_target && fault.code == "unknown-field") {
            explain_unknown(fault, destination, variant, workflow, other);
        } else if (of_target && fault.code == "missing-field") {
            if (fault.field == file_type_of(workflow) &&
                (other || target->value.entry(other_type) != nullptr)) {
                continue; // the other workflow's field, or `kind`, is complained about
            }
            fault.message =
                fmt::format("a target of {} needs the field `{}`", destination.title, fault.field);
        } else if (fault.code == "empty-value") {
            explain_empty(fault);
        }
        complain(document, fault, complaints);
    }
    return target;
}

std::string pointer_of(std::string_view path) {
    std::string pointer = "/";
    for (const char c : path) {
        if (c == '.' || c == '[') {
            pointer += '/';
        } else if (c != ']') {
            pointer += c;
        }
    }
    return pointer;
}

} // namespace penstock::manifest
