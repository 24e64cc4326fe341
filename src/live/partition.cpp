#include "live/partition.hpp"

#include <algorithm>

namespace penstock::live {

Expected expect(const model::DesiredGraph& desired) {
    Expected expected;
    for (const auto& entity : desired.entities) {
        const char* spec =
            entity.key.kind == model::EntityKind::flow ? "flowSpec" : "connectionSpec";
        ++expected[{entity.key.kind, entity.content[spec].as_string()}];
    }
    return expected;
}

std::size_t expected_of(model::EntityKind kind, const std::vector<std::string>& specs,
                        const Expected& expected) {
    std::size_t entities = 0;
    for (const auto& spec : specs) {
        const auto found = expected.find({kind, spec});
        entities += found == expected.end() ? 0 : found->second;
    }
    return entities;
}

std::set<std::string>
expected_mapping_sets(const model::DesiredGraph& desired,
                      const std::function<bool(const model::EntityKey&)>& concerns) {
    std::set<std::string> names;
    for (const auto& entity : desired.entities) {
        if (entity.key.kind == model::EntityKind::flow &&
            !entity.content["mapping"].as_object().empty() && (!concerns || concerns(entity.key))) {
            names.insert(entity.content["name"].as_string());
        }
    }
    return names;
}

std::size_t fewest_pages(const Expected& expected) {
    std::size_t pages = 0;
    for (const auto kind : model::all_entity_kinds) {
        std::size_t entities = 0;
        for (const auto& [spec, count] : expected) {
            entities += spec.first == kind ? count : 0;
        }
        pages += std::max<std::size_t>(1, (entities + list_page - 1) / list_page);
    }
    return pages;
}

std::vector<std::vector<std::string>>
partition(model::EntityKind kind, const std::vector<std::string>& specs, const Expected& expected) {
    struct List {
        std::vector<std::string> specs;
        std::size_t entities = 0;
    };
    std::vector<List> lists;
    List rest;
    for (const auto& spec : specs) {
        const auto entities = expected_of(kind, {spec}, expected);
        if (entities > list_page) {
            lists.push_back({{spec}, entities});
        } else {
            rest.specs.push_back(spec);
            rest.entities += entities;
        }
    }
    const auto shorter = [](const auto& a, const auto& b) { return a.entities < b.entities; };
    const auto shortest = std::min_element(lists.begin(), lists.end(), shorter);
    const auto longest = std::max_element(lists.begin(), lists.end(), shorter);
    if (shortest != lists.end() &&
        (rest.entities == 0 || shortest->entities + rest.entities <= longest->entities)) {
        shortest->specs.insert(shortest->specs.end(), rest.specs.begin(), rest.specs.end());
    } else if (!rest.specs.empty()) {
        lists.push_back(std::move(rest));
    }
    std::vector<std::vector<std::string>> result;
    for (auto& list : lists) {
        result.push_back(std::move(list.specs));
    }
    return result;
}

} // namespace penstock::live
