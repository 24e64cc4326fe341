#include "secrets/secret_string.hpp"

#include <openssl/crypto.h>

namespace penstock::secrets {

SecretString::SecretString(SecretString&& other) noexcept : value_(std::move(other.value_)) {
    other.wipe(); // a short string was copied, not moved
}

SecretString& SecretString::operator=(const SecretString& other) {
    if (this != &other) {
        wipe();
        value_ = other.value_;
    }
    return *this;
}

SecretString& SecretString::operator=(SecretString&& other) noexcept {
    if (this != &other) {
        wipe();
        value_ = std::move(other.value_);
        other.wipe();
    }
    return *this;
}

SecretString::~SecretString() {
    wipe();
}

void SecretString::wipe() noexcept {
    OPENSSL_cleanse(value_.data(), value_.size());
    value_.clear();
}

} // namespace penstock::secrets
