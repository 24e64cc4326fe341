#include "manifest/other_kind.hpp"

#include "json/pointer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::manifest {

namespace {

/// The field that lists what exports of a kind carry.
constexpr std::string_view list_of(Kind kind) {
    return kind == Kind::dataset_export ? "datasets" : "segments";
}

const json::Value& resolve(const json::Value& schema) {
    const auto& reference = schema["$ref"].as_string();
    const auto* target = reference.empty()
                             ? nullptr
                             : json::find(manifest_schema(), std::string_view(reference).substr(1));
    return target == nullptr ? schema : *target;
}

/// What the kind's schema says of the mapping at a path such as `spec.schedule`.
const json::Value& schema_at(Kind kind, std::string_view path) {
    const json::Value* schema = &manifest_schema()["definitions"][name(kind)];
    while (!path.empty()) {
        const auto dot = std::min(path.find('.'), path.size());
        schema = &resolve((*schema)["properties"][path.substr(0, dot)]);
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return *schema;
}

bool is_required(Kind kind, const Fault& fault) {
    const auto& fields = schema_at(kind, fault.path)["required"].as_array();
    return std::any_of(fields.begin(), fields.end(),
                       [&](const auto& field) { return field.as_string() == fault.field; });
}

} // namespace

std::optional<Kind> other_kind(const Document& document) {
    if (document.kind != Kind::dataset_export && document.kind != Kind::segment_export) {
        return std::nullopt;
    }
    const Kind other =
        document.kind == Kind::dataset_export ? Kind::segment_export : Kind::dataset_export;
    const Node* spec = document.root->find("spec");
    if (spec == nullptr || spec->entry(list_of(other)) == nullptr ||
        spec->entry(list_of(document.kind)) != nullptr) {
        return std::nullopt;
    }
    return other;
}

void complain_about_kind(const Document& document, Kind other, Complaints& complaints) {
    const Entry* list = document.root->find("spec")->entry(list_of(other));
    complaints.add(
        document.place(document.root->entry("kind")->value.span),
        {"wrong-kind",
         fmt::format("this looks like a {}: it has `{}`, and no `{}`", name(other), list_of(other),
                     list_of(document.kind)),
         fmt::format("write `kind: {}`, or list `{}`", name(other), list_of(document.kind))},
        document.place(list->span), fmt::format("`{}` is here", list->key));
}

bool explain_in_other_kind(Kind other, Fault& fault) {
    if (fault.code == "missing-field") {
        return is_required(other, fault);
    }
    if (fault.code != "unknown-field") {
        // Both kinds have a schedule, with other words for the same fields.
        return fault.path.find("spec.schedule.") != 0;
    }
    if (schema_at(other, fault.path)["properties"].as_object().find(fault.field) != nullptr) {
        fault.suggestion = belongs_to(other);
        return fault.path != "spec" || fault.field != list_of(other); // told at `kind`
    }
    return true;
}

std::string belongs_to(Kind kind) {
    return fmt::format("it belongs to kind {}", name(kind));
}

} // namespace penstock::manifest
