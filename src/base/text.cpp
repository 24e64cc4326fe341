#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>

namespace penstock {

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above + 1, row[j - 1] + 1, substitution});
            diagonal = above;
        }
    }
    return row.back();
}

/// The length in bytes of the well-formed UTF-8 sequence at the start of `text`; 0 if it is not
/// one.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        low = first == 0xE0 ? 0xA0 : low;
        high = first == 0xED ? 0x9F : high; // no surrogates
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        low = first == 0xF0 ? 0x90 : low;
        high = first == 0xF4 ? 0x8F : high;
    }
    if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high) {
        return 0;
    }
    for (std::size_t i = 2; i < length; ++i) {
        if (byte(i) < 0x80 || byte(i) > 0xBF) {
            return 0;
        }
    }
    return length;
}

/// How many bytes at the start of `text` are ASCII, counted eight at a time: up to seven more may
/// be.
std::size_t ascii_prefix(std::string_view text) {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::size_t length = 0;
    std::uint64_t word = 0;
    while (length + sizeof(word) <= text.size()) {
        std::memcpy(&word, text.data() + length, sizeof(word));
        if ((word & high_bits) != 0) {
            break;
        }
        length += sizeof(word);
    }
    return length;
}

/// The code point of a well-formed sequence.
char32_t decoded(std::string_view sequence) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
    char32_t code = sequence.size() == 1   ? byte(0)
                    : sequence.size() == 2 ? byte(0) & 0x1FU
                    : sequence.size() == 3 ? byte(0) & 0x0FU
                                           : byte(0) & 0x07U;
    for (std::size_t i = 1; i < sequence.size(); ++i) {
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    return code;
}

/// What a terminal obeys, what ends a line, and what reorders the text around it.
bool is_control(char32_t code) {
    const auto within = [code](char32_t first, char32_t last) {
        return code >= first && code <= last;
    };
    return code < 0x20 || within(0x7F, 0x9F) || code == 0x061C || within(0x200E, 0x200F) ||
           within(0x2028, 0x202E) || within(0x2066, 0x2069);
}

/// `text` with `escape(sequence, code)` in the place of each control character, and of each byte
/// that is no UTF-8, whose code is U+FFFD.
template <class Escape>
std::string without_controls(std::string_view text, Escape escape) {
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
        const char32_t code = length == 0 ? 0xFFFD : decoded(sequence);
        if (length == 0 || is_control(code)) {
            safe += escape(sequence, code);
        } else {
            safe += sequence;
        }
        text.remove_prefix(sequence.size());
    }
    return safe;
}

} // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
    const std::string lower = lowercase(word);
    std::optional<std::string> best;
    std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        const std::size_t distance = edit_distance(lower, lowercase(candidate));
        if (distance < best_distance && distance < candidate.size()) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string enumerate(std::span<const std::string> words, std::string_view conjunction) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) {
            text += i + 1 == words.size() ? fmt::format(" {} ", conjunction) : ", ";
        }
        text += words[i];
    }
    return text;
}

std::string printable(std::string_view text) {
    return without_controls(text, [](std::string_view sequence, char32_t) {
        std::string bytes;
        for (const char c : sequence) {
            bytes += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
        return bytes;
    });
}

std::string printable_json(std::string_view document) {
    return without_controls(document, [](std::string_view sequence, char32_t code) {
        // The line ends of the layout are ASCII; in a string the writer has escaped them.
        if (sequence == "\n") {
            return std::string(sequence);
        }
        return code == 0xFFFD ? std::string("\xef\xbf\xbd") // as it is written when read again
                              : fmt::format("\\u{:04x}", static_cast<std::uint32_t>(code));
    });
}

std::string excerpt(std::string_view text, std::size_t most) {
    std::string joined;
    for (const char c : trimmed(text.substr(0, 8 * most))) {
        const bool white = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!white) {
            joined += c;
        } else if (!joined.empty() && joined.back() != ' ') {
            joined += ' ';
        }
    }
    std::string safe = printable(joined);
    if (safe.size() <= most) {
        return safe;
    }
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(safe[end]) & 0xC0) == 0x80) {
        --end; // not inside a code point
    }
    return safe.substr(0, end) + "...";
}

bool is_utf8(std::string_view text) {
    while (true) {
        text.remove_prefix(ascii_prefix(text));
        if (text.empty()) {
            return true;
        }
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
}

std::size_t code_points(std::string_view text) {
    std::size_t count = 0;
    while (!text.empty()) {
        text.remove_prefix(std::max<std::size_t>(utf8_length(text), 1));
        ++count;
    }
    return count;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view white = " \t\r\n";
    const auto first = text.find_first_not_of(white);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

std::string lowercase(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

std::string counted(std::size_t count, std::string_view singular, std::string_view plural) {
    if (count == 1) {
        return fmt::format("1 {}", singular);
    }
    return plural.empty() ? fmt::format("{} {}s", count, singular)
                          : fmt::format("{} {}", count, plural);
}

} // namespace penstock
