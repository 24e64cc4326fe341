#pragma once

#include "manifest/yaml.hpp"

#include <memory>

namespace penstock::manifest {

/// Reads the one document that may stand in `part` of the source, between two `---` lines, into
/// `file`. `alias_nodes` is what is left of the file's budget for aliases.
void read_part(const std::shared_ptr<const Source>& source, Span part, const YamlLimits& limits,
               std::size_t& alias_nodes, YamlFile& file);

} // namespace penstock::manifest
