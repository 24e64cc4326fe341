#include "manifest/node.hpp"

#include "json/pointer.hpp"

#include <algorithm>
#include <charconv>

namespace penstock::manifest {

namespace {

/// A member or element, and the place that a reader takes for its name.
struct Child {
    const Node* node = nullptr;
    Span label; ///< of the key, or of an element itself
};

Child child(const Node& parent, const std::string& step) {
    if (parent.is_sequence) {
        std::size_t index = 0;
        const char* end = step.data() + step.size();
        const auto [stop, error] = std::from_chars(step.data(), end, index);
        if (error == std::errc{} && stop == end && index < parent.items.size()) {
            return {&parent.items[index], parent.items[index].span};
        }
    } else if (const Entry* entry = parent.entry(step)) {
        return {&entry->value, entry->span};
    }
    return {};
}

} // namespace

const Entry* Node::entry(std::string_view key) const {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &*found;
}

const Node* Node::find(std::string_view key) const {
    const Entry* found = entry(key);
    return found == nullptr || found->value.is_absent() ? nullptr : &found->value;
}

json::Value to_json(const Node& node) {
    if (node.is_mapping) {
        json::Object object;
        for (const auto& entry : node.entries) {
            object.append(entry.key, to_json(entry.value));
        }
        return object;
    }
    if (node.is_sequence) {
        json::Array array;
        for (const auto& item : node.items) {
            array.push_back(to_json(item));
        }
        return array;
    }
    return node.scalar;
}

const Node& at(const Node& root, std::string_view pointer) {
    const Node* node = &root;
    for (const auto& step : json::steps(pointer)) {
        const auto next = child(*node, step);
        if (next.node == nullptr) {
            break;
        }
        node = next.node;
    }
    return *node;
}

} // namespace penstock::manifest
