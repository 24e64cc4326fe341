#include "manifest/scalar.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

namespace penstock::manifest {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
    while (at < text.size() && is_digit(text[at])) {
        ++at;
    }
    return at;
}

/// Nothing beyond the range of a double: infinity is no number that can be sent.
std::optional<json::Value> decimal(std::string_view text) {
    const double value = std::strtod(std::string(text).c_str(), nullptr);
    return std::isfinite(value) ? std::optional<json::Value>(value) : std::nullopt;
}

std::optional<json::Value> integer(std::string_view digits, int base) {
    std::int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
    if (stop != end || digits.empty()) {
        return std::nullopt;
    }
    if (error == std::errc::result_out_of_range && base == 10) {
        return decimal(digits);
    }
    return error == std::errc{} ? std::optional<json::Value>(value) : std::nullopt;
}

std::optional<json::Value> number(std::string_view text) {
    if (text.substr(0, 2) == "0x") {
        return text.size() > 2 && text[2] != '-' ? integer(text.substr(2), 16) : std::nullopt;
    }
    if (text.substr(0, 2) == "0o") {
        return text.size() > 2 && text[2] != '-' ? integer(text.substr(2), 8) : std::nullopt;
    }
    const std::size_t start = text.front() == '-' || text.front() == '+' ? 1 : 0;
    std::size_t at = skip_digits(text, start);
    const std::size_t whole = at - start;
    if (whole > 1 && text[start] == '0') {
        return std::nullopt; // octal to some readers, decimal to others
    }
    if (at == text.size() && whole > 0) {
        return integer(text.substr(text.front() == '+' ? 1 : 0), 10);
    }
    std::size_t fraction = 0;
    if (at < text.size() && text[at] == '.') {
        const std::size_t end = skip_digits(text, at + 1);
        fraction = end - at - 1;
        at = end;
    }
    if (whole + fraction == 0) {
        return std::nullopt;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
            ++at;
        }
        const std::size_t end = skip_digits(text, at);
        if (end == at) {
            return std::nullopt;
        }
        at = end;
    }
    if (at != text.size()) {
        return std::nullopt;
    }
    return decimal(text);
}

} // namespace

json::Value resolve_plain(std::string_view text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
        return {};
    }
    if (text == "true" || text == "True" || text == "TRUE") {
        return true;
    }
    if (text == "false" || text == "False" || text == "FALSE") {
        return false;
    }
    const char first = text.front();
    if (is_digit(first) || first == '-' || first == '+' || first == '.') {
        if (auto value = number(text)) {
            return std::move(*value);
        }
    }
    return text;
}

} // namespace penstock::manifest
