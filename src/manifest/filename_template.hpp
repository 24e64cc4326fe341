#pragma once

#include "manifest/template_tokens.hpp"

#include <optional>
#include <string_view>

namespace penstock::manifest {

/// What a `filenameTemplate` tells apart (reference, section 6.3).
struct FilenameTemplate {
    std::optional<TemplateFault> fault;
    bool tells_segment = false; ///< files of two segments have two names
    bool tells_time = false;    ///< files of two exports have two names
};

FilenameTemplate read_filename_template(std::string_view text);

} // namespace penstock::manifest
