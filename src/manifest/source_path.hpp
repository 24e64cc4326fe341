#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock::manifest {

struct SourceFault {
    std::string code;
    std::string message;
    std::string suggestion;
};

/// What is wrong with the source of a column of type ATTRIBUTE, a path in the profile's schema
/// (reference, section 3.11); nothing if it is sound.
std::optional<SourceFault> check_source_path(std::string_view path);

/// The code of the namespace that an identity path names, with `//.` read as the dot that it
/// stands for; nothing if the path is not that of an identity.
std::optional<std::string> identity_namespace(std::string_view path);

} // namespace penstock::manifest
