#include "manifest/template_tokens.hpp"

#include "base/text.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::manifest {

namespace {

constexpr std::string_view date_time = "DATETIME(";

bool is_date_time(std::string_view token) {
    return token.substr(0, date_time.size()) == date_time;
}

/// True for formats that look like the documented YYYYMMdd_HHmmss, or part folders by date. Of
/// other signs no document says what the platform makes of them.
bool is_date_time_format(std::string_view format) {
    return std::all_of(format.begin(), format.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.' || c == ':' || c == '/';
    });
}

/// What somebody who wrote an unknown token probably means.
std::string help_for(std::string_view token, const std::vector<std::string>& known) {
    if (token == "DATETIME") {
        return "write it with a format: %DATETIME(YYYYMMdd_HHmmss)%";
    }
    if (const auto near = nearest(token, known)) {
        return fmt::format("did you mean `%{}%`?", *near);
    }
    std::vector<std::string> all;
    std::vector<std::string> longer;
    for (const auto& name : known) {
        all.push_back(fmt::format("%{}%", name));
        if (name.substr(0, token.size()) == token) {
            longer.push_back(all.back());
        }
    }
    if (!token.empty() && !longer.empty()) {
        return fmt::format("did you mean {}?", enumerate(longer, "or"));
    }
    all.emplace_back("%DATETIME(...)%");
    return fmt::format("tokens are {}", enumerate(all));
}

std::optional<TemplateFault> check_token(std::string_view token,
                                         const std::vector<std::string>& known) {
    if (is_date_time(token)) {
        if (token.back() != ')' || token.size() == date_time.size() + 1) {
            return TemplateFault{
                fmt::format("the token `%{}%` has no time format", shortened(token)),
                "write a format between the brackets: "
                "%DATETIME(YYYYMMdd_HHmmss)%"};
        }
        if (const auto format = token.substr(date_time.size());
            !is_date_time_format(format.substr(0, format.size() - 1))) {
            return TemplateFault{
                fmt::format("the time format of `%{}%` may hold letters, digits, `_`, `-`, `.`, "
                            "`:` and `/` only",
                            shortened(token)),
                "write a format such as %DATETIME(YYYYMMdd_HHmmss)%"};
        }
        return std::nullopt;
    }
    if (std::find(known.begin(), known.end(), token) != known.end()) {
        return std::nullopt;
    }
    return TemplateFault{fmt::format("unknown token `%{}%`", shortened(token)),
                         help_for(token, known), std::string(token)};
}

} // namespace

bool TemplateTokens::has(std::string_view name) const {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool TemplateTokens::has_date_time() const {
    return std::any_of(names.begin(), names.end(), is_date_time);
}

TemplateTokens read_template(std::string_view text, const std::vector<std::string>& known) {
    TemplateTokens tokens;
    for (auto open = text.find('%'); open != std::string_view::npos;) {
        const auto close = text.find('%', open + 1);
        if (close == std::string_view::npos) {
            tokens.fault = {"a `%` that begins a token is not closed by another `%`",
                            "write tokens as %NAME%"};
            return tokens;
        }
        const auto token = text.substr(open + 1, close - open - 1);
        if (auto fault = check_token(token, known)) {
            tokens.fault = std::move(fault);
            return tokens;
        }
        tokens.names.push_back(token);
        open = text.find('%', close + 1);
    }
    return tokens;
}

std::optional<TemplateFault> two_times(const TemplateTokens& tokens, std::string_view other) {
    if (!tokens.has_date_time() || !tokens.has(other)) {
        return std::nullopt;
    }
    return TemplateFault{
        fmt::format("%DATETIME(...)% and %{}% cannot stand in one template", other),
        "both mean the time of the run: keep one"};
}

} // namespace penstock::manifest
