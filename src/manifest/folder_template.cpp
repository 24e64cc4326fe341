#include "manifest/folder_template.hpp"

#include "base/text.hpp"
#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace penstock::manifest {

namespace {

constexpr std::string_view date_time = "DATETIME(";

const std::vector<std::string>& plain_tokens() {
    static const std::vector<std::string> tokens{"DATASET_ID",       "DATASET_NAME",
                                                 "DESTINATION",      "DESTINATION_NAME",
                                                 "EXPORT_TIME",      "DESTINATION_INSTANCE_NAME",
                                                 "SANDBOX_NAME",     "DESTINATION_INSTANCE_ID",
                                                 "ORGANIZATION_NAME"};
    return tokens;
}

std::optional<TemplateFault> check_token(std::string_view token) {
    if (token.substr(0, date_time.size()) == date_time) {
        if (token.back() != ')' || token.size() == date_time.size() + 1) {
            return TemplateFault{
                fmt::format("the token `%{}%` has no time format", shortened(token)),
                "write a format between the brackets: "
                "%DATETIME(YYYYMMdd_HHmmss)%"};
        }
        return std::nullopt;
    }
    const auto& known = plain_tokens();
    if (std::find(known.begin(), known.end(), token) != known.end()) {
        return std::nullopt;
    }
    const std::string message = fmt::format("unknown token `%{}%`", shortened(token));
    if (token == "DATETIME") {
        return TemplateFault{message, "write it with a format: %DATETIME(YYYYMMdd_HHmmss)%"};
    }
    if (const auto near = nearest(token, known)) {
        return TemplateFault{message, fmt::format("did you mean `%{}%`?", *near)};
    }
    std::vector<std::string> all;
    for (const auto& name : known) {
        all.push_back(fmt::format("%{}%", name));
    }
    all.emplace_back("%DATETIME(...)%");
    return TemplateFault{message, fmt::format("tokens are {}", enumerate(all))};
}

} // namespace

std::optional<TemplateFault> check_folder_template(std::string_view text) {
    bool has_date_time = false;
    bool has_export_time = false;
    for (auto open = text.find('%'); open != std::string_view::npos;) {
        const auto close = text.find('%', open + 1);
        if (close == std::string_view::npos) {
            return TemplateFault{"a `%` that begins a token is not closed by another `%`",
                                 "write tokens as %NAME%"};
        }
        const auto token = text.substr(open + 1, close - open - 1);
        if (auto fault = check_token(token)) {
            return fault;
        }
        has_date_time = has_date_time || token.substr(0, date_time.size()) == date_time;
        has_export_time = has_export_time || token == "EXPORT_TIME";
        open = text.find('%', close + 1);
    }
    if (has_date_time && has_export_time) {
        return TemplateFault{"%DATETIME(...)% and %EXPORT_TIME% cannot stand in one template",
                             "both mean the time of the run: keep one"};
    }
    return std::nullopt;
}

} // namespace penstock::manifest
