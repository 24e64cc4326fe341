#pragma once

#include <string_view>

namespace penstock {

/// A file of schemas/ that was compiled into the binary.
struct EmbeddedFile {
    std::string_view name; ///< relative to schemas/
    std::string_view text;
};

} // namespace penstock
