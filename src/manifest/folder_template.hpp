#pragma once

#include "manifest/template_tokens.hpp"

#include <optional>
#include <string_view>

namespace penstock::manifest {

/// What is wrong with a `foldernameTemplate` (reference, section 6.1); nothing if it is sound.
std::optional<TemplateFault> check_folder_template(std::string_view text);

} // namespace penstock::manifest
