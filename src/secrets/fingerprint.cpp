#include "secrets/fingerprint.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <new>
#include <stdexcept>

namespace penstock::secrets {

namespace {

template <std::size_t size>
std::string hexadecimal(const std::array<unsigned char, size>& bytes) {
    std::string text;
    for (const unsigned char byte : bytes) {
        text += fmt::format("{:02x}", byte);
    }
    return text;
}

/// Each text with its length before it, so that no two lists of names and secrets read the same.
std::string encode(const NamedSecrets& secrets) {
    std::size_t size = 0;
    for (const auto& [name, secret] : secrets) {
        size += name.size() + secret.reveal().size() + 64;
    }
    std::string encoded;
    encoded.reserve(size); // growing would leave copies of the secrets behind
    for (const auto& [name, secret] : secrets) {
        encoded += fmt::format("{}:", name.size());
        encoded += name;
        encoded += fmt::format("{}:", secret.reveal().size());
        encoded += secret.reveal();
    }
    return encoded;
}

} // namespace

std::string fingerprint(const NamedSecrets& secrets, std::string_view salt, std::uint64_t cost) {
    constexpr std::uint64_t block_size = 8;
    constexpr std::uint64_t parallelism = 1;
    constexpr std::uint64_t most_memory = std::uint64_t{64} * 1024 * 1024;
    std::string encoded = encode(secrets);
    const std::vector<unsigned char> salt_bytes(salt.begin(), salt.end());
    std::array<unsigned char, 3> key{};
    const int done =
        EVP_PBE_scrypt(encoded.data(), encoded.size(), salt_bytes.data(), salt_bytes.size(), cost,
                       block_size, parallelism, most_memory, key.data(), key.size());
    OPENSSL_cleanse(encoded.data(), encoded.size());
    if (done != 1) {
        throw std::bad_alloc(); // the parameters are fixed, only the 16 MiB can be missing
    }
    return hexadecimal(key);
}

std::string random_salt() {
    std::array<unsigned char, 8> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw std::runtime_error("the system gives no random numbers");
    }
    return hexadecimal(bytes);
}

} // namespace penstock::secrets
