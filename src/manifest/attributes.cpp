#include "manifest/attributes.hpp"

#include "base/text.hpp"
#include "manifest/columns.hpp"
#include "manifest/source_path.hpp"
#include "manifest/wording.hpp"
#include "model/source_path.hpp"

#include <fmt/format.h>

#include <utility>

namespace penstock::manifest {

namespace {

/// What is wrong with the path of an attribute; nothing if it is sound.
std::optional<Complaint> fault_of(const std::string& path) {
    if (path.find('(') != std::string::npos) {
        return Complaint{"bad-source", "this is not a path",
                         "attributes are exported as they are: write a path such as "
                         "person.name.firstName"};
    }
    auto fault = check_source_path(path);
    if (!fault) {
        return std::nullopt;
    }
    return Complaint{std::move(fault->code), std::move(fault->message),
                     std::move(fault->suggestion)};
}

/// How answers of the service may show the attribute: the path of an identity as its namespace
/// alone (reference, section 4.5). Empty where nothing else can look the same.
std::string shown_as(const std::string& path) {
    if (auto space = identity_namespace(path)) {
        return *std::move(space);
    }
    auto steps = model::source_steps(path);
    return steps.size() == 1 ? std::move(steps.front()) : std::string();
}

} // namespace

KeyNames read_attributes(const Document& document, const Entry& list,
                         std::vector<std::string>& attributes, Complaints& complaints) {
    KeyNames names{catalogue::Columns::profile_selectors, {}, {}};
    names.is_sound = list.value.is_sequence;
    std::map<std::string_view, const Node*> seen;
    std::map<std::string, const Node*> looks;
    for (const auto& item : list.value.items) {
        const auto& path = item.string();
        if (path.empty()) {
            names.is_sound = false;
            continue; // the schema has complained
        }
        attributes.push_back(path);
        const auto [first, added] = seen.emplace(path, &item);
        if (!added) {
            complaints.add(document.place(item.span),
                           {"duplicate-attribute", "this attribute stands twice in the export",
                            "remove one of the two"},
                           document.place(first->second->span), "first written here");
            continue;
        }
        if (const auto look = shown_as(path); !look.empty()) {
            const auto [other, is_first] = looks.emplace(look, &item);
            if (!is_first) {
                complaints.add(document.place(item.span),
                               {"ambiguous-attribute",
                                fmt::format("answers of the platform show `{}` and `{}` alike",
                                            other->second->string(), path),
                                "keep the one that begins with identityMap"},
                               document.place(other->second->span), "first written here");
            }
        }
        if (auto fault = fault_of(path)) {
            complaints.add(document.place(item.span), std::move(*fault));
        }
        names.columns.insert(path);
        names.instead.emplace(without_dots(path), path);
        if (auto space = identity_namespace(path)) {
            names.instead.emplace(*space, path);
            names.namespaces.push_back(std::move(*space));
        }
    }
    if (attributes.size() > most_columns) {
        complaints.add(document.place(list.span),
                       {"too-many-attributes",
                        fmt::format("the export has {}; the platform allows {} for a destination",
                                    counted(attributes.size(), "attribute"), most_columns),
                        "leave out what nobody reads", Severity::warning});
    }
    return names;
}

} // namespace penstock::manifest
