#pragma once

#include "catalogue/catalogue.hpp"
#include "manifest/template_tokens.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::manifest {

/// Which tokens may stand in a `filenameTemplate`, and which must.
struct FilenameRules {
    catalogue::FilenameTokens tokens;
    std::vector<std::string> elsewhere; ///< tokens of any destination
    std::string title;                  ///< of the destination; empty: it is not known
};

/// Those of a destination. Null, if it is not known: tokens of any may stand, and none must.
FilenameRules filename_rules(const catalogue::Destination* destination,
                             const catalogue::Catalogue& catalogue);

/// What a `filenameTemplate` tells apart (reference, section 6.3).
struct FilenameTemplate {
    std::optional<TemplateFault> fault;
    std::vector<std::string> missing; ///< tokens that must stand there; none if there is a fault
    bool tells_segment = false;       ///< files of two segments have two names
    bool tells_time = false;          ///< files of two exports have two names
};

FilenameTemplate read_filename_template(std::string_view text, const FilenameRules& rules);

} // namespace penstock::manifest
