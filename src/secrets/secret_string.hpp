#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace penstock::secrets {

/// A secret in memory. It cannot be printed: there is no conversion to a string, and the stream and
/// format functions are deleted, so that a mistake does not compile. Wiped when it dies.
class SecretString {
  public:
    SecretString() = default;
    explicit SecretString(std::string value) : value_(std::move(value)) {}
    SecretString(const SecretString&) = default;
    SecretString(SecretString&& other) noexcept;
    SecretString& operator=(const SecretString& other);
    SecretString& operator=(SecretString&& other) noexcept;
    ~SecretString();

    /// The secret itself, for the one place that puts it into a request.
    [[nodiscard]] const std::string& reveal() const { return value_; }

    [[nodiscard]] bool empty() const { return value_.empty(); }

  private:
    void wipe() noexcept;
    std::string value_;
};

std::ostream& operator<<(std::ostream&, const SecretString&) = delete;
/// fmt looks this up for types of our own; deleted, formatting a secret is a compile error.
const char* format_as(const SecretString&) = delete;

} // namespace penstock::secrets
