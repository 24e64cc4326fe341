#include "execute/fields.hpp"

#include "base/text.hpp"
#include "json/pointer.hpp"
#include "json/text.hpp"

#include <fmt/format.h>

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
