#include "render/errors.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace penstock::render {

std::string error_text(const Error& error) {
    return indented("Error: " + describe(error), "");
}

std::string indented(std::string_view text, std::string_view indent) {
    std::string result;
    while (!text.empty()) {
        const auto end = text.find('\n');
        result += fmt::format("{}{}\n", indent, printable(text.substr(0, end)));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return result;
}

} // namespace penstock::render
