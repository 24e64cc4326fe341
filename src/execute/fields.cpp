#include "execute/fields.hpp"

#include "base/text.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"
#include "model/source_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace penstock::execute {

namespace {

std::string joined(const std::vector<std::string>& steps, std::size_t first) {
    std::string text;
    for (auto i = first; i < steps.size(); ++i) {
        text += (text.empty() ? "" : ".") + printable(steps[i]);
    }
    return text;
}

} // namespace

std::string shown(const std::optional<json::Value>& value) {
    return value ? printable(json::write(*value)) : "nothing";
}

std::string block_of(const std::string& pointer) {
    const auto end = pointer.find('/', 1);
    const auto member = pointer.substr(0, end);
    const bool listed = member == "/segments" || member == "/attributes";
    return pointer.substr(0, listed && end != std::string::npos ? pointer.find('/', end + 1) : end);
}

bool takes_from_keys(const diff::FieldChange& change, const model::Content& content) {
    const auto steps = json::steps(change.pointer);
    const bool is_column = !steps.empty() && steps[0] == "mapping";
    const bool is_attribute = !steps.empty() && steps[0] == "attributes";
    if (change.after || steps.size() != 2 || (!is_column && !is_attribute)) {
        return false;
    }
    const auto& name = steps[1];
    const auto identity =
        is_column ? model::identity_namespace(*change.before) : model::identity_of_path(name);
    const auto& mandatory = content["mandatoryFields"].as_array();
    const auto& deduplication = content["deduplicationKeys"].as_array();
    return std::any_of(mandatory.begin(), mandatory.end(),
                       [&](const auto& key) {
                           return key.as_string() == name || key.as_string() == identity;
                       }) ||
           std::any_of(deduplication.begin(), deduplication.end(), [&](const auto& key) {
               return key["attributePath"].as_string() == name ||
                      (identity && key["identityNamespace"].as_string() == *identity);
           });
}

std::string field_name(const std::string& pointer, const model::Content& content) {
    const auto steps = json::steps(pointer);
    if (steps.size() > 1 && steps[0] == "segments") {
        const auto& name = content["segments"][steps[1]]["name"].as_string();
        const auto segment =
            name.empty() ? fmt::format("segment {}", printable(steps[1]))
                         : fmt::format("segment {} ({})", printable(name), printable(steps[1]));
        const auto rest = joined(steps, 2);
        return rest.empty() ? segment : fmt::format("{}, {}", segment, rest);
    }
    if (steps.size() > 1 && steps[0] == "mapping") {
        return fmt::format("column {}", joined(steps, 1));
    }
    if (steps.size() > 1 && steps[0] == "attributes") {
        return fmt::format("attribute {}", joined(steps, 1));
    }
    return joined(steps, 0);
}

} // namespace penstock::execute
