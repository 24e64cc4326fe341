#include "manifest/guards.hpp"

#include "base/text.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::manifest {

namespace {

const Node* guards_node(const Document& project) {
    const Node* spec = project.root->find("spec");
    return spec == nullptr ? nullptr : spec->find("guards");
}

std::vector<std::string> strings(const Node* list) {
    std::vector<std::string> result;
    if (list != nullptr) {
        for (const auto& item : list->items) {
            result.push_back(item.string());
        }
    }
    return result;
}

std::size_t number(const Node* node, std::size_t otherwise) {
    return node == nullptr ? otherwise : static_cast<std::size_t>(node->scalar.as_integer());
}

void read_protected(const Document& project, const Entry& entry, Guards& guards,
                    Complaints& complaints) {
    const Node* labels = entry.value.find("labels");
    guards.protected_names = strings(entry.value.find("names"));
    if (labels == nullptr && guards.protected_names.empty()) {
        complaints.add(project.place(entry.span),
                       {"protects-nothing", "`spec.guards.protected` protects nothing",
                        "write `labels` or `names` into it, or remove it"});
        return;
    }
    if (labels != nullptr) {
        for (const auto& item : labels->items) {
            auto& set = guards.protected_labels.emplace_back();
            for (const auto& label : item.entries) {
                set.emplace(label.key, label.value.string());
            }
        }
    }
}

void read_environments(const Document& project, const Node& environments, Guards& guards,
                       Complaints& complaints) {
    std::vector<std::string> known;
    for (const auto& environment : project.root->find("spec")->find("environments")->entries) {
        known.push_back(environment.key);
    }
    for (const auto& item : environments.items) {
        guards.protected_environments.push_back(item.string());
        if (!contains(known, item.string())) {
            complaints.add(project.place(item.span),
                           {"unknown-environment",
                            fmt::format("there is no environment `{}`", shortened(item.string())),
                            choices_text(item.string(), known)});
        }
    }
}

void check_destination(const Guards& guards, const Document& project, const Document& document,
                       Complaints& complaints) {
    const Node* spec = document.root->find("spec");
    const Node* slug = spec == nullptr ? nullptr : spec->find("destination");
    if (slug == nullptr || !slug->is_string() || contains(guards.destinations, slug->string())) {
        return;
    }
    complaints.add(document.place(slug->span),
                   {"destination-not-allowed",
                    fmt::format("this project does not allow the destination `{}`", slug->string()),
                    fmt::format("it allows {}", enumerate(quoted(guards.destinations), "and"))},
                   project.place(guards_node(project)->entry("destinations")->span),
                   "the list is here");
}

void check_labels(const Guards& guards, const Document& project, const Document& document,
                  Complaints& complaints) {
    const Entry* metadata = document.root->entry("metadata");
    if (metadata == nullptr || !metadata->value.is_mapping) {
        return; // the schema has complained
    }
    const Entry* labels = metadata->value.entry("labels");
    std::vector<std::string> missing;
    for (const auto& label : guards.required_labels) {
        const Node* value = labels == nullptr ? nullptr : labels->value.find(label);
        if (value == nullptr || (value->is_string() && trimmed(value->string()).empty())) {
            missing.push_back(label);
        }
    }
    if (missing.empty()) {
        return;
    }
    std::string example;
    for (const auto& label : missing) {
        example += fmt::format("{}{}: ...", example.empty() ? "" : ", ", label);
    }
    complaints.add(
        document.place(labels == nullptr ? metadata->span : labels->span),
        {"missing-label",
         fmt::format("this project requires the {} {}", missing.size() == 1 ? "label" : "labels",
                     enumerate(quoted(missing), "and")),
         fmt::format("write `labels: {{{}}}` into `metadata`", example)},
        project.place(guards_node(project)->entry("requiredLabels")->span), "the list is here");
}

} // namespace

Guards read_guards(const Document& project, Complaints& complaints) {
    Guards guards;
    const Node* node = guards_node(project);
    if (node == nullptr) {
        return guards;
    }
    if (const Node* deletes = node->find("deletes")) {
        guards.delete_percent = number(deletes->find("percent"), guards.delete_percent);
        guards.delete_count = number(deletes->find("count"), guards.delete_count);
    }
    if (const Entry* entry = node->entry("protected")) {
        read_protected(project, *entry, guards, complaints);
        if (const Node* environments = entry->value.find("environments")) {
            read_environments(project, *environments, guards, complaints);
        }
    }
    guards.destinations = strings(node->find("destinations"));
    guards.required_labels = strings(node->find("requiredLabels"));
    return guards;
}

void check_guards(const Guards& guards, const Document& project, const Document& document,
                  Complaints& complaints) {
    if (document.kind == Kind::account && !guards.destinations.empty()) {
        check_destination(guards, project, document, complaints);
    }
    if (!guards.required_labels.empty()) {
        check_labels(guards, project, document, complaints);
    }
}

bool matches_name(std::string_view pattern, std::string_view name) {
    std::size_t at = 0;
    std::size_t place = 0;
    std::size_t star = std::string_view::npos; // the last one, and what it has taken so far
    std::size_t taken = 0;
    while (place < name.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            taken = place;
        } else if (at < pattern.size() && pattern[at] == name[place]) {
            ++at;
            ++place;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            place = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

std::string protection(const Guards& guards, std::string_view environment, std::string_view name,
                       const std::map<std::string, std::string>* labels) {
    const auto& environments = guards.protected_environments;
    if (!environments.empty() &&
        std::find(environments.begin(), environments.end(), environment) == environments.end()) {
        return {};
    }
    for (const auto& pattern : guards.protected_names) {
        if (matches_name(pattern, name)) {
            return pattern == name ? "its name" : fmt::format("its name ({})", pattern);
        }
    }
    if (labels == nullptr) {
        return {};
    }
    for (const auto& set : guards.protected_labels) {
        const bool all = std::all_of(set.begin(), set.end(), [&](const auto& label) {
            const auto found = labels->find(label.first);
            return found != labels->end() && found->second == label.second;
        });
        if (all) {
            std::vector<std::string> words;
            for (const auto& [label, value] : set) {
                words.push_back(fmt::format("{}={}", label, value));
            }
            return fmt::format("its {} {}", words.size() == 1 ? "label" : "labels",
                               enumerate(words));
        }
    }
    return {};
}

} // namespace penstock::manifest
