#include "live/mapping_set_list.hpp"

#include "live/mapping_sets.hpp"

#include <algorithm>
#include <utility>

namespace penstock::live {

using json::Value;

bool is_outline(const Value& set) {
    const auto& mappings = set["mappings"].as_array();
    return mappings.empty() || !set["inputSchema"].is_object() ||
           !set["outputSchema"].is_object() ||
           std::any_of(mappings.begin(), mappings.end(), [](const auto& mapping) {
               return mapping["sourceType"].is_null() || mapping["source"].is_null() ||
                      mapping["destination"].is_null();
           });
}

void MappingSetList::read_ahead(std::set<std::string> names) {
    if (names.size() >= gets_for_a_page) {
        ahead_ = std::move(names);
        ahead_pages_ = pages_of(ahead_.size());
        ask(1);
    }
}

void MappingSetList::ask(std::size_t pages) {
    for (; pages > 0; --pages) {
        ask_at(asked_++ * step_);
    }
}

void MappingSetList::ask_at(std::size_t start) {
    flow::MappingSetRange range{start, page_size};
    range.urgency = start == 0 && ahead_pages_ > 1 ? 2 : 1; // others may follow it
    client_.data_prep().mapping_set_page(range, compared_part,
                                         [this, start](Result<flow::MappingSetPage> page) {
                                             if (page) {
                                                 add(start, std::move(*page));
                                             } else {
                                                 goes_on_ = false;
                                             }
                                         });
}

void MappingSetList::add(std::size_t start, flow::MappingSetPage page) {
    const auto count = page.sets.size();
    const auto known = shown_.size();
    for (auto& set : page.sets) {
        if (const auto& id = set["id"].as_string(); !id.empty() && shown_.insert(id).second) {
            if (!is_outline(set)) {
                found_ahead_ += ahead_.erase(set["name"].as_string());
            }
            arrived_.push_back(std::move(set));
        }
    }
    if (shown_.size() == known || (count < step_ && !page.has_next)) {
        goes_on_ = false; // at its end, or where it has been
    } else if (start == 0 && count < step_) {
        step_ = count; // the service makes smaller pages
    }
    const auto affordable = std::min(1 + found_ahead_ / gets_for_a_page, ahead_pages_);
    if (goes_on_ && !ahead_.empty() && asked_ < affordable) {
        ask(affordable - asked_);
    }
}

} // namespace penstock::live
