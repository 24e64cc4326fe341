#include "model/marker.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace penstock::model {

namespace {

constexpr std::string_view opening = "[penstock ";

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

bool is_hex(std::string_view text, std::size_t length) {
    return text.size() == length && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

constexpr std::string_view encryption_prefix = "key=";

std::optional<CredentialFingerprint> parse_fingerprint(std::string_view text) {
    const auto parts = split(text, ':');
    if (parts.size() != 2 || !is_hex(parts[0], 16) || !is_hex(parts[1], 6)) {
        return std::nullopt;
    }
    return CredentialFingerprint{std::string(parts[0]), std::string(parts[1])};
}

/// Reads what stands between `[penstock ` and `]`.
std::optional<Marker> parse_marker(std::string_view text) {
    const auto words = split(text, ' ');
    const auto path = split(words[0], '/');
    if (path.size() != 3 || path[0].empty() || path[2].empty()) {
        return std::nullopt;
    }
    const auto kind = parse_entity_kind(path[1]);
    if (!kind) {
        return std::nullopt;
    }
    Marker marker{std::string(path[0]), {*kind, std::string(path[2])}, {}, {}};
    if (words.size() > 1) {
        if (!is_hex(words[1], 16)) {
            return std::nullopt;
        }
        marker.digest = words[1];
    }
    for (std::size_t i = 2; i < words.size(); ++i) {
        const bool key = words[i].starts_with(encryption_prefix);
        auto& place = key ? marker.encryption : marker.credentials;
        auto fingerprint =
            parse_fingerprint(key ? words[i].substr(encryption_prefix.size()) : words[i]);
        if (place || !fingerprint) {
            return std::nullopt;
        }
        place = std::move(fingerprint);
    }
    return marker;
}

} // namespace

std::string write(const Marker& marker) {
    std::string text =
        fmt::format("{}{}/{}/{}", opening, marker.project, name(marker.key.kind), marker.key.name);
    if (!marker.digest.empty()) {
        text += " " + marker.digest;
    }
    if (marker.credentials) {
        text += fmt::format(" {}:{}", marker.credentials->salt, marker.credentials->bits);
    }
    if (marker.encryption) {
        text += fmt::format(" {}{}:{}", encryption_prefix, marker.encryption->salt,
                            marker.encryption->bits);
    }
    return text + "]";
}

MarkedDescription split_description(std::string_view description) {
    auto search_end = std::string_view::npos;
    while (true) {
        const auto begin = description.rfind(opening, search_end);
        if (begin == std::string_view::npos) {
            return {std::string(trimmed(description)), std::nullopt};
        }
        const auto end = description.find(']', begin);
        if (end != std::string_view::npos) {
            const auto inner = begin + opening.size();
            if (auto marker = parse_marker(description.substr(inner, end - inner))) {
                const auto before = trimmed(description.substr(0, begin));
                const auto after = trimmed(description.substr(end + 1));
                std::string text(before);
                if (!before.empty() && !after.empty()) {
                    text += ' ';
                }
                text += after;
                return {std::move(text), std::move(marker)};
            }
        }
        if (begin == 0) {
            return {std::string(trimmed(description)), std::nullopt};
        }
        search_end = begin - 1;
    }
}

std::string join_description(std::string_view text, const Marker& marker) {
    return text.empty() ? write(marker) : fmt::format("{} {}", text, write(marker));
}

} // namespace penstock::model
