#include "fuzz/property.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace penstock::fuzz {

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return size == 0 ? std::string_view{}
                     : std::string_view(reinterpret_cast<const char*>(data), size);
}

void require(bool holds, std::string_view property) {
    if (!holds) {
        fmt::print(stderr, "does not hold: {}\n", property);
        std::abort();
    }
}

void require_printable(std::string_view text, std::string_view what) {
    require(printable(text) == text, what);
}

void require_safe_for_terminal(std::string_view text, std::string_view what) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        require_printable(text.substr(0, end), what);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

} // namespace penstock::fuzz
