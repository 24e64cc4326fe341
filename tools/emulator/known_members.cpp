#include "emulator/known_members.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::emulator {

Outcome<void> check_known(const json::Value& object, std::span<const std::string_view> known,
                          std::string_view what) {
    if (!object.is_object()) {
        return plain(400, fmt::format("{} is an object", what));
    }
    for (const auto& [name, value] : object.as_object()) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return plain(400, fmt::format("{} has no field {}", what, name));
        }
    }
    return {};
}

} // namespace penstock::emulator
