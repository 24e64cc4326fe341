#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::cli {

/// One condition on the labels of a document.
struct LabelRequirement {
    enum class Operator {
        in,      ///< the label has one of the values
        not_in,  ///< it has none of them, or is not there
        exists,  ///< it is there, with any value
        missing, ///< it is not there
    };

    std::string label;
    Operator op = Operator::exists;
    std::vector<std::string> values = {}; ///< for `in` and `not_in`; never empty there

    [[nodiscard]] bool matches(const std::map<std::string, std::string>& labels) const;
    bool operator==(const LabelRequirement&) const = default;
};

/// A label selector as kubectl knows it: all requirements must hold.
struct LabelSelector {
    std::vector<LabelRequirement> requirements; ///< never empty

    [[nodiscard]] bool matches(const std::map<std::string, std::string>& labels) const;
};

/// Understands `team=crm`, `team==crm`, `tier!=gold`, `team in (crm, web)`, `team notin (crm)`,
/// `team` and `!team`, joined by commas. A value with other characters than a word's stands in
/// double quotes. Fails with ErrorKind::invalid_input, which names the character where the text
/// goes wrong, counted from 1; an empty selector is wrong, since it would choose everything.
Result<LabelSelector> parse_selector(std::string_view text);

} // namespace penstock::cli
