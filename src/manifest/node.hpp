#pragma once

#include "json/value.hpp"
#include "manifest/source.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::manifest {

struct Entry;

/// One value of a YAML document with its place. Scalars are resolved as YAML 1.2's core schema has
/// it, except that text with a leading zero (`010`), `.inf`, `.nan`, numbers that are too large and
/// dates stay strings: none of them has one meaning for every reader. `yes`, `no`, `on` and `off`
/// are strings.
struct Node {
    Span span;          ///< of the value as written; of its key where nothing is written
    json::Value scalar; ///< unless this is a mapping or a sequence
    std::string text;   ///< a plain scalar as written; empty if quoted
    bool is_mapping = false;
    bool is_sequence = false;
    std::size_t size = 1; ///< how many nodes hang from here, this one included
    std::vector<Node> items;
    std::vector<Entry> entries;

    [[nodiscard]] bool is_string() const { return scalar.is_string(); }
    [[nodiscard]] bool is_absent() const { return !is_mapping && !is_sequence && scalar.is_null(); }
    /// The string, or an empty one.
    [[nodiscard]] const std::string& string() const { return scalar.as_string(); }
    [[nodiscard]] const Entry* entry(std::string_view key) const;
    /// The value of a mapping's key; null if there is none or nothing is written there.
    [[nodiscard]] const Node* find(std::string_view key) const;
};

/// One key of a mapping with its value.
struct Entry {
    std::string key;
    Span span; ///< of the key
    Node value;
};

json::Value to_json(const Node& node);

/// The node at an RFC 6901 pointer, or its nearest parent.
const Node& at(const Node& root, std::string_view pointer);

} // namespace penstock::manifest
