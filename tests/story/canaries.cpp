#include "story/canaries.hpp"

#include "emulator/id_source.hpp"
#include "story/exceptions.hpp"
#include "story/offers.hpp"
#include "support/leaks.hpp"

#include <fmt/format.h>

namespace penstock::story {

namespace {

constexpr std::string_view canary = "CANARY";
constexpr std::string_view identifier = "PUBLIC";   // as long
constexpr std::string_view token_beginning = "eyJ"; // as the emulator makes them

/// `length` letters that follow from the name and the edition.
std::string letters(const std::string& name, int edition, std::size_t length) {
    auto bits = static_cast<std::uint64_t>(edition);
    for (const char c : name) {
        bits = emulator::mixed(bits, static_cast<unsigned char>(c));
    }
    std::string text;
    for (std::uint64_t i = 0; text.size() < length; ++i) {
        text += static_cast<char>('A' + static_cast<int>(emulator::mixed(bits, i) % 26));
    }
    return text;
}

} // namespace

Canaries::Canaries() {
    for (const auto& offer : offers()) {
        const auto* auth = std::get_if<manifest::AccountAuth>(&offer.account.connection);
        for (const auto& parameter : auth->params) {
            const auto* kept = std::get_if<secrets::SecretReference>(&parameter.value);
            if (kept != nullptr && is_no_secret(offer.account, parameter.name)) {
                identifiers_.insert(secrets::describe(*kept));
            }
        }
    }
}

Result<secrets::SecretString> Canaries::resolve(const secrets::SecretReference& reference) {
    const auto name = secrets::describe(reference);
    // A key's id has twenty characters, the strictest secret forty.
    const bool is_id = name.find("S3_ACCESS_KEY") != std::string::npos ||
                       name.find("s3AccessKey") != std::string::npos;
    const auto found = editions_.find(name);
    const int edition = found == editions_.end() ? 0 : found->second;
    const std::string_view beginning = identifiers_.contains(name) ? identifier : canary;
    return secrets::SecretString(
        fmt::format("{}{}", beginning, letters(name, edition, (is_id ? 20 : 40) - 6)));
}

void Canaries::rotate(const secrets::SecretReference& reference) {
    ++editions_[secrets::describe(reference)];
}

secrets::SecretString client_secret() {
    return secrets::SecretString(fmt::format("{}-of-the-client", canary));
}

bool holds_secret(std::string_view text) {
    return text.find(canary) != std::string_view::npos ||
           text.find(token_beginning) != std::string_view::npos;
}

bool leaks_secret(const http::Request& request) {
    return test::leaks(request, holds_secret);
}

} // namespace penstock::story
