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

/// True if the parser missed the end of a `{` or `[`.
bool is_about_open_bracket(std::string_view error);

/// True if the parser missed the end of a quoted string.
bool is_about_open_quote(std::string_view error);

} // namespace penstock::manifest
