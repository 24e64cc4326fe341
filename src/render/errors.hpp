#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace penstock::render {

/// `Error: ...` with the exchange and the hint, safe to print. Ends with a newline.
std::string error_text(const Error& error);

/// Each line of `text` made safe on its own, behind `indent`.
std::string indented(std::string_view text, std::string_view indent);

} // namespace penstock::render
