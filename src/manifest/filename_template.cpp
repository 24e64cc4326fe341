#include "manifest/filename_template.hpp"

#include "manifest/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace penstock::manifest {

namespace {

std::vector<std::string> all_of(const catalogue::FilenameTokens& tokens) {
    auto all = tokens.required;
    all.insert(all.end(), tokens.optional.begin(), tokens.optional.end());
    return all;
}

} // namespace

FilenameRules filename_rules(const catalogue::Destination* destination,
                             const catalogue::Catalogue& catalogue) {
    FilenameRules rules;
    for (const auto& any : catalogue.all()) {
        const auto tokens = all_of(any.filename_tokens);
        std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(rules.elsewhere),
                     [&](const auto& token) { return !contains(rules.elsewhere, token); });
    }
    if (destination == nullptr) {
        rules.tokens.optional = rules.elsewhere;
    } else {
        rules.tokens = destination->filename_tokens;
        rules.title = destination->title;
    }
    return rules;
}

FilenameTemplate read_filename_template(std::string_view text, const FilenameRules& rules) {
    const auto tokens = read_template(text, all_of(rules.tokens));
    FilenameTemplate result;
    result.fault = tokens.fault ? tokens.fault : two_times(tokens, "TIMESTAMP");
    if (result.fault && contains(rules.elsewhere, result.fault->unknown_token)) {
        result.fault->message =
            fmt::format("{} has no token `%{}%`", rules.title, result.fault->unknown_token);
    }
    if (!result.fault) {
        const auto& required = rules.tokens.required;
        std::copy_if(required.begin(), required.end(), std::back_inserter(result.missing),
                     [&](const auto& token) { return !tokens.has(token); });
    }
    result.tells_segment = tokens.has("SEGMENT_ID") || tokens.has("SEGMENT_NAME");
    result.tells_time = tokens.has_date_time() || tokens.has("TIMESTAMP");
    return result;
}

} // namespace penstock::manifest
