#include "manifest/columns.hpp"

#include "base/text.hpp"
#include "manifest/attributes.hpp"
#include "manifest/mapping.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::manifest {

namespace {

using catalogue::Columns;

/// The field that has the columns.
std::string_view field_of(Columns columns) {
    return columns == Columns::mapping_set ? "mapping" : "attributes";
}

/// The sources of a mapping as a list of attributes.
std::string as_attributes(const Node& mapping) {
    constexpr std::size_t most_shown = 10;
    std::vector<std::string> paths;
    bool is_whole = true;
    for (const auto& item : mapping.items) {
        const Node* source = item.find("source");
        const Node* type = item.find("sourceType");
        if (source == nullptr || source->string().empty() ||
            (type != nullptr && type->string() != "ATTRIBUTE") || paths.size() == most_shown) {
            is_whole = false;
        } else {
            paths.push_back(shortened(source->string()));
        }
    }
    if (paths.empty()) {
        return "write `attributes`, a list of paths such as person.name.firstName";
    }
    return fmt::format("write {}`attributes: [{}]`", is_whole ? "" : "paths alone, such as ",
                       fmt::join(paths, ", "));
}

/// The first attribute as a column of a mapping.
std::string as_mapping(const Node& attributes) {
    const auto path = std::find_if(attributes.items.begin(), attributes.items.end(),
                                   [](const Node& item) { return !item.string().empty(); });
    const std::string source =
        path == attributes.items.end() ? "person.name.firstName" : shortened(path->string());
    return fmt::format("write `mapping`, a list of columns such as {{source: {}, destination: {}}}",
                       source, without_dots(source));
}

/// `mapping` or `attributes` at a destination that takes the other.
void complain_about_field(const Document& document, const Entry& written,
                          const catalogue::Destination& destination, Complaints& complaints) {
    const bool has_mapping = destination.columns == Columns::mapping_set;
    complaints.add(document.place(written.span),
                   {fmt::format("{}-not-allowed", written.key),
                    has_mapping ? fmt::format("columns of {} are mapped: it takes no `attributes`",
                                              destination.title)
                                : fmt::format("{} exports attributes under their own names: it "
                                              "takes no `mapping`",
                                              destination.title),
                    has_mapping ? as_mapping(written.value) : as_attributes(written.value)});
}

void complain_about_both(const Document& document, const Entry& mapping, const Entry& attributes,
                         const catalogue::Destination* destination, Complaints& complaints) {
    const bool is_mapping_first = mapping.span.begin < attributes.span.begin;
    const Entry& first = is_mapping_first ? mapping : attributes;
    const Entry& second = is_mapping_first ? attributes : mapping;
    std::string help = "keep the one that the account's destination takes: `penstock catalog` "
                       "tells which";
    if (destination != nullptr) {
        help = fmt::format("{} takes `{}`: remove the other", destination->title,
                           field_of(destination->columns));
    }
    complaints.add(document.place(second.span),
                   {"mapping-and-attributes", "an export has `mapping` or `attributes`, not both",
                    std::move(help)},
                   document.place(first.span), fmt::format("`{}` is here", first.key));
}

void complain_about_none(const Document& document, const Entry* list, Columns columns,
                         Complaints& complaints) {
    const Span place = list == nullptr ? document.root->entry("spec")->span : list->span;
    complaints.add(document.place(place),
                   {"no-columns",
                    columns == Columns::mapping_set ? "the export maps no columns"
                                                    : "the export has no attributes",
                    fmt::format("write in `{}` what the files hold", field_of(columns)),
                    Severity::warning});
}

bool is_empty_list(const Entry& entry) {
    return entry.value.is_sequence && entry.value.items.empty();
}

} // namespace

void read_columns(const Document& document, const Node& spec,
                  const catalogue::Destination* destination, SegmentExport& result,
                  Complaints& complaints) {
    const Entry* mapping = spec.entry(field_of(Columns::mapping_set));
    const Entry* attributes = spec.entry(field_of(Columns::profile_selectors));
    Columns columns = mapping == nullptr && attributes != nullptr ? Columns::profile_selectors
                                                                  : Columns::mapping_set;
    if (destination != nullptr) {
        columns = destination->columns;
    }
    const Entry* list = columns == Columns::mapping_set ? mapping : attributes;
    const Entry* other = columns == Columns::mapping_set ? attributes : mapping;
    if (list != nullptr && other != nullptr) {
        complain_about_both(document, *mapping, *attributes, destination, complaints);
    } else if (other != nullptr) {
        complain_about_field(document, *other, *destination, complaints);
    } else if (list == nullptr || is_empty_list(*list)) {
        complain_about_none(document, list, columns, complaints);
    }
    KeyNames names{columns, {}, {}};
    if (list != nullptr) {
        names = columns == Columns::mapping_set
                    ? read_mapping(document, *list, result.mapping, complaints)
                    : read_attributes(document, *list, result.attributes, complaints);
    }
    // Keys beside the wrong field, or beside one that may be so, are right or not in the other.
    if (other != nullptr && (list == nullptr || destination == nullptr)) {
        names.is_sound = false;
    }
    read_keys(document, spec, names, result, complaints);
}

} // namespace penstock::manifest
