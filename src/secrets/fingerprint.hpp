#pragma once

#include "secrets/secret_string.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::secrets {

/// Named secrets of one account, in a fixed order.
using NamedSecrets = std::vector<std::pair<std::string, SecretString>>;

/// 24 bits of scrypt over all names and secrets with `salt`, as six hexadecimal digits: enough to
/// notice a rotation, too few to find the secret by.
std::string fingerprint(const NamedSecrets& secrets, std::string_view salt);

/// A fresh random salt of 16 hexadecimal digits.
std::string random_salt();

} // namespace penstock::secrets
