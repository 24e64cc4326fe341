#pragma once

#include "secrets/secret_string.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::secrets {

/// Named secrets of one account, in a fixed order.
using NamedSecrets = std::vector<std::pair<std::string, SecretString>>;

/// How much work one fingerprint is: scrypt's N, a power of two.
inline constexpr std::uint64_t fingerprint_cost = std::uint64_t{1} << 14;

/// 24 bits of scrypt over all names and secrets with `salt`, as six hexadecimal digits: enough to
/// notice a rotation, too few to find the secret by. Another `cost` gives other digits.
std::string fingerprint(const NamedSecrets& secrets, std::string_view salt,
                        std::uint64_t cost = fingerprint_cost);

/// A fresh random salt of 16 hexadecimal digits.
std::string random_salt();

} // namespace penstock::secrets
