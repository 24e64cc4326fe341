#include "manifest/read_export.hpp"

#include "manifest/other_kind.hpp"
#include "manifest/target_faults.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::manifest {

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

bool check_workflow(const Document& document, const catalogue::Destination& destination,
                    catalogue::Workflow workflow, Complaints& complaints) {
    if (destination.takes(workflow)) {
        return true;
    }
    const Node* spec = document.root->find("spec");
    const Entry* account = spec == nullptr ? nullptr : spec->entry("account");
    if (account == nullptr || other_kind(document)) {
        return false; // complained about
    }
    const bool is_of_datasets = workflow == catalogue::Workflow::datasets;
    const std::string_view what = is_of_datasets ? "datasets" : "segments";
    complaints.add(document.place(account->value.span),
                   {fmt::format("no-{}", what),
                    fmt::format("the account is of {}, which takes no {}", destination.title, what),
                    is_of_datasets ? "choose an account of a storage destination, such as "
                                     "amazon-s3, or export segments: `kind: SegmentExport`"
                                   : "choose an account of another destination"});
    return false;
}

const Entry* check_target_parameters(const Document& document, const Export& written,
                                     const catalogue::Destination& destination,
                                     catalogue::Workflow workflow, Complaints& complaints) {
    const Node* spec = document.root->find("spec");
    const Entry* target = spec == nullptr ? nullptr : spec->entry("destination");
    if (target == nullptr || !target->value.is_mapping) {
        return nullptr;
    }
    const auto& variant = destination.variant(written.auth_spec, written.destination);
    const auto& schema = variant.target_schema(workflow);
    auto faults = check_structure(schema, schema, target->value,
                                  {std::string(target_path), target->span, {}});
    const TargetRules rules{destination, variant, workflow, written, other_kind(document)};
    for (const auto& fault : explain_target_faults(std::move(faults), rules)) {
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
