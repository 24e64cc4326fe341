#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace penstock::render {

/// Ids of the service that have a name for people: connection spec ids to destination titles.
using KnownNames = std::map<std::string, std::string, std::less<>>;

/// How a text is made for its reader.
struct Style {
    bool colour = false;
    bool explain = false; ///< a plan tells its steps, too
    KnownNames names;
    /// Target parameters that are always sent and never written in manifests: nobody has to read
    /// them where all is well.
    std::set<std::string, std::less<>> constants;
};

enum class Ink { add, change, remove, warn, strong, faint };

/// `text` in the ink's colour, or as it is where the style has no colour.
std::string painted(std::string_view text, Ink ink, const Style& style);

} // namespace penstock::render
