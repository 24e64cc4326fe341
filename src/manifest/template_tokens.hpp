#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::manifest {

struct TemplateFault {
    std::string message;
    std::string suggestion;
    std::string unknown_token = {}; ///< without the signs around it, if that is the fault
};

/// The tokens that stand in a template of folder or file names.
struct TemplateTokens {
    std::vector<std::string_view> names; ///< as written, without the signs around them
    std::optional<TemplateFault> fault;  ///< the first; `names` ends before it

    [[nodiscard]] bool has(std::string_view name) const;
    /// True for a `%DATETIME(...)%`, in whatever format.
    [[nodiscard]] bool has_date_time() const;
};

/// Reads `%NAME%` after `%NAME%`. `known` are the tokens that are names alone; `%DATETIME(...)%`
/// may stand in every template.
TemplateTokens read_template(std::string_view text, const std::vector<std::string>& known);

/// The fault of a template in which `%DATETIME(...)%` and `%other%` both tell the time; nothing if
/// at most one of them is there.
std::optional<TemplateFault> two_times(const TemplateTokens& tokens, std::string_view other);

} // namespace penstock::manifest
