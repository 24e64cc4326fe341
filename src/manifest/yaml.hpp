#pragma once

#include "manifest/complaints.hpp"
#include "manifest/node.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace penstock::manifest {

/// Bounds that keep a hostile or broken file from costing more than its size.
struct YamlLimits {
    std::size_t bytes = std::size_t{10} * 1024 * 1024;
    std::size_t depth = 64;
    std::size_t alias_nodes = 100'000; ///< that aliases may add to one file
};

/// What a file holds. Documents that cannot be read are left out and complained about.
struct YamlFile {
    std::vector<Node> documents; ///< never empty ones
    Complaints complaints;
};

/// Reads all YAML documents of a file. A pure function of the text; never throws and never hangs.
YamlFile read_yaml(const std::shared_ptr<const Source>& source, const YamlLimits& limits = {});

} // namespace penstock::manifest
