#pragma once

#include "json/value.hpp"
#include "manifest/node.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace penstock::manifest {

/// A disagreement between a document and its schema, in words for somebody who writes manifests.
struct Fault {
    std::string code;
    std::string message;
    std::string suggestion;
    std::string
        path; ///< of the value, e.g. `spec.datasets[0].id`; of the parent of a missing field
    std::string field;   ///< the unknown or missing field, or the last step of `path`
    Span span;           ///< what to underline
    bool secret = false; ///< the text at `span` is a secret and must not be shown
};

/// Where a walk starts and what it leaves to others.
struct StructureOptions {
    std::string path;        ///< of the node, e.g. `spec.destination`; empty for a document
    Span parent;             ///< where a missing field of the node itself is reported
    std::string_view opaque; ///< path of a mapping whose values are not looked at
};

/// Walks the node along a schema. `root` is what `#/definitions/...` counts from. Understands the
/// part of draft-07 that our schemas use; each fault comes once, at the innermost place.
std::vector<Fault> check_structure(const json::Value& schema, const json::Value& root,
                                   const Node& node, const StructureOptions& options);

/// True if a `pattern` of a schema accepts the text, which must not be longer than
/// `longest_matched`: std::regex needs stack for each character.
bool matches(const std::string& pattern, const std::string& text);
inline constexpr std::size_t longest_matched = 1024;

} // namespace penstock::manifest
