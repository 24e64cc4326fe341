#include "emulator/file_name_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace penstock::emulator {

namespace {

constexpr std::size_t longest_file_name = 255;

bool is_among(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

bool is_date_token(std::string_view token) {
    constexpr std::string_view opening = "DATETIME(";
    return token.size() > opening.size() + 1 && token.substr(0, opening.size()) == opening &&
           token.find(')') == token.size() - 1;
}

} // namespace

Outcome<void> check_file_name(const json::Value& name, const DestinationSpec& destination) {
    std::string_view rest = name.as_string();
    if (rest.empty() || characters(rest) > longest_file_name) {
        return plain(400, "filenameTemplate is required and has at most 255 characters");
    }
    std::set<std::string> missing(destination.required_tokens.begin(),
                                  destination.required_tokens.end());
    bool has_date = false;
    bool has_timestamp = false;
    for (auto percent = rest.find('%'); percent != std::string_view::npos;
         percent = rest.find('%')) {
        rest.remove_prefix(percent + 1);
        const auto end = rest.find('%');
        const auto token = rest.substr(0, end);
        const bool is_date = is_date_token(token);
        const bool is_known = is_date || is_among(destination.required_tokens, token) ||
                              is_among(destination.optional_tokens, token);
        if (end == std::string_view::npos || !is_known) {
            return plain(400, fmt::format("filenameTemplate has an unknown token %{}", token));
        }
        has_date = has_date || is_date;
        has_timestamp = has_timestamp || token == "TIMESTAMP";
        missing.erase(std::string(token));
        rest.remove_prefix(end + 1);
    }
    if (!missing.empty()) {
        return plain(400, fmt::format("filenameTemplate lacks %{}%", *missing.begin()));
    }
    if (has_date && has_timestamp) {
        return plain(400, "filenameTemplate has either DATETIME or TIMESTAMP");
    }
    return {};
}

} // namespace penstock::emulator
