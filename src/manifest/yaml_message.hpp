#pragma once

#include <string>
#include <string_view>

namespace penstock::manifest {

struct YamlMessage {
    std::string message;
    std::string suggestion;
};

/// The parser's complaint in words for somebody who writes manifests. Never quotes the file.
YamlMessage explain_yaml_error(std::string_view error);

/// Text for a message: cut where it is long.
std::string shortened(std::string_view text);

} // namespace penstock::manifest
