#include "render/style.hpp"

#include <fmt/format.h>

namespace penstock::render {

namespace {

std::string_view code(Ink ink) {
    switch (ink) {
    case Ink::add:
        return "32";
    case Ink::change:
        return "33";
    case Ink::remove:
        return "31";
    case Ink::warn:
        return "35";
    case Ink::strong:
        return "1";
    case Ink::faint:
        return "2";
    }
    return "0";
}

} // namespace

std::string painted(std::string_view text, Ink ink, const Style& style) {
    if (!style.colour || text.empty()) {
        return std::string(text);
    }
    return fmt::format("\x1b[{}m{}\x1b[0m", code(ink), text);
}

} // namespace penstock::render
